/** Folders whose projects are there to try things on, not to be released. */
const NOT_RELEASED = /(^|\/)(tests?|test[-_][^/]*|testdata|fixtures|examples?|docs|benches|benchmarks)\//

/** Whether what a file describes is to be released, by the folders that it lies in. */
export function isReleased(file: string): boolean {
  return !NOT_RELEASED.test(file)
}
