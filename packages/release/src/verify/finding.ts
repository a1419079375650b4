import type { Finished } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { MAX_QUOTED_LINES } from '../limits.ts'

/** A published artifact that was fetched back and works. */
export interface Installed {
  /** Name of the crate or package, or `release assets`. */
  what: string
  /** Tool that it was tested with, e.g. `Python 3.11.7`. */
  where: string
  /** The version that it reports. */
  version: string
}

/**
 * Throws if a tool failed on a published artifact.
 * @throws ProblemError `verification-failed` with the end of the tool's output
 */
export function expectSuccess({ code, stdout, stderr }: Finished, what: string, hint: string): void {
  if (code === 0) return
  const output = `${stdout}\n${stderr}`.trim().split('\n').slice(-MAX_QUOTED_LINES).join('\n')
  throw new ProblemError(error('verification-failed', `${what} failed (exit ${code}):\n${output}`, hint))
}
