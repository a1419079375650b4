import type { Problem } from '@slipway/core/problem'
import { MAX_PROBLEMS_PER_CODE_AND_FILE } from './limits.ts'

/** The problems, in their order; of one code in one file the first 100, the last of which tells how many more there are. */
export function inPart(problems: readonly Problem[]): Problem[] {
  const counts = new Map<string, number>()
  const keyOf = ({ code, where }: Problem) => `${code} ${where?.file}`
  const first = problems.filter((each) => {
    const count = (counts.get(keyOf(each)) ?? 0) + 1
    counts.set(keyOf(each), count)
    return count <= MAX_PROBLEMS_PER_CODE_AND_FILE
  })
  const told = new Map<string, number>()
  return first.map((each) => {
    const nth = (told.get(keyOf(each)) ?? 0) + 1
    told.set(keyOf(each), nth)
    const more = (counts.get(keyOf(each)) ?? 0) - MAX_PROBLEMS_PER_CODE_AND_FILE
    return nth < MAX_PROBLEMS_PER_CODE_AND_FILE || more <= 0
      ? each
      : { ...each, message: `${each.message} There are ${more} more of this kind.` }
  })
}
