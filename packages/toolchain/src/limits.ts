/** The last lines of output that a message quotes: the log has all of them. */
export const MAX_QUOTED_LINES = 20

/** A Python of another system has 25 MB, which take long on a slow line. */
export const ARCHIVE_TIMEOUT_MS = 600_000

/** Files that are downloaded at once from a server that many others use too. */
export const MAX_DOWNLOADS = 4
