import { MAX_NAMES_LISTED } from './limits.ts'

/** Formats a number of things: `1 error`, `2 errors`. */
export function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

/**
 * Lists the first three names, and the number of the others: `a, b, c and 4 more`.
 * @param total the number of things, if some of them have no name
 */
export function few(names: readonly string[], total = names.length): string {
  const shown = names.slice(0, MAX_NAMES_LISTED)
  return `${shown.join(', ')}${total > shown.length ? ` and ${total - shown.length} more` : ''}`
}
