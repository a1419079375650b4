/** The largest file that is read: files that say how to release a project are short. */
export const MAX_FILE_BYTES = 5 * 2 ** 20

/** A process may have few files open, so no more are opened at a time. */
export const MAX_OPEN_FILES = 32

/** Bounds the work of all ignore rules of a project, in characters times parts of a pattern: a few seconds. */
export const MAX_IGNORE_STEPS = 5e7

/** The longest TOML text: parsing a longer one takes seconds, and nobody writes one by hand. */
export const MAX_TOML_CHARACTERS = 2 ** 20

/** The longest path of TOML keys: each takes time by the square of its length, and no manifest needs a longer one. */
export const MAX_TOML_PATH_KEYS = 100

/** The longest YAML text: parsing a longer one takes seconds, and no workflow or compose file is so long. */
export const MAX_YAML_CHARACTERS = 2 ** 18

/** The longest text with variables filled in: no name is longer, and arguments that repeat each other would fill the memory. */
export const MAX_SUBSTITUTED_CHARACTERS = 4096

/** GitHub runs no more jobs of one matrix ("Workflow syntax", `strategy.matrix`). */
export const GITHUB_MAX_MATRIX_JOBS = 256

/** YAML aliases make a few lines stand for any number of jobs. */
export const MAX_WORKFLOW_JOBS = 100

/** YAML aliases make a few lines stand for any number of steps. */
export const MAX_JOB_STEPS = 200

/** All commands of a workflow: no file has more without aliases (`parseYaml`). */
export const MAX_COMMAND_CHARS = 2 ** 18

/** A longer input of a step or value of its environment is cut. */
export const MAX_INPUT_CHARS = 2000

/** Axes of a matrix, and values in one of its mappings. */
export const MAX_MATRIX_VALUES = 20

/** Comparing each `include` with each entry of a matrix grows with their product. */
export const MAX_MATRIX_MERGES = 4096
