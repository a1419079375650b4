import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { mustRun } from './command.ts'
import { freshFiles } from './fresh-files.ts'
import { lockedFlag } from './lock-file.ts'
import type { Maturin } from './maturin.ts'
import { normalizeSdists } from './normal-sdists.ts'
import { withoutSecrets } from './secrets.ts'

/** What a source distribution is made of. */
export interface BuildSdistOptions {
  /** Folder of the package's pyproject.toml, absolute. */
  dir: string
  /** Where the file goes, absolute. */
  out: string
  maturin: Maturin
  /** Seconds; without it maturin writes the time of day and no two builds are the same. */
  sourceDateEpoch: number
}

/** What a wheel is made of. */
export interface BuildWheelOptions extends BuildSdistOptions {
  /** Where cargo builds, absolute; null for the project's own target folder. */
  targetDir: string | null
  /** Platform tag for Linux: `manylinux_2_17`, `pypi`, or `off` for none. Other systems have no such choice. */
  compatibility: string
  /** Link with zig, for an older glibc than the machine's; on Linux only. */
  zig: boolean
  /** Python to build for, a path; needed when the wheel is not abi3. */
  interpreter?: string
  /** Rust's target triple; this machine's when left out. */
  target?: string
  strip?: boolean
}

const HINT = 'Run `maturin build --release` in the folder of its pyproject.toml and mend what it says.'

/** Runs maturin, which is to make one file. Gives its path. */
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
  return error('maturin-made-not-one', `maturin was to make one file and made ${made}.`, hint)
}

/**
 * Builds one wheel in release mode; bytes depend on sources, tools and `sourceDateEpoch` only.
 * @param platform this machine's; another one only in tests
 * @returns path of the wheel
 * @throws ProblemError `maturin-failed` with the last lines of its output, `maturin-made-not-one`
 */
export async function buildWheel(
  ports: Ports,
  options: BuildWheelOptions,
  platform: NodeJS.Platform = process.platform,
): Promise<string> {
  const { dir, targetDir, compatibility, zig, interpreter, target, strip } = options
  const forLinux = target === undefined ? platform === 'linux' : target.includes('-linux-')
  return runMaturin(ports, options, [
    'build',
    '--release',
    ...(await lockedFlag(ports, dir)),
    ...(strip ? ['--strip'] : []),
    ...(target === undefined ? [] : ['--target', target]),
    ...(interpreter === undefined ? [] : ['--interpreter', interpreter]),
    ...(forLinux ? ['--compatibility', compatibility] : []),
    ...(zig && platform === 'linux' ? ['--zig'] : []),
    ...(targetDir === null ? [] : ['--target-dir', targetDir]),
  ])
}

/**
 * Builds the source distribution; bytes depend on its content and `sourceDateEpoch` only.
 * @returns path of the sdist
 * @throws ProblemError as `buildWheel` does, and `sdist-unreadable`
 */
export async function buildSdist(ports: Ports, options: BuildSdistOptions): Promise<string> {
  return runMaturin(ports, options, ['sdist'])
}
