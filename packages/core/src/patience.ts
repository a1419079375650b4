import type { Clock, Log } from './ports.ts'
import { error, type Problem, ProblemError } from './problem.ts'
import { type Receipt, RemoteError } from './publisher.ts'

/** How long and how often to try. All times in milliseconds. */
export interface Patience {
  /** Until this much time has passed, an accepted artifact may stay invisible, and a remote may ask to wait. */
  deadline: number
  /** First pause between two tries; each next one is twice as long, at most 30 s. */
  pause: number
  /** How often one artifact is sent, or one question asked, at the most. */
  tries: number
}

/** Patience for public registries: index lag of minutes, rate limits that free a slot every ten minutes. */
export const PUBLIC_PATIENCE: Patience = { deadline: 15 * 60_000, pause: 1_000, tries: 5 }

/** What `preflight` and `publishOnce` are given besides the artifacts. */
export interface Effort {
  clock: Clock
  log: Log
  patience: Patience
  /** Told of each receipt as it is earned, so that a release that fails halfway can say what it did. */
  onReceipt?: (receipt: Receipt) => void
}

const LONGEST_PAUSE = 30_000

/** Asks a question that writes nothing, again after a passing failure. */
export async function ask<T>(question: () => Promise<T>, effort: Effort): Promise<T> {
  const start = effort.clock.now()
  for (let attempt = 1; ; attempt++) {
    try {
      return await question()
    } catch (cause) {
      if (!(cause instanceof RemoteError)) throw cause
      const wait = nextPause(cause, attempt, start, effort)
      if (wait === null) throw cause
      effort.log.debug(`${reasonOf(cause)}; asking again in ${Math.ceil(wait / 1000)} s`)
      await effort.clock.sleep(wait)
    }
  }
}

/** Milliseconds of the pause after the given try, counted from 1. */
export function pauseOf(patience: Patience, attempt: number): number {
  return Math.min(patience.pause * 2 ** (attempt - 1), LONGEST_PAUSE)
}

/** Milliseconds to wait before the next try, or null when there is to be none. */
export function nextPause(failure: RemoteError | null, attempt: number, start: number, effort: Effort): number | null {
  const { patience, clock } = effort
  if (failure && failure.failure !== 'limited' && failure.failure !== 'doubtful') return null
  const asked = failure?.retryAfter ?? null
  const wait = asked ?? pauseOf(patience, attempt)
  if (clock.now() + wait - start > patience.deadline) return null
  // A remote that says when to come back may do so as often as the deadline allows.
  return asked === null && attempt >= patience.tries ? null : wait
}

/** Does a write once and gives its failure, or null when the remote said yes. */
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
 * Does something and turns the failure of a remote into a problem.
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

/** What to tell people while trying again. */
export function reasonOf(failure: RemoteError | null): string {
  return failure === null ? 'no effect seen' : failure.message
}

const HINTS = {
  denied: 'Check that the token is valid, not expired, and allowed to publish this project.',
  limited: 'The registry limits how often it may be asked. Run the release again later: it goes on where it stopped.',
  doubtful: 'Run the release again: it asks what the registry holds and goes on from there, sending nothing twice.',
  taken: 'Another file may have this name: compare it with yours, then run the release again.',
  refused: 'Fix what the registry names, then run the release again.',
} as const

/** The problem that a failure of a remote is, once there is no more trying. */
export function remoteProblem(cause: unknown, remote: { target: string }, doing: string): Problem {
  if (cause instanceof RemoteError && cause.problem) return cause.problem
  const failure = cause instanceof RemoteError ? cause.failure : 'doubtful'
  const message = cause instanceof Error ? cause.message : 'no effect was seen'
  return error(`remote-${failure}`, `${remote.target}: could not ${doing}: ${message}`, HINTS[failure])
}
