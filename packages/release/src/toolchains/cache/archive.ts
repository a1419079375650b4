import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import type { Ports } from '@slipway/core/ports'
import { findProgram, mustRun, systemTar } from '@slipway/toolchain/command'
import type { CachePart } from './parts.ts'

/** How an archive is compressed: zstd is several times as fast, but not everywhere. */
export type Compression = 'zstd' | 'gzip'

const FAILURE = {
  code: 'cache-failed',
  what: 'tar could not read or write an entry of the cache',
  hint: 'Check the free space on the runner. The job builds everything itself.',
}

/** Returns the compression that this machine can use. Windows' tar cannot call zstd. */
export async function compressionOf(
  { env }: Pick<Ports, 'env'>,
  platform: NodeJS.Platform = process.platform,
): Promise<Compression> {
  return platform !== 'win32' && (await findProgram(env, 'zstd')) !== null ? 'zstd' : 'gzip'
}

/** Returns what distinguishes entries of one key: their format, and the folder that they belong to. */
export function versionOf({ base, kind }: CachePart, compression: Compression): string {
  return createHash('sha256')
    .update(JSON.stringify([base, kind, compression]))
    .digest('hex')
}

/**
 * Returns tar's path and its arguments for a compression; Windows has bsdtar beside Git's tar, which takes `C:` for a host.
 * @param options of zstd: GNU tar adds `-d` by itself, bsdtar does not
 */
function tar(
  env: Ports['env'],
  compression: Compression,
  options: string[],
  platform = process.platform,
): [string, ...string[]] {
  const program = systemTar(env, platform)
  return [program, ...(compression === 'zstd' ? ['--use-compress-program', ['zstd', ...options].join(' ')] : ['-z'])]
}

/**
 * Packs entries of a part.
 * @param entries relative to its base, at least one
 * @throws ProblemError `cache-failed`
 */
export async function pack(
  { env, exec, log }: Ports,
  part: CachePart,
  entries: readonly string[],
  to: { archive: string; compression: Compression },
): Promise<void> {
  const list = `${to.archive}.txt`
  await writeFile(list, entries.map((each) => `${each}\n`).join(''))
  const argv: [string, ...string[]] = [
    ...tar(env, to.compression, ['-T0', '-3']),
    '-cf',
    to.archive,
    '-C',
    part.base,
    '-T',
    list,
  ]
  await mustRun(exec, { argv, cwd: part.base, onLine: log.debug }, FAILURE)
}

/**
 * Unpacks an archive into the base of its part; tar lets no entry out of it.
 * @throws ProblemError `cache-failed`
 */
export async function unpack(
  { env, exec, log }: Ports,
  part: CachePart,
  from: { archive: string; compression: Compression },
): Promise<void> {
  await mkdir(part.base, { recursive: true })
  const argv: [string, ...string[]] = [...tar(env, from.compression, ['-d']), '-xf', from.archive, '-C', part.base]
  await mustRun(exec, { argv, cwd: part.base, onLine: log.debug }, FAILURE)
}
