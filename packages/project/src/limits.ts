/** The longest pattern of `version-files`: a line and more. */
export const MAX_VERSION_PATTERN_CHARACTERS = 1000

/** The constants of a Rust file that may hold its version: a module has one version. */
export const MAX_VERSION_CONSTANTS = 8

/** The linked folders of a crate that are followed: each may hold the others, so the work could grow without end. */
export const MAX_LINKED_FOLDERS = 100

/** The longest address that is searched for tags: the search takes time by the square of the length, and browsers take no longer ones. */
export const MAX_ADDRESS_CHARACTERS = 2000

/** The longest crate or package name that is looked for in headings: no registry allows a longer one. */
export const MAX_HEADING_NAME_CHARACTERS = 100

/** The longest text from slipway.toml that a message quotes: more is hard to read. */
export const MAX_QUOTED_CHARACTERS = 60

/** The known names that a hint lists: more is hard to read. */
export const MAX_LISTED_NAMES = 10

/** The scripts that the workflows of a project run and that are searched for `cargo publish`: few are. */
export const MAX_SCRIPTS_OF_WORKFLOWS = 50

/** A longer line of Markdown is data. */
export const MAX_GUIDE_LINE_CHARS = 5000

/** The READMEs that are searched for the names of crates: a project has one for each crate. */
export const MAX_READMES = 100
