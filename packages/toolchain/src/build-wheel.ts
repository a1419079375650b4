import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Exec, Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { mustRun } from './command.ts'
import { freshFiles } from './fresh-files.ts'
import { lockedFlag } from './lock-file.ts'
import type { Maturin } from './maturin.ts'
import { normalizeSdists } from './normal-sdists.ts'
import { type Repairer, repairWheel } from './repair/repair-tool.ts'
import { withoutSecrets } from './secrets.ts'

/** Options of `buildSdist`. */
export interface BuildSdistOptions {
  /** Folder of the package's pyproject.toml, absolute. */
  dir: string
  /** Output folder, absolute. */
  out: string
  maturin: Omit<Maturin, 'from'>
  /** Seconds since the epoch. Without it maturin writes the current time, and no two builds are equal. */
  sourceDateEpoch: number
}

/** Options of `buildWheel`. */
export interface BuildWheelOptions extends BuildSdistOptions {
  /** Cargo's target folder, absolute; null for the project's own. */
  targetDir: string | null
  /**
   * Platform tag on Linux: `manylinux_2_17`, `pypi`, or `off` for none. Ignored on other systems. Default: the oldest that
   * maturin finds the library to fit.
   */
  compatibility?: string | undefined
  /** Link with zig, for a glibc older than this machine's; on Linux only. */
  zig: boolean
  /** Path of the Python to build for; required unless the wheel is abi3. */
  interpreter?: string
  /** Rust's target triple; by default this machine's. */
  target?: string
  /** Cargo's profile; default: `release`. */
  profile?: string | undefined
  /** Features of the crate, instead of those in pyproject.toml; empty for those. */
  features?: readonly string[]
  /** More arguments of `maturin build`. */
  args?: readonly string[]
  /** Whether symbols are removed; default: as pyproject.toml and the profile say. */
  strip?: boolean
  /**
   * How the wheel gets the libraries that it loads from the build machine: by maturin, not at all, or by another tool.
   * Default: as pyproject.toml says, else as maturin does.
   */
  repair?: 'maturin' | 'none' | Repairer
  /** Runs maturin in a container that has the folders at the same paths; default: `ports.exec`. */
  exec?: Exec
}

const HINT = 'Run `maturin build --release` in the folder of pyproject.toml and fix what it reports.'

/**
 * Runs maturin and returns the path of the one file that it writes.
 * @param repair gets the folder that maturin wrote into, and another for the repaired wheel
 */
async function runMaturin(
  ports: Ports,
  options: BuildSdistOptions & Pick<BuildWheelOptions, 'exec'>,
  args: string[],
  repair?: (from: string, into: string) => Promise<void>,
): Promise<string> {
  const { dir, out, maturin, sourceDateEpoch, exec = ports.exec } = options
  const run = async (into: string) => {
    const folder = repair ? join(into, 'unrepaired') : into
    await mkdir(folder, { recursive: true })
    await mustRun(
      exec,
      {
        argv: [maturin.maturin, ...(args as [string]), '--out', folder],
        cwd: dir,
        env: { ...withoutSecrets(ports.env), ...maturin.env, SOURCE_DATE_EPOCH: String(sourceDateEpoch) },
        onLine: ports.log.info,
      },
      { code: 'maturin-failed', what: `\`maturin ${args[0]}\` failed`, hint: HINT },
    )
    if (repair) {
      await repair(folder, into)
      await rm(folder, { recursive: true })
    }
    await normalizeSdists(into, sourceDateEpoch)
  }
  const [file = ''] = await freshFiles(out, run, (names) => {
    if (names.length !== 1) throw new ProblemError(notOne(names))
  })
  return file
}

function notOne(files: readonly string[]) {
  const made = files.join(', ') || 'nothing'
  const hint = 'Name the Python to build for, or make the wheel abi3.'
  return error('maturin-made-not-one', `maturin made ${made}, not one file.`, hint)
}

/** The maturin that first repairs wheels of macOS and Windows, if it is asked to (its changelog, 1.13.0). */
const REPAIRS_ALL = [1, 13] as const

/** Returns the arguments for the repair. On Linux maturin repairs unless pyproject.toml says otherwise. */
function repairFlags(repair: BuildWheelOptions['repair'], version: string, forLinux: boolean): string[] {
  if (repair === undefined) return []
  if (repair !== 'maturin') return ['--skip-auditwheel']
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const can = major > REPAIRS_ALL[0] || (major === REPAIRS_ALL[0] && minor >= REPAIRS_ALL[1])
  return can && !forLinux ? ['--auditwheel', 'repair'] : []
}

/**
 * Builds one wheel. Its bytes depend only on sources, tools and `sourceDateEpoch`.
 * @param platform this machine's; tests pass others
 * @returns the path of the wheel
 * @throws ProblemError `maturin-failed` with the last lines of its output, `maturin-made-not-one`, `repair-failed`
 */
export async function buildWheel(
  ports: Ports,
  options: BuildWheelOptions,
  platform: NodeJS.Platform = process.platform,
): Promise<string> {
  const { dir, targetDir, compatibility, zig, interpreter, target, profile, features = [], args = [], strip } = options
  const { repair, maturin } = options
  const forLinux = target === undefined ? platform === 'linux' : target.includes('-linux-')
  const words = [
    'build',
    ...(profile === undefined ? ['--release'] : ['--profile', profile]),
    ...(await lockedFlag(ports, dir)),
    ...(strip ? ['--strip'] : []),
    ...(target === undefined ? [] : ['--target', target]),
    ...(interpreter === undefined ? [] : ['--interpreter', interpreter]),
    ...(forLinux && compatibility !== undefined ? ['--compatibility', compatibility] : []),
    ...repairFlags(repair, maturin.version, forLinux),
    ...(zig && platform === 'linux' ? ['--zig'] : []),
    ...(targetDir === null ? [] : ['--target-dir', targetDir]),
    ...(features.length === 0 ? [] : ['--features', features.join(',')]),
    ...args,
  ]
  return runMaturin(ports, options, words, typeof repair === 'object' ? repairAll(ports, repair, options) : undefined)
}

/** Returns a function that repairs the wheels of a folder into another. */
function repairAll(ports: Ports, repairer: Repairer, options: BuildWheelOptions) {
  const { target, sourceDateEpoch } = options
  return async (from: string, out: string) => {
    for (const name of (await readdir(from)).sort()) {
      await repairWheel(ports, repairer, {
        ...{ wheel: join(from, name), out, sourceDateEpoch },
        ...(target !== undefined && { target }),
      })
    }
  }
}

/**
 * Builds the source distribution. Its bytes depend only on its content and `sourceDateEpoch`.
 * @returns the path of the sdist
 * @throws ProblemError as `buildWheel` does, and `sdist-unreadable`
 */
export async function buildSdist(ports: Ports, options: BuildSdistOptions): Promise<string> {
  return runMaturin(ports, options, ['sdist'])
}
