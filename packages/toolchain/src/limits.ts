/** The last lines of output that a message quotes: the log has all of them. */
export const MAX_QUOTED_LINES = 20

/** Files that are downloaded at once from a server that many others use too. */
export const MAX_DOWNLOADS = 4
/** The time for one download: a Python has up to 60 MB, and a slow line takes minutes for that. */
export const DOWNLOAD_TIMEOUT_MS = 10 * 60_000

/** How often a download is tried: servers are overloaded for seconds. */
export const DOWNLOAD_TRIES = 3

/** The pause before the second try; the next one is twice as long. */
export const DOWNLOAD_PAUSE_MS = 1_000
