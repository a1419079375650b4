import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'

/** Parses the id of a GitHub release from an input; 0, which no release has, for anything else. */
export function parseReleaseId(input: string | undefined): number | undefined {
  return input === undefined ? undefined : Number.parseInt(input, 10) || 0
}

/**
 * Checks that the workflow's repository is known (GitHub, default environment variables).
 * @throws ProblemError `no-repository` outside a workflow
 */
export function requireRepository(env: Ports['env']): void {
  if (env.GITHUB_REPOSITORY) return
  throw new ProblemError(
    error(
      'no-repository',
      'GITHUB_REPOSITORY is not set, so the target repository is unknown.',
      'Set it to owner/name.',
    ),
  )
}
