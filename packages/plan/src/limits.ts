import { MAX_CRATE_BYTES } from '@slipway/core/limits'

/*
 * Limits of registries, with their source.
 */

/** crates.io refuses more keywords, and more categories (crates.io, `publish.rs`). */
export const CRATES_IO_MAX_KEYWORDS = 5
/** crates.io refuses a longer description (crates.io, `MAX_DESCRIPTION_LENGTH`). */
export const CRATES_IO_MAX_DESCRIPTION_BYTES = 1000
/** GitHub follows calls of workflows no deeper ("Reuse workflows"). */
export const GITHUB_MAX_WORKFLOW_DEPTH = 10

/*
 * Limits of messages: further entries say nothing new.
 */

/** A file with more problems of one code has them all for one reason. */
export const MAX_PROBLEMS_PER_CODE_AND_FILE = 100
/** Three reasons explain why nothing is released; a workspace may have hundreds of crates. */
export const MAX_REASONS_SHOWN = 3
/** Three names are enough for a suggestion; a workspace may publish hundreds. */
export const MAX_NAMES_SHOWN = 3
/** Five tables of slipway.toml show the form to write. */
export const MAX_TABLES_SHOWN = 5

/*
 * Bounds on the work that hostile input can cause; no real project reaches them.
 */

/** Entries of one list of a manifest that are checked: members, classifiers, requirements. */
export const MAX_MANIFEST_ENTRIES = 100
/** Files that sources include and the package does not hold; each is looked up on disk. */
export const MAX_INCLUDED_FILES = 500
/** Compressing takes seconds per gigabyte; a larger crate would have to shrink to a fiftieth to be accepted. */
export const MAX_COMPRESSED_BYTES = 50 * MAX_CRATE_BYTES
/** Files of a crate that are read at once, since most are small. */
export const FILES_READ_AT_ONCE = 32
/** A longer line of Rust or Python is data. */
export const MAX_SOURCE_LINE_CHARS = 1000
/** Lines at the top of a file in which a generator leaves its mark: licenses before it are long. */
export const GENERATED_MARK_LINES = 30
/** Files that workflows of one project call: files that call each other twice multiply. */
export const MAX_CALLED_WORKFLOWS = 100
/** Jobs of one workflow whose logins are read. */
export const MAX_LOGIN_JOBS = 256
/** Artifact names that the jobs of one workflow upload. */
export const MAX_ARTIFACT_NAMES = 2 ** 14
/** A longer name of an artifact is not expanded for each job of its matrix. */
export const MAX_ARTIFACT_NAME_CHARS = 300
/** Commands and paths of one job that are compared with each of its builds. */
export const MAX_BUILD_PATHS = 50
/** A longer path, or command that moves files, is not compared. */
export const MAX_BUILD_PATH_CHARS = 1000
/** Variables of one awk program that go into a regular expression. */
export const MAX_AWK_VARIABLES = 10
/** Command substitutions within command substitutions that are followed. */
export const MAX_SUBSTITUTION_DEPTH = 3
