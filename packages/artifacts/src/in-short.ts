/** The most items in a message: one cause often concerns hundreds of files. */
const MAX_ITEMS = 3

/** Returns the first items as a list for a message, and how many more there are. */
export function inShort(all: readonly string[]): string {
  const rest = all.length - MAX_ITEMS
  return all.slice(0, MAX_ITEMS).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}
