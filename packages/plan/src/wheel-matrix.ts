import type { MatrixEntry, PlannedPackage } from '@slipway/core/plan'
import { error, type Problem, type Where, warning } from '@slipway/core/problem'
import { cpythonMinor } from '@slipway/core/python/filename'
import { loadsAbi3 } from '@slipway/core/python/interpreter'
import type { Project } from '@slipway/project/project'
import { existsFor, freeThreadedPythons, supportedPythons } from '@slipway/project/python/cpython-releases'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { bindingsOf } from '@slipway/project/python/maturin-bindings'
import { packageSettings } from '@slipway/project/settings/existence'
import {
  containerFor,
  platformTagFor,
  RUNNER_OF_PURE,
  TARGETS,
  type TargetTriple,
} from '@slipway/project/settings/targets'

/** Bindings whose wheels run on any Python 3 (maturin's guide, "Bindings"). */
const ANY_PYTHON = ['bin', 'cffi', 'uniffi']

/** The kinds of a package's wheels. */
type Abis = Pick<PlannedPackage, 'abi3' | 'abi3t' | 'freeThreaded'>

/**
 * Returns the Pythons to build one target's wheels for; an empty string stands for all that a single wheel runs on. PyO3's
 * guide, "Building and distribution", recommends these: one with the stable ABI, and for free-threaded Pythons one each
 * until they have a stable ABI, which the lowest of these Pythons builds.
 */
function interpreters(found: DiscoveredPackage, { abi3, abi3t, freeThreaded }: Abis, now: number): string[] {
  const supported = supportedPythons(found.requiresPython, now)
  const isForAny = !found.maturin || ANY_PYTHON.includes(bindingsOf(found, found.crate) ?? '')
  if (isForAny) return supported.slice(-1).map(() => '')
  const last = abi3t === undefined ? Number.POSITIVE_INFINITY : minorOf(abi3t)
  const withLock = abi3 === null ? supported.filter((each) => minorOf(each) < last) : minorOf(abi3) < last ? [''] : []
  const without = freeThreaded ? freeThreadedPythons(found.requiresPython, now) : []
  return [...withLock, ...without.filter((each) => minorOf(each) <= last)]
}

function minorOf(version: string): number {
  return cpythonMinor(version) ?? 0
}

/** Returns the Pythons of the settings that need a separate wheel, and those that are older than the stable ABI. */
function added(wanted: readonly string[], covered: readonly string[], abi3: PlannedPackage['abi3']) {
  const isSeparate = (version: string) => abi3 === null || !loadsAbi3(version)
  // PyO3 builds for none older than its feature says.
  const isOlder = (version: string) => !isSeparate(version) && minorOf(version) < minorOf(abi3 ?? '')
  return {
    separate: wanted.filter((each) => isSeparate(each) && !covered.includes(each)),
    older: wanted.filter(isOlder),
  }
}

function olderThanAbi3({ name, abi3 }: PlannedPackage, versions: readonly string[], where: Where): Problem {
  const oldest = (abi3 ?? '').replace('cp3', '3.')
  const message = `The settings add wheels of ${name} for CPython ${versions.join(' and ')}, but PyO3's features build it for ${oldest} and later.`
  const hint = `Remove ${versions.length === 1 ? 'it' : 'them'}, or use a feature such as abi3-py3${cpythonMinor(versions[0] ?? '')}.`
  return error('settings-bad-value', message, hint, where)
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
  { packages: found, settings, settingAt }: Project,
  packages: readonly PlannedPackage[],
  now: number,
): { matrix: MatrixEntry[]; problems: Problem[] } {
  const problems: Problem[] = []
  const matrix = found.flatMap((each, index) => {
    const { name, path, reason, maturin, prebuilt } = each
    if (reason !== undefined || prebuilt !== undefined) return []
    const planned = packages[index]
    const abi3 = planned?.abi3 ?? null
    const covered = interpreters(each, planned ?? { abi3 }, now)
    const { separate, older } = added((maturin && packageSettings(settings, name).pythons) || [], covered, abi3)
    if (planned && older.length > 0)
      problems.push(olderThanAbi3(planned, older, settingAt('packages', name, 'pythons')))
    const pythons = [...covered, ...separate]
    if (pythons.length === 0) problems.push(noPython(each))
    const targets = maturin
      ? settings.targets.map((target) => ({ target, runner: TARGETS[target as TargetTriple].runner as string }))
      : [{ target: '', runner: RUNNER_OF_PURE }]
    const jobs = targets.flatMap((on) =>
      pythons
        .filter((each) => each === '' || existsFor(each, on.target))
        .map((interpreter) => ({ ...on, interpreter })),
    )
    return jobs.map(({ target, runner, interpreter }, nth): MatrixEntry => {
      const parts = [name, target, interpreter].filter(Boolean)
      const manylinux = target === '' ? '' : platformTagFor(target, planned?.build)
      const container = target === '' ? null : containerFor(target, planned?.build)
      const build = { runner, manylinux, target, interpreter, ...(container !== null && { container }) }
      return { name: parts.join('-'), package: name, path, ...build, sdist: nth === 0 }
    })
  })
  return { matrix, problems }
}
