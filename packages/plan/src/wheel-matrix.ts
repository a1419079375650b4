import type { MatrixEntry, PlannedPackage } from '@slipway/core/plan'
import { type Problem, warning } from '@slipway/core/problem'
import { cpythonMinor } from '@slipway/core/python/filename'
import type { Project } from '@slipway/project/project'
import { supportedPythons } from '@slipway/project/python/cpython-releases'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { bindingsOf } from '@slipway/project/python/maturin-bindings'
import { packageSettings } from '@slipway/project/settings/existence'
import { platformTagFor, RUNNER_OF_PURE, TARGETS, type TargetTriple } from '@slipway/project/settings/targets'

/** Bindings whose wheels run on any Python 3 (maturin's guide, "Bindings"). */
const ANY_PYTHON = ['bin', 'cffi', 'uniffi']

/** Returns the Pythons to build one target's wheels for; one empty string where a single wheel runs on several. */
function interpreters(found: DiscoveredPackage, abi3: PlannedPackage['abi3'], now: number): string[] {
  if (abi3) return ['']
  const supported = supportedPythons(found.requiresPython, now)
  const isForAny = !found.maturin || ANY_PYTHON.includes(bindingsOf(found, found.crate) ?? '')
  return isForAny ? supported.slice(-1).map(() => '') : supported
}

/** Returns the Pythons of the settings that the planned wheels do not cover: a stable ABI does not cover free-threaded ones. */
function added(wanted: readonly string[], planned: readonly string[], abi3: PlannedPackage['abi3']): string[] {
  const covers = (version: string) =>
    abi3 !== null && !version.endsWith('t') && (cpythonMinor(abi3) ?? 0) <= (cpythonMinor(version) ?? -1)
  return wanted.filter((each) => !planned.includes(each) && !covers(each))
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
    const abi3 = packages[index]?.abi3 ?? null
    const covered = interpreters(each, abi3, now)
    const wanted = maturin ? (packageSettings(settings, name).pythons ?? []) : []
    const pythons = [...covered, ...added(wanted, covered, abi3)]
    if (pythons.length === 0) problems.push(noPython(each))
    const targets = maturin
      ? settings.targets.map((target) => ({ target, runner: TARGETS[target as TargetTriple].runner as string }))
      : [{ target: '', runner: RUNNER_OF_PURE }]
    const jobs = targets.flatMap((on) => pythons.map((interpreter) => ({ ...on, interpreter })))
    return jobs.map(({ target, runner, interpreter }, nth): MatrixEntry => {
      const parts = [name, target, interpreter].filter(Boolean)
      const manylinux = target === '' ? '' : platformTagFor(target, packages[index]?.build)
      const build = { runner, manylinux, target, interpreter }
      return { name: parts.join('-'), package: name, path, ...build, sdist: nth === 0 }
    })
  })
  return { matrix, problems }
}
