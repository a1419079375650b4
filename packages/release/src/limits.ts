/** The last lines of output that a message quotes: the log has all of them. */
export const MAX_QUOTED_LINES = 20

/** Files that a message names: more of them say nothing new. */
export const MAX_FILES_NAMED = 5

/** A longer command of an old workflow is cut: its line says where the rest is. */
export const MAX_STEP_CHARACTERS_SHOWN = 60
