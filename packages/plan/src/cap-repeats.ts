import type { Problem } from '@slipway/core/problem'
import { MAX_PROBLEMS_PER_CODE_AND_FILE } from './limits.ts'

/**
 * Bounds the size of a plan: keeps the first 100 problems per code and file, in their order; the last one counts the
 * others (`more`).
 */
export function capRepeats(problems: readonly Problem[]): Problem[] {
  const totals = new Map<string, number>()
  const keyOf = ({ code, where }: Problem) => `${code} ${where?.file}`
  const numbered = problems.map((problem) => {
    const nth = (totals.get(keyOf(problem)) ?? 0) + 1
    totals.set(keyOf(problem), nth)
    return { problem, nth }
  })
  return numbered.flatMap(({ problem, nth }) => {
    if (nth > MAX_PROBLEMS_PER_CODE_AND_FILE) return []
    const more = (totals.get(keyOf(problem)) ?? 0) - MAX_PROBLEMS_PER_CODE_AND_FILE
    if (nth < MAX_PROBLEMS_PER_CODE_AND_FILE || more <= 0) return [problem]
    return [{ ...problem, more }]
  })
}
