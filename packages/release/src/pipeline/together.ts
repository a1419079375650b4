import { ProblemError } from '@slipway/core/problem'

/**
 * Waits until all work has ended, also after a failure, so that nothing is left half done and unreported.
 * @throws ProblemError with the problems of all failures; the first failure that is not a ProblemError, if there is one
 */
export async function together(work: readonly Promise<unknown>[]): Promise<void> {
  const settled = await Promise.allSettled(work)
  const failures = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
  if (failures.length === 0) return
  const [first] = failures
  const unexpected = failures.find((each) => !(each instanceof ProblemError))
  if (unexpected !== undefined || failures.length === 1) throw unexpected ?? first
  const problems = (failures as ProblemError[]).flatMap((each) => each.problems)
  throw new ProblemError(problems, first)
}
