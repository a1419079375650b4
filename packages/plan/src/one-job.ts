import { few } from '@slipway/core/counted'
import type { OneJob } from '@slipway/core/package-build'
import type { MatrixEntry, PlannedPackage } from '@slipway/core/plan'
import type { Strategy } from '@slipway/core/strategy'
import { compareVersions, parseVersion } from '@slipway/core/version'
import type { LockedPackage, LockFile } from '@slipway/project/cargo/lockfile'
import type { Project } from '@slipway/project/project'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { bindingsOf } from '@slipway/project/python/maturin-bindings'
import { TARGETS } from '@slipway/project/settings/targets'
import facts from './one-job.json' with { type: 'json' }

/** What a package's wheels are built from. */
interface Subject {
  found: DiscoveredPackage
  /** Its jobs. */
  jobs: readonly MatrixEntry[]
  /** The crates that its crate needs to be built, tests left out. */
  locked: readonly LockedPackage[]
}

type Libraries = Record<string, { library: string; unless?: string }>

/** A reason why one job on Linux does not suffice; null if it is none. */
type Reason = (subject: Subject) => string | null

const isFor = (jobs: readonly MatrixEntry[], system: string) => jobs.some(({ target }) => target.includes(system))

/** Returns the names of a list that are needed. */
function needed(locked: readonly LockedPackage[], names: readonly string[]): string[] {
  return names.filter((name) => locked.some((each) => each.name === name))
}

function linksLibrary({ locked }: Subject): string | null {
  const libraries = Object.entries(facts.libraries as Libraries).flatMap(([name, { library, unless }]) => {
    const own = locked.find((each) => each.name === name)
    // Cargo.lock lists an optional dependency where a feature turns it on: the one that builds the library itself.
    const isBundled = own?.dependencies.some(({ value }) => value.split(' ')[0] === unless)
    return own && !isBundled ? [`${library} (${name})`] : []
  })
  return libraries.length === 0 ? null : `it links ${few(libraries)} of the system`
}

function compilesMore({ locked }: Subject): string | null {
  const compilers = facts.compilers as Record<string, string>
  const found = needed(locked, Object.keys(compilers)).map((name) => `${compilers[name]} (${name})`)
  return found.length === 0 ? null : `it builds with ${few(found)}, which Slipway does not cross-compile`
}

function linksFrameworks({ locked, jobs }: Subject): string | null {
  const found = isFor(jobs, '-apple-') ? needed(locked, facts.frameworks) : []
  return found.length === 0 ? null : `it links frameworks of macOS (${few(found)}), whose SDK only macOS has`
}

function needsMicrosoft({ locked, jobs }: Subject): string | null {
  const found = isFor(jobs, '-windows-') ? needed(locked, facts.microsoft) : []
  return found.length === 0 ? null : `on Windows it needs Microsoft's linker (${few(found)})`
}

function needsImportLibrary({ found, locked, jobs }: Subject): string | null {
  const { crate, pyo3 } = facts.importLibrary
  if (!isFor(jobs, '-windows-') || bindingsOf(found, found.crate) !== 'pyo3') return null
  const version = locked.find(({ name }) => name === 'pyo3-ffi')?.version.value ?? ''
  const isNew = parseVersion(version) !== null && compareVersions(version, pyo3) >= 0
  if (isNew || needed(locked, [crate]).length > 0) return null
  return "a wheel of Windows needs Python's import library: turn on PyO3's feature `generate-import-lib`"
}

function isForArm({ jobs }: Subject): string | null {
  return isFor(jobs, 'aarch64-pc-windows-') ? 'mingw builds for Windows on x64 only' : null
}

const REASONS: readonly Reason[] = [
  linksLibrary,
  compilesMore,
  linksFrameworks,
  needsMicrosoft,
  needsImportLibrary,
  isForArm,
]

/** Returns the locked crates that a package's crate needs to be built, and their dependencies; tests need more. */
function lockedFor({ crate }: DiscoveredPackage, { packages }: LockFile): LockedPackage[] {
  const byName = new Map<string, LockedPackage[]>()
  for (const each of packages) byName.set(each.name, [...(byName.get(each.name) ?? []), each])
  const direct = new Set(crate?.dependencies.filter(({ kind }) => kind !== 'dev').map(({ name }) => name))
  const found = new Set(packages.filter((each) => each.name === crate?.name && !each.isForeign))
  // A set that grows while it is walked.
  for (const each of found) {
    const isOwn = each.name === crate?.name && !each.isForeign
    for (const { value } of each.dependencies) {
      const [name = '', version] = value.split(' ')
      if (isOwn && !direct.has(name)) continue
      for (const one of byName.get(name) ?? [])
        if (version === undefined || one.version.value === version) found.add(one)
    }
  }
  return [...found]
}

/** Returns whether one job suffices; null if nothing is compiled for the package. */
function oneJobFor(found: DiscoveredPackage, planned: PlannedPackage, { jobs, locks }: Judged): OneJob | null {
  if (!found.maturin || found.prebuilt !== undefined || jobs.length === 0) return null
  if (planned.build?.container !== undefined)
    return { suffices: false, why: ['its wheels for Linux are built in a container'] }
  const { crate } = found
  const lock = crate && locks.find(({ crates }) => crates.includes(crate))
  if (!lock) return { suffices: false, why: ['without a committed Cargo.lock its dependencies are unknown'] }
  const locked = lockedFor(found, lock)
  const why = REASONS.flatMap((each) => each({ found, jobs, locked }) ?? [])
  return { suffices: why.length === 0, why }
}

/** The jobs of a package, and the lock files of the project. */
interface Judged {
  jobs: readonly MatrixEntry[]
  locks: readonly LockFile[]
}

/**
 * Returns the matrix by the strategy of the settings: the jobs of a package that one job does together get the runner of Linux.
 * @param packages with the answers of `withOneJobs`
 */
export function byStrategy(
  matrix: readonly MatrixEntry[],
  packages: readonly PlannedPackage[],
  strategy: Strategy,
): MatrixEntry[] {
  const isCross = ({ oneJob }: PlannedPackage) =>
    oneJob !== undefined && (strategy === 'cross' || (strategy === 'auto' && oneJob.suffices))
  const crossed = new Set(packages.filter(isCross).map((each) => each.name))
  return matrix.map((each) =>
    crossed.has(each.package) ? { ...each, runner: RUNNER_OF_LINUX, cross: true as const } : each,
  )
}

const RUNNER_OF_LINUX = TARGETS['x86_64-unknown-linux-gnu'].runner

/**
 * Adds to the planned packages whether one job on Linux can build all their wheels, with zig as the linker for Linux and macOS
 * and mingw for Windows. It judges by the names of crates in Cargo.lock; a build script of the project itself may need more.
 * @param packages in the project's order
 */
export function withOneJobs(
  packages: readonly PlannedPackage[],
  project: Pick<Project, 'packages' | 'versions'>,
  matrix: readonly MatrixEntry[],
): PlannedPackage[] {
  const { locks } = project.versions
  return packages.map((planned, index) => {
    const found = project.packages[index]
    const jobs = matrix.filter((each) => each.package === planned.name)
    const oneJob = found ? oneJobFor(found, planned, { jobs, locks }) : null
    return oneJob ? { ...planned, oneJob } : planned
  })
}
