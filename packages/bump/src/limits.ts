/** Changed lines (removed and added ones both count) of a file that a diff shows: finding more takes minutes. */
export const MAX_DIFF_LINES = 2000
