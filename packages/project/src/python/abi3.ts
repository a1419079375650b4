import type { PlannedPackage } from '@slipway/core/plan'
import { lowestPython } from '@slipway/core/python/requires-python'
import type { Crate } from '../cargo/crate.ts'
import type { MaturinSettings, PythonPackage } from './package.ts'

const PYO3 = ['pyo3', 'pyo3-ffi']

/** Returns the features of PyO3 that a build enables, by the crate's dependencies and by its own features. */
function pyo3Features(crate: Crate, { features, withoutDefault }: MaturinSettings): Set<string> {
  const dependencies = crate.dependencies.filter((each) => PYO3.includes(each.name) && each.kind === 'normal')
  const aliases = dependencies.map((each) => each.alias)
  const found = new Set(dependencies.flatMap((each) => each.features))
  const seen = new Set<string>()
  const queue = [...(withoutDefault ? [] : ['default']), ...(features ?? Object.keys(crate.features))]
  for (const feature of queue) {
    if (seen.has(feature)) continue
    seen.add(feature)
    // The Cargo book, "Features": `dependency/feature`, or `dependency?/feature`.
    const [, alias = '', inner = ''] = /^([^/?]+)\??\/(.+)$/.exec(feature) ?? []
    if (aliases.includes(alias)) found.add(inner)
    queue.push(...(crate.features[feature] ?? []))
  }
  return found
}

/**
 * Returns the lowest CPython of a wheel with the stable ABI: PyO3's lowest `abi3-pyXY` feature. With only `abi3`, maturin
 * uses the lowest interpreter that `requires-python` allows. Null if the wheel is for one version only, or has no
 * extension module.
 */
export function abi3Of(project: PythonPackage, crate: Crate | undefined): PlannedPackage['abi3'] {
  if (!crate || !project.maturin || ![null, 'pyo3', 'pyo3-ffi'].includes(project.maturin.bindings)) return null
  const features = pyo3Features(crate, project.maturin)
  const minors = [...features].flatMap((each) => /^abi3-py3(\d+)$/.exec(each)?.[1] ?? []).map(Number)
  if (minors.length > 0) return `cp3${Math.min(...minors)}`
  const lowest = features.has('abi3') ? lowestPython(project.requiresPython) : null
  return lowest === null ? null : `cp3${lowest}`
}
