import type { Finished } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'

/** A published thing that was fetched back and found to work. */
export interface Installed {
  /** Name of the crate or package, or `release assets`. */
  what: string
  /** In what it was tried, e.g. `Python 3.11.7`. */
  where: string
  /** The version it said of itself. */
  version: string
}

const TOLD_LINES = 20

/**
 * Throws when an ordinary tool failed on what was published.
 * @throws ProblemError `verification-failed` with the end of what the tool said
 */
export function expectSuccess({ code, stdout, stderr }: Finished, what: string, hint: string): void {
  if (code === 0) return
  const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-TOLD_LINES).join('\n')
  throw new ProblemError(error('verification-failed', `${what} failed (exit ${code}):\n${said}`, hint))
}
