import { readFile } from 'node:fs/promises'
import type { Ports } from '@slipway/core/ports'
import { notice, type Problem } from '@slipway/core/problem'
import { isReleaseRun } from '@slipway/toolchain/run-kind'

/** Whether a job uses the cache. */
export interface CacheDecision {
  restores: boolean
  saves: boolean
  /** Why, for people. */
  why: string
  /** What the user asked for and does not get. */
  problem?: Problem
}

/** The input `cache`. */
export type CacheInput = 'auto' | 'true' | 'false'

/** Events that run the repository's own code on a branch. Others run in its name for anybody, such as `issue_comment`. */
const OWN_EVENTS = ['push', 'pull_request', 'merge_group', 'schedule', 'workflow_dispatch']

const off = (why: string): CacheDecision => ({ restores: false, saves: false, why })

/** The operations of each mode that the runner may set (@actions/cache 6, `internal/config.ts`); any other allows both. */
const MODES: Record<string, { restores: boolean; saves: boolean }> = {
  none: { restores: false, saves: false },
  read: { restores: true, saves: false },
  'write-only': { restores: false, saves: true },
}

/** Returns whether the pull request that started the run is from another repository, or its origin is unknown. */
async function isFork({ GITHUB_EVENT_PATH: path, GITHUB_REPOSITORY: own }: Ports['env']): Promise<boolean> {
  try {
    const event = JSON.parse(await readFile(path ?? '', 'utf8')) as {
      pull_request?: { head?: { repo?: { full_name?: string } | null } }
    }
    return event.pull_request?.head?.repo?.full_name !== own
  } catch {
    return true
  }
}

/** Returns why `auto` does not use the cache for the event of the run; null if it does. */
async function whyNot(env: Ports['env']): Promise<string | null> {
  const event = env.GITHUB_EVENT_NAME ?? ''
  if (!OWN_EVENTS.includes(event)) return event === '' ? 'no workflow event' : `the event ${event} may act for anybody`
  if (event === 'pull_request' && (await isFork(env))) return 'a pull request from another repository'
  return null
}

/**
 * Decides whether a job uses the cache: not in a release, whose files must not depend on other runs, and otherwise as the input,
 * the event and `ACTIONS_CACHE_MODE` say.
 * @param asked whether the input `sccache` also needs the cache
 */
export async function decideCache(
  input: CacheInput,
  env: Ports['env'],
  asked: { sccache: boolean },
): Promise<CacheDecision> {
  if (isReleaseRun(env)) {
    const decision = off('a release takes nothing that another run could have written')
    const named = [...(input === 'true' ? ['cache'] : []), ...(asked.sccache ? ['sccache'] : [])].map(
      (each) => `\`${each}\``,
    )
    if (named.length === 0) return decision
    const message = `${named.join(' and ')} of setup-toolchains ${named.length > 1 ? 'are' : 'is'} off: this run is a release, whose files must not depend on other runs.`
    const problem = notice('cache-off-for-release', message, 'Remove the input from workflows that release.')
    return { ...decision, problem }
  }
  if (input === 'false') return off('input `cache`')
  const reason = input === 'auto' ? await whyNot(env) : null
  if (reason !== null) return off(reason)
  const mode = (env.ACTIONS_CACHE_MODE ?? '').trim().toLowerCase()
  const allowed = MODES[mode]
  if (allowed) return { ...allowed, why: `ACTIONS_CACHE_MODE is ${mode}` }
  return { restores: true, saves: true, why: input === 'true' ? 'input `cache`' : `the event ${env.GITHUB_EVENT_NAME}` }
}
