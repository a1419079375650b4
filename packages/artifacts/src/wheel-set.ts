import { normalizeName, wheelName } from '@slipway/core/name'
import type { MatrixEntry, Plan } from '@slipway/core/plan'
import { error, type Problem, warning } from '@slipway/core/problem'
import { cpythonMinor, parseSdistFilename, parseWheelFilename, type WheelFilename } from '@slipway/core/python/filename'
import { interpreterTitle, parseInterpreter } from '@slipway/core/python/interpreter'
import { linuxProcessor } from '@slipway/core/python/platform'
import { sameVersion } from '@slipway/core/python/version'

/** How to report a missing wheel for which the plan has a job. */
export type MissingWheels = 'error' | 'warning' | 'ignore'

/** Suffixes of macOS's platform tags by the processor of the target (PyPA, "Platform compatibility tags"). */
const MACOS: Record<string, string[]> = {
  x86_64: ['x86_64', 'universal2', 'intel'],
  aarch64: ['arm64', 'universal2'],
  universal2: ['universal2'],
}
const WINDOWS: Record<string, string> = { x86_64: 'win_amd64', aarch64: 'win_arm64', i686: 'win32' }

/** Whether a wheel with a platform tag is for Rust's target triple. */
function isFor(tag: string, target: string): boolean {
  const [processor = ''] = target.split('-')
  if (tag === 'any') return true
  if (target.includes('-windows-')) return tag === WINDOWS[processor]
  if (target.endsWith('-apple-darwin'))
    return tag.startsWith('macosx_') && (MACOS[processor] ?? []).some((each) => tag.endsWith(`_${each}`))
  const libc = target.includes('-musl') ? /^musllinux_/ : /^(?:many)?linux/
  return libc.test(tag) && tag.endsWith(`_${linuxProcessor(target)}`)
}

/** Whether a wheel can be installed on the Python that a job builds with (PEP 425; PEP 384 for abi3). */
function isOn({ pythonTags, abiTags }: WheelFilename, interpreter: string): boolean {
  const wanted = parseInterpreter(interpreter)
  if (wanted?.implementation === 'pypy')
    return pythonTags.some((tag) => tag === `pp3${wanted.minor}` || /^py3/.test(tag))
  // A Python without the global interpreter lock has ABIs of its own, and a stable one of its own (PEP 703, PEP 803).
  const abis = abiTags.filter((each) => each === 'none' || each.endsWith('t') === wanted?.freeThreaded)
  return pythonTags.some((tag) => {
    const minor = cpythonMinor(tag)
    if (minor === null || wanted === null) return /^py3/.test(tag)
    return abis.some((each) => (each.startsWith('abi3') ? minor <= wanted.minor : minor === wanted.minor))
  })
}

/** The Python and the platform that a wheel is planned for. */
export type WheelJob = Pick<MatrixEntry, 'target' | 'interpreter'>

/** Returns the oldest Python that a planned wheel is for, `3.8`; empty if it is for any. */
function pythonOf({ interpreter }: WheelJob, abi3: string | null): string {
  return interpreter || (abi3?.replace(/^cp3/, '3.') ?? '')
}

function satisfies(wheel: WheelFilename, job: WheelJob, abi3: string | null): boolean {
  const python = pythonOf(job, abi3)
  // A pure-Python package has one job, and any of its wheels satisfies it.
  return (
    job.target === '' ||
    ((python === '' || isOn(wheel, python)) && wheel.platformTags.some((tag) => isFor(tag, job.target)))
  )
}

/**
 * Compares the tags of a built wheel with the plan: features that turn the stable ABI off, for example, make a wheel for one
 * Python alone.
 * @param job what it was built for; an empty target is this machine's, and not compared
 * @returns null if the wheel is as planned
 */
export function unplannedTags(filename: string, job: WheelJob, abi3: string | null): Problem | null {
  const wheel = parseWheelFilename(filename)
  const python = pythonOf(job, abi3)
  const isForPython = !wheel || python === '' || isOn(wheel, python)
  const isForTarget = !wheel || job.target === '' || wheel.platformTags.some((tag) => isFor(tag, job.target))
  if (isForPython && isForTarget) return null
  const versions = job.interpreter === '' ? `CPython ${python} and later` : interpreterTitle(python)
  const planned = isForPython ? job.target : versions
  const message = `${filename} was planned for ${planned}, which its tags do not cover, so pip there does not install it.`
  return error('wheel-tags-not-planned', message, isForPython ? HINT_OF_TARGET : hintOfPython(wheel, python))
}

const HINT_OF_TARGET = 'Check the target in .cargo/config.toml and in the arguments of maturin.'

/** Returns what to do about a wheel that is not for a Python. */
function hintOfPython({ abiTags }: WheelFilename, python: string): string {
  // With PyO3's feature `abi3` alone, maturin targets the lowest Python that it finds.
  return abiTags.includes('abi3')
    ? `Name the lowest Python in the feature of pyo3: abi3-py${python.replace('.', '')}, not \`abi3\` alone. Or build where it is installed.`
    : "Check that the build has the features of pyo3 that the manifest has, such as abi3-py39, and that it sees the project's own pyproject.toml."
}

function inWords(all: readonly string[]): string {
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
}

/**
 * Compares the wheels of a plan's matrix with the files to release. Without a wheel, pip installs an older release or
 * builds from source.
 * @param filenames of wheels and sdists; others are ignored
 * @returns a Problem for each Python package that has some of the files, but not every wheel
 */
export function missingWheels(
  { matrix, packages }: Pick<Plan, 'matrix' | 'packages'>,
  filenames: readonly string[],
  severity: MissingWheels,
): Problem[] {
  if (severity === 'ignore') return []
  return packages.flatMap(({ name, version, abi3, reason }) => {
    const isOwn = (distribution: string) => wheelName(distribution) === wheelName(name)
    const wheels = filenames
      .flatMap((each) => parseWheelFilename(each) ?? [])
      .filter((each) => isOwn(each.distribution))
    const hasSdist = filenames.some((each) => isOwn(parseSdistFilename(each)?.distribution ?? ''))
    if (reason !== undefined || (wheels.length === 0 && !hasSdist)) return []
    const current = wheels.filter((each) => sameVersion(each.version, version))
    const jobs = matrix.filter((each) => normalizeName(each.package) === normalizeName(name))
    const missing = jobs.filter((job) => !current.some((wheel) => satisfies(wheel, job, abi3)))
    if (missing.length === 0) return []
    const targets = [...new Set(missing.map((each) => each.target))].map((target) => {
      const pythons = missing.filter((each) => each.target === target).map((each) => each.interpreter)
      const all = jobs.filter((each) => each.target === target).length
      return target === '' ? 'any platform' : pythons.length < all ? `${target} on Python ${inWords(pythons)}` : target
    })
    const message = `${name} ${version} has no wheel for ${inWords(targets)}, so pip there installs an older release, or builds the sdist if it finds a compiler.`
    const hint =
      "Build the wheels first: the plan's `matrix` has a job for each. To skip a platform, leave it out of `targets` in slipway.toml."
    return [{ ...warning('wheels-missing', message, hint), severity }]
  })
}
