import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { mustRun } from './command.ts'
import { freshFiles } from './fresh-files.ts'
import { lockedFlag } from './lock-file.ts'
import type { Maturin } from './maturin.ts'
import { normalizeSdists } from './normal-sdists.ts'
import { withoutSecrets } from './secrets.ts'

/** Options of `buildSdist`. */
export interface BuildSdistOptions {
  /** Folder of the package's pyproject.toml, absolute. */
  dir: string
  /** Output folder, absolute. */
  out: string
  maturin: Maturin
  /** Seconds since the epoch. Without it maturin writes the current time, and no two builds are equal. */
  sourceDateEpoch: number
}

/** Options of `buildWheel`. */
export interface BuildWheelOptions extends BuildSdistOptions {
  /** Cargo's target folder, absolute; null for the project's own. */
  targetDir: string | null
  /** Platform tag on Linux: `manylinux_2_17`, `pypi`, or `off` for none. Ignored on other systems. */
  compatibility: string
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
}

const HINT = 'Run `maturin build --release` in the folder of pyproject.toml and fix what it reports.'

/** Runs maturin and returns the path of the one file that it writes. */
async function runMaturin(ports: Ports, options: BuildSdistOptions, args: string[]): Promise<string> {
  const { dir, out, maturin, sourceDateEpoch } = options
  const run = async (folder: string) => {
    await mustRun(
      ports.exec,
      {
        argv: [maturin.maturin, ...(args as [string]), '--out', folder],
        cwd: dir,
        env: { ...withoutSecrets(ports.env), ...maturin.env, SOURCE_DATE_EPOCH: String(sourceDateEpoch) },
        onLine: ports.log.info,
      },
      { code: 'maturin-failed', what: `\`maturin ${args[0]}\` failed`, hint: HINT },
    )
    await normalizeSdists(folder, sourceDateEpoch)
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

/**
 * Builds one wheel. Its bytes depend only on sources, tools and `sourceDateEpoch`.
 * @param platform this machine's; tests pass others
 * @returns the path of the wheel
 * @throws ProblemError `maturin-failed` with the last lines of its output, `maturin-made-not-one`
 */
export async function buildWheel(
  ports: Ports,
  options: BuildWheelOptions,
  platform: NodeJS.Platform = process.platform,
): Promise<string> {
  const { dir, targetDir, compatibility, zig, interpreter, target, profile, features = [], args = [], strip } = options
  const forLinux = target === undefined ? platform === 'linux' : target.includes('-linux-')
  return runMaturin(ports, options, [
    'build',
    ...(profile === undefined ? ['--release'] : ['--profile', profile]),
    ...(await lockedFlag(ports, dir)),
    ...(strip ? ['--strip'] : []),
    ...(target === undefined ? [] : ['--target', target]),
    ...(interpreter === undefined ? [] : ['--interpreter', interpreter]),
    ...(forLinux ? ['--compatibility', compatibility] : []),
    ...(zig && platform === 'linux' ? ['--zig'] : []),
    ...(targetDir === null ? [] : ['--target-dir', targetDir]),
    ...(features.length === 0 ? [] : ['--features', features.join(',')]),
    ...args,
  ])
}

/**
 * Builds the source distribution. Its bytes depend only on its content and `sourceDateEpoch`.
 * @returns the path of the sdist
 * @throws ProblemError as `buildWheel` does, and `sdist-unreadable`
 */
export async function buildSdist(ports: Ports, options: BuildSdistOptions): Promise<string> {
  return runMaturin(ports, options, ['sdist'])
}
