/** The last lines of output that a message quotes: the log has all of them. */
export const MAX_QUOTED_LINES = 20
