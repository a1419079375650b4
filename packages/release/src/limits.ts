/**
 * How long PyPI may take to list an uploaded file on another machine: publish-pypi has waited for it already, so only the
 * caches in front of the index may be behind.
 */
export const MAX_INDEX_LAG_MS = 120_000

/** The last lines of output that a message quotes: the log has all of them. */
export const MAX_QUOTED_LINES = 20

/** Files that a message names: more of them say nothing new. */
export const MAX_FILES_NAMED = 5

/** A longer command of an old workflow is cut: its line says where the rest is. */
export const MAX_STEP_CHARACTERS_SHOWN = 60
