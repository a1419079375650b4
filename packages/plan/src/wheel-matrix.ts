import type { MatrixEntry, PlannedPackage } from '@slipway/core/plan'
import { type Problem, warning } from '@slipway/core/problem'
import type { Project } from '@slipway/project/project'
import { supportedPythons } from '@slipway/project/python/cpython-releases'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { bindingsOf } from '@slipway/project/python/maturin-bindings'
import { ANY_PLATFORM, TARGETS, type Target } from '@slipway/project/settings/targets'

/** Bindings whose wheels run on any Python 3 (maturin's guide, "Bindings"). */
const ANY_PYTHON = ['bin', 'cffi', 'uniffi']

/** Returns the Pythons to build one target's wheels for; one empty string where a single wheel runs on several. */
function interpreters(found: DiscoveredPackage, abi3: PlannedPackage['abi3'], now: number): string[] {
  if (abi3) return ['']
  const supported = supportedPythons(found.requiresPython, now)
  const isForAny = !found.maturin || ANY_PYTHON.includes(bindingsOf(found, found.crate) ?? '')
  return isForAny ? supported.slice(-1).map(() => '') : supported
}

function noPython({ name, requiresPython, requiresPythonAt }: DiscoveredPackage): Problem {
  const message = `No wheel of ${name} is planned: its \`requires-python\` (${requiresPython}) allows no maintained CPython.`
  return warning('no-maintained-python', message, 'Allow a newer Python, or build for abi3.', requiresPythonAt)
}

/**
 * Returns the jobs that build a project's wheels: one per published package, target of the settings, and CPython that
 * needs a separate wheel; one for a pure Python package, none for a prebuilt one.
 * @param packages as planned, in the project's order
 * @param now milliseconds since the epoch: Pythons past their end of life are left out
 */
export function matrixOf(
  { packages: found, settings }: Project,
  packages: readonly PlannedPackage[],
  now: number,
): { matrix: MatrixEntry[]; problems: Problem[] } {
  const problems: Problem[] = []
  const matrix = found.flatMap((each, index) => {
    const { name, path, reason, maturin, prebuilt } = each
    if (reason !== undefined || prebuilt !== undefined) return []
    const pythons = interpreters(each, packages[index]?.abi3 ?? null, now)
    if (pythons.length === 0) problems.push(noPython(each))
    const targets: [string, Target][] = maturin
      ? settings.targets.map((target) => [target, TARGETS[target as keyof typeof TARGETS]])
      : [['', ANY_PLATFORM]]
    const jobs = targets.flatMap(([target, on]) => pythons.map((interpreter) => ({ target, on, interpreter })))
    return jobs.map(({ target, on, interpreter }, nth): MatrixEntry => {
      const parts = [name, target, interpreter].filter(Boolean)
      return { name: parts.join('-'), package: name, path, ...on, target, interpreter, sdist: nth === 0 }
    })
  })
  return { matrix, problems }
}
