/** The last lines of output that a message quotes: the log has all of them. */
export const MAX_QUOTED_LINES = 20

/** Environments that are tested at once: pip waits for the disk more than for the processor. */
export const MAX_CONCURRENT_ENVIRONMENTS = 3

/** Files that a message names: more of them say nothing new. */
export const MAX_FILES_NAMED = 5
