import { MAX_PAUSE_MS } from './limits.ts'
import type { Clock, Log } from './ports.ts'
import { error, type Problem, ProblemError } from './problem.ts'
import { RemoteError } from './publisher.ts'
import type { Receipt } from './receipt.ts'

/** How long and how often to retry. All times in milliseconds. */
export interface Patience {
  /** The longest time that an accepted artifact may stay invisible, or that a remote may ask to wait. */
  deadline: number
  /** The first pause between two tries; each next one is twice as long, up to 30 s. */
  pause: number
  /** The most times that one artifact or one query is sent. */
  tries: number
}

/** Patience for public registries: index lag of minutes, rate limits that free a slot every ten minutes. */
export const PUBLIC_PATIENCE: Patience = { deadline: 15 * 60_000, pause: 1_000, tries: 5 }

/** The effects and the patience of `preflight` and `publishOnce`. */
export interface Effort {
  clock: Clock
  log: Log
  patience: Patience
  /** Called with each receipt at once, so that a release that fails halfway can report what it did. */
  onReceipt?: (receipt: Receipt) => void
}

/** Runs a query, or a write that looks before it writes, and repeats it after a temporary failure. */
export async function ask<T>(question: () => Promise<T>, effort: Effort): Promise<T> {
  const start = effort.clock.now()
  for (let attempt = 1; ; attempt++) {
    try {
      return await question()
    } catch (cause) {
      if (!(cause instanceof RemoteError)) throw cause
      const wait = nextPause(cause, attempt, start, effort)
      if (wait === null) throw cause
      effort.log.debug(`${reasonOf(cause)}; trying again in ${Math.ceil(wait / 1000)} s`)
      await effort.clock.sleep(wait)
    }
  }
}

/** Returns the pause after a try, counted from 1, in milliseconds. */
export function pauseOf(patience: Patience, attempt: number): number {
  return Math.min(patience.pause * 2 ** (attempt - 1), MAX_PAUSE_MS)
}

/** Returns the milliseconds to wait before the next try, or null when there is no next try. */
export function nextPause(failure: RemoteError | null, attempt: number, start: number, effort: Effort): number | null {
  const { patience, clock } = effort
  if (failure && failure.failure !== 'limited' && failure.failure !== 'doubtful') return null
  const asked = failure?.retryAfter ?? null
  const wait = asked ?? pauseOf(patience, attempt)
  if (clock.now() + wait - start > patience.deadline) return null
  // A remote that names the time of the next try may do so until the deadline, however many tries that takes.
  return asked === null && attempt >= patience.tries ? null : wait
}

/** Runs a write once. Returns its failure, or null when it succeeded. */
export async function outcome(act: () => Promise<void>): Promise<RemoteError | null> {
  try {
    await act()
    return null
  } catch (cause) {
    if (cause instanceof RemoteError) return cause
    throw cause
  }
}

/**
 * Runs an action and turns a failure of the remote into a problem.
 * @throws ProblemError
 */
export async function guarded<T>(
  remote: { publisher?: string; name: string; target: string },
  doing: string,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    if (cause instanceof RemoteError) throw new ProblemError(remoteProblem(cause, remote, doing), cause)
    throw cause
  }
}

/** Returns the reason for a retry, for people. */
export function reasonOf(failure: RemoteError | null): string {
  return failure === null ? 'no effect yet' : failure.message
}

const HINTS = {
  denied: 'Check that the login is valid and may publish this project.',
  limited: 'Run the release again later: the registry limits requests. The release continues where it stopped.',
  doubtful: 'Run the release again: it checks what the registry has and sends nothing twice.',
  taken: 'Compare your file with the existing one, then run the release again.',
  refused: 'Fix what the registry reports, then run the release again.',
} as const

/** Makes the problem of a remote's failure after the last try. */
export function remoteProblem(cause: unknown, remote: { target: string }, doing: string): Problem {
  if (cause instanceof RemoteError && cause.problem) return cause.problem
  const failure = cause instanceof RemoteError ? cause.failure : 'doubtful'
  const message = cause instanceof Error ? cause.message : 'the request had no effect'
  return error(`remote-${failure}`, `${remote.target}: could not ${doing}: ${message}`, HINTS[failure])
}
