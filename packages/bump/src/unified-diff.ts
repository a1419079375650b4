import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import { MAX_DIFF_LINES } from './limits.ts'

/** Lines of context around a change, as git shows them. */
const CONTEXT_LINES = 3

/**
 * Returns the changes of a file as a unified diff (POSIX, diff -u; the form of git, without colours); a note in their
 * place where more than MAX_DIFF_LINES change.
 */
export function unifiedDiff(file: string, before: string, after: string): string {
  const options = { context: CONTEXT_LINES, headerOptions: FILE_HEADERS_ONLY, maxEditLength: MAX_DIFF_LINES }
  const diff = createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after, undefined, undefined, options)
  return diff ?? `${file}: more than ${MAX_DIFF_LINES} lines change. Run \`git diff\` to see them.\n`
}
