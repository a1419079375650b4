import type { PlannedPackage } from '@slipway/core/plan'
import cpython from '@slipway/core/python/data/cpython.json' with { type: 'json' }
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

/** Returns the features of PyO3 that the build of a package enables; null if it has no extension module by PyO3. */
function enabledFeatures(project: PythonPackage, crate: Crate | undefined): Set<string> | null {
  if (!crate || !project.maturin || ![null, 'pyo3', 'pyo3-ffi'].includes(project.maturin.bindings)) return null
  return pyo3Features(crate, project.maturin)
}

/** Returns the lowest Python of features such as `abi3-py39`, here 9; null if there are none. */
function lowestOf(features: Iterable<string>, kind: 'abi3' | 'abi3t'): number | null {
  const minors = [...features].flatMap((each) => new RegExp(`^${kind}-py3(\\d+)$`).exec(each)?.[1] ?? []).map(Number)
  return minors.length === 0 ? null : Math.min(...minors)
}

/**
 * Returns the lowest CPython of a wheel with the stable ABI: PyO3's lowest `abi3-pyXY` feature. With only `abi3`, maturin
 * uses the lowest interpreter that `requires-python` allows. Null if the wheel is for one version only, or has no
 * extension module.
 */
export function abi3Of(project: PythonPackage, crate: Crate | undefined): PlannedPackage['abi3'] {
  const features = enabledFeatures(project, crate)
  if (features === null) return null
  const lowest = lowestOf(features, 'abi3') ?? (features.has('abi3') ? lowestPython(project.requiresPython) : null)
  return lowest === null ? null : `cp3${lowest}`
}

/**
 * Returns the lowest CPython of a wheel with the stable ABI of free-threaded builds (PEP 803), which Pythons with the lock
 * load, too: PyO3's feature `abi3t`, or `abi3t-pyXY`; undefined without them.
 */
export function abi3tOf(project: PythonPackage, crate: Crate | undefined): PlannedPackage['abi3t'] {
  const features = enabledFeatures(project, crate)
  const asked = lowestOf(features ?? [], 'abi3t')
  if (!features?.has('abi3t') && asked === null) return undefined
  const { from } = cpython.abi3t
  return `cp3${Math.max(from, asked ?? lowestPython(project.requiresPython) ?? from)}`
}

const FREE_THREADING = 'Programming Language :: Python :: Free Threading'

/**
 * Whether a package says that it supports free-threaded Pythons: by PyPI's classifier, unless it calls it unstable, or by a
 * feature for their stable ABI.
 */
export function supportsFreeThreading(project: PythonPackage, crate: Crate | undefined): boolean {
  if (enabledFeatures(project, crate) === null) return false
  const claimed = project.document
    .strings('project', 'classifiers')
    .some((each) => each.startsWith(FREE_THREADING) && !each.endsWith('1 - Unstable'))
  return claimed || abi3tOf(project, crate) !== undefined
}
