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
