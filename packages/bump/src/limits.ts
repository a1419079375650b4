/** Changed lines (removed and added ones both count) of a file that a diff shows: finding more takes minutes. */
export const MAX_DIFF_LINES = 2000

/** The longest line that is searched for the old version: longer ones are data. */
export const MAX_MENTION_LINE_CHARS = 1000
