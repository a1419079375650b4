/** GitHub refuses a longer summary entirely (GitHub, "Adding a job summary": 1 MiB per step). In bytes of UTF-8. */
export const MAX_SUMMARY_BYTES = 2 ** 20 - 1000

/** A job may have 1 MB of outputs (GitHub, "Job outputs"), so a longer output is only in the file. */
export const MAX_OUTPUT_CHARACTERS = 400_000

/** Differences of one file in an output: a build on another compiler may differ in every member. */
export const MAX_DIFFERENCES_PER_FILE = 100

/** Files listed per crate: the plan's JSON has all. */
export const MAX_FILES_PER_CRATE = 50

/** People do not read more rows, and a step's summary has at most 1 MiB. */
export const MAX_TABLE_ROWS = 200

/** GitHub shows ten annotations of a severity for a step (GitHub, "Workflow commands"); the summary has all problems. */
export const MAX_ANNOTATIONS_PER_CODE = 10

/** A request to the cache service takes less than a second; without an answer, the job builds without the cache. */
export const CACHE_REQUEST_TIMEOUT_MS = 30_000

/** A slower transfer of a cache entry takes longer than the build that it saves. */
export const CACHE_TRANSFER_TIMEOUT_MS = 10 * 60_000

/** How often a request to the cache service is sent. */
export const CACHE_TRIES = 3

/** The pause before the second try; the next one is twice as long. */
export const CACHE_PAUSE_MS = 1_000

/** The most bytes of one upload (Azure's REST API, "Put Blob": 5,000 MiB). */
export const MAX_CACHE_BYTES = 5_000 * 2 ** 20
