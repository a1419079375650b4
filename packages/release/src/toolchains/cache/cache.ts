import { mkdir } from 'node:fs/promises'
import type { CacheStore } from '@slipway/core/cache-store'
import type { Ports } from '@slipway/core/ports'
import { notice } from '@slipway/core/problem'
import { Folder } from '@slipway/documents/folder'
import { temporaryFolder } from '@slipway/toolchain/cache'
import { nameOfPython } from '@slipway/toolchain/python'
import type { SetUp } from '../set-up.ts'
import type { CacheDecision, CacheInput } from './decide.ts'
import { type BuildIdentity, type CacheKeys, cacheKeys } from './key.ts'
import { type CachePart, cacheParts } from './parts.ts'
import { type PartResult, restoreParts, saveParts } from './transfer.ts'

/** What the post step saves. */
export interface CacheToSave {
  keys: CacheKeys
  parts: CachePart[]
}

/** The cache of a job. */
export interface JobCache {
  results: PartResult[]
  keys: CacheKeys
  /** Null if there is nothing to save. */
  toSave: CacheToSave | null
}

/** Returns what decides whether compiled files of another run can be used. */
function identityOf({ rust, pythons, maturin, zig, sccache }: SetUp, own: string, env: Ports['env']): BuildIdentity {
  return {
    rustc: rust.rust.rustcVersion,
    commit: rust.rust.commit ?? '',
    host: rust.rust.host,
    targets: [...rust.targets].sort(),
    pythons: pythons.map((each) => `${nameOfPython(each)} ${each.version}`),
    maturin: maturin?.version ?? '',
    zig: zig ?? '',
    sccache: sccache?.version ?? '',
    own,
    job: env.GITHUB_JOB ?? '',
  }
}

/**
 * Restores the cache of a job as decided. Nothing about it fails the job.
 * @param store null if the runner has no cache service
 */
export async function restoreCache(
  ports: Ports,
  store: CacheStore | null,
  about: { dir: string; setUp: SetUp; decision: CacheDecision; input: CacheInput; own: string },
): Promise<JobCache | null> {
  const { dir, setUp, decision, input, own } = about
  if (!decision.restores && !decision.saves) return null
  if (store === null) {
    const message = 'The cache is off, although the input `cache` is `true`: this runner has no cache service.'
    const hint = 'Remove the input, or use a runner of GitHub’s cloud.'
    if (input === 'true') ports.log.problem(notice('cache-failed', message, hint))
    return null
  }
  await mkdir(temporaryFolder(ports.env), { recursive: true })
  const folder = new Folder(dir)
  const parts = await cacheParts(ports, dir, folder, setUp.sccache?.folder ?? null)
  const keys = await cacheKeys(ports, dir, folder, identityOf(setUp, own, ports.env))
  const results = decision.restores ? await restoreParts(ports, store, keys, parts) : []
  const isDown = results.some((each) => each.state === 'failed')
  // An entry never changes, so a build that was restored whole is not saved again.
  const unsaved = parts.filter((part) => !results.some((each) => each.part === part && each.state === 'hit'))
  const toSave = decision.saves && !isDown && unsaved.length > 0 ? { keys, parts: unsaved } : null
  return { results, keys, toSave }
}

/** Saves what a job left, in its post step. */
export async function saveCache(ports: Ports, store: CacheStore | null, { keys, parts }: CacheToSave): Promise<void> {
  if (store !== null) await saveParts(ports, store, keys, parts)
}
