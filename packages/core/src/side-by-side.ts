import { joinFailures } from './problem.ts'

/**
 * Runs work side by side, and returns its results in order. After a failure it starts no more, and waits for what runs:
 * nothing outlives the call.
 * @param limit how much runs at once; default: all of it
 * @throws the failures, joined
 */
export async function sideBySide<Result>(
  work: readonly (() => Promise<Result>)[],
  limit: number = work.length,
): Promise<Result[]> {
  const results: Result[] = []
  const failures: unknown[] = []
  const queue = [...work.entries()]
  const take = async () => {
    for (let next = queue.shift(); next && failures.length === 0; next = queue.shift()) {
      const [index, act] = next
      try {
        results[index] = await act()
      } catch (failure) {
        failures[index] = failure
      }
    }
  }
  await Promise.all(Array.from({ length: limit }, take))
  // Without the holes of what did not fail.
  if (failures.length > 0) throw joinFailures(Object.values(failures))
  return results
}
