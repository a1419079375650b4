import { mkdtemp, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { CacheStore } from '@slipway/core/cache-store'
import { mebibytes } from '@slipway/core/limits'
import type { Ports } from '@slipway/core/ports'
import { notice, ProblemError } from '@slipway/core/problem'
import { temporaryFolder } from '@slipway/toolchain/cache'
import { compressionOf, pack, unpack, versionOf } from './archive.ts'
import type { CacheKeys } from './key.ts'
import { type CachePart, entriesOf } from './parts.ts'

/** What became of a part of the cache. */
export interface PartResult {
  part: CachePart
  /** `hit`: this build; `partial`: one with other dependencies. */
  state: 'hit' | 'partial' | 'miss' | 'failed'
}

/** Runs an act with a path for an archive, and removes the archive. */
async function withArchive<T>({ env }: Ports, act: (archive: string) => Promise<T>): Promise<T> {
  const scratch = await mkdtemp(join(temporaryFolder(env), 'slipway-cache-'))
  try {
    return await act(join(scratch, 'cache.tar'))
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Reports a failure of the cache as a notice: the job goes on without it. */
function report({ log }: Ports, what: string, cause: unknown): void {
  const why =
    cause instanceof ProblemError
      ? (cause.problems[0]?.message ?? '')
      : cause instanceof Error
        ? cause.message
        : String(cause)
  const hint = 'Nothing to do: the job builds everything itself, and a later run tries the cache again.'
  log.problem(notice('cache-failed', `The cache could not ${what}: ${why}`, hint))
}

/** Restores each part that the cache has. A failure is a notice, and ends the attempt. */
export async function restoreParts(
  ports: Ports,
  store: CacheStore,
  keys: CacheKeys,
  parts: readonly CachePart[],
): Promise<PartResult[]> {
  const results: PartResult[] = []
  const compression = await compressionOf(ports)
  for (const part of parts) {
    // A service that failed once is not asked again: each question takes its time.
    const isDown = results.some((each) => each.state === 'failed')
    results.push({ part, state: isDown ? 'failed' : await restorePart(ports, store, keys, part, compression) })
  }
  return results
}

async function restorePart(
  ports: Ports,
  store: CacheStore,
  keys: CacheKeys,
  part: CachePart,
  compression: Awaited<ReturnType<typeof compressionOf>>,
): Promise<PartResult['state']> {
  const key = keyOf(keys, part)
  const entry = { key, prefixes: [prefixOf(keys, part)], version: versionOf(part, compression) }
  try {
    return await withArchive(ports, async (archive) => {
      const found = await store.restore(entry, archive)
      if (found === null) return 'miss'
      await unpack(ports, part, { archive, compression })
      const size = mebibytes((await stat(archive)).size)
      ports.log.info(`Cache: restored ${part.base} (${size} packed) from ${found}`)
      return found === key ? 'hit' : 'partial'
    })
  } catch (cause) {
    report(ports, `restore ${part.name}`, cause)
    return 'failed'
  }
}

/** Saves parts. A failure is a notice, and ends the attempt. */
export async function saveParts(
  ports: Ports,
  store: CacheStore,
  keys: CacheKeys,
  parts: readonly CachePart[],
): Promise<void> {
  const compression = await compressionOf(ports)
  for (const part of parts) {
    const entries = await entriesOf(part)
    if (entries.length === 0) {
      ports.log.info(`Cache: ${part.base} has nothing to save`)
      continue
    }
    try {
      await withArchive(ports, async (archive) => {
        await pack(ports, part, entries, { archive, compression })
        const size = mebibytes((await stat(archive)).size)
        const key = keyOf(keys, part)
        const isNew = await store.save({ key, version: versionOf(part, compression) }, archive)
        ports.log.info(`Cache: ${isNew ? `saved ${part.base} (${size} packed) as` : 'another job saved'} ${key}`)
      })
    } catch (cause) {
      report(ports, `save ${part.name}`, cause)
      return
    }
  }
}

// The part's name comes first, so that no key of one part is a prefix of another's.
const keyOf = ({ key }: CacheKeys, { name }: CachePart) => `${name}-${key}`
const prefixOf = ({ prefix }: CacheKeys, { name }: CachePart) => `${name}-${prefix}`
