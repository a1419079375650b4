import type { Plan, PlannedPackage } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { cpythonMinor } from '@slipway/core/python/filename'
import { allowsPython } from '@slipway/core/python/requires-python'
import { PUBLIC } from '@slipway/registries/endpoints'
import { minor } from '@slipway/toolchain/python'
import { type ProvidedPython, provideAllowed, providePython } from '@slipway/toolchain/python/provide'
import { buildsHere } from '../build/rehearsed.ts'

/** A Python of the job, with the reason for it. */
export interface NeededPython extends ProvidedPython {
  /** For people: `input `python``. */
  why: string
  milliseconds: number
}

/** Returns a package's need for a Python, for messages. */
function needOf({ name, requiresPython, abi3 }: PlannedPackage): string {
  const needs = [
    ...(requiresPython === undefined ? [] : [`requires-python "${requiresPython}"`]),
    ...(abi3 === null ? [] : [`a wheel for CPython 3.${cpythonMinor(abi3)} and later`]),
  ]
  return `A Python for ${name}${needs.length > 0 ? ` (${needs.join(', ')})` : ''}`
}

async function forPackage(ports: Ports, each: PlannedPackage): Promise<ProvidedPython> {
  const lowest = cpythonMinor(each.abi3 ?? '') ?? 0
  const isAllowed = (version: string) =>
    Number(version.split('.')[1]) >= lowest && allowsPython(each.requiresPython, version)
  return provideAllowed(ports, needOf(each), PUBLIC.pythons.manifest, isAllowed)
}

/**
 * Finds or installs the Pythons of a job: the requested versions, or without any, one that each package's `requires-python`
 * allows. Lowest first, each once. A rehearsal runs the jobs of all Pythons here, and leaves out the missing ones.
 * @param dir the project
 * @throws ProblemError `python-missing`
 */
export async function providePythons(
  ports: Ports,
  dir: string,
  plan: Pick<Plan, 'packages'>,
  requested: readonly string[],
): Promise<NeededPython[]> {
  const here = await buildsHere(ports, dir, { interpreters: requested })
  if (here === null) return []
  const { interpreters: requests = [] } = here
  const needs: { why: string; provide(): Promise<ProvidedPython> }[] =
    requests.length > 0
      ? requests.map((version) => ({
          why: `input \`python\`: ${version}`,
          provide: () => providePython(ports, version, PUBLIC.pythons.manifest),
        }))
      : plan.packages
          .filter((each) => each.reason === undefined)
          .map((each) => ({
            why: `lowest here that ${each.name} allows`,
            provide: () => forPackage(ports, each),
          }))
  const found = new Map<string, NeededPython>()
  // One after the other, so that two packages do not install the same Python.
  for (const { why, provide } of needs) {
    const start = ports.clock.now()
    const provided = await provide()
    const { path } = provided.python
    if (!found.has(path)) found.set(path, { ...provided, why, milliseconds: ports.clock.now() - start })
  }
  const isLater = (a: NeededPython, b: NeededPython) => minor(a.python) - minor(b.python)
  return [...found.values()].sort(isLater)
}
