/** Limits of the remotes, of which the sandbox has its own copies, so that tests notice a wrong number; and bounds on work. */

/** The most characters in the notes of a release (limit of GitHub's API). */
export const MAX_RELEASE_NOTES_CHARACTERS = 125_000

/** The most bytes of a packaged crate (the Cargo book, "Packaging a crate"); crates.io raises the limit on request. */
export const MAX_CRATE_BYTES = 10 * 2 ** 20

/** The most bytes of a wheel or sdist (PyPI's documentation, "Storage limits"); PyPI and Test PyPI raise it on request. */
export const MAX_DISTRIBUTION_BYTES = 100 * 2 ** 20

/** The most bytes of all files of a Python project (same source, same exceptions). */
export const MAX_PYPI_PROJECT_BYTES = 10 * 2 ** 30

/** Formats a number of bytes for people: `10.0 MiB`. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}

/** The longest requirement of a Python package, or version specifier, that is read: people write shorter ones. */
export const MAX_REQUIREMENT_CHARACTERS = 1000

/** The highest minor version of Python 3, and the highest release of one, that is tried: Python has far fewer. */
export const MAX_PYTHON_MINOR = 100

/** The longest word that is compared with known ones: comparing takes time by the product of the lengths. */
export const MAX_COMPARED_WORD_CHARACTERS = 100

/** The longest tag that is parsed: git cannot store a longer one as a file, and parsing takes time by the square of the length. */
export const MAX_TAG_CHARACTERS = 1000

/** The longest Cargo requirement that is read: people write shorter ones. */
export const MAX_CARGO_REQUIREMENT_CHARACTERS = 256

/** The longest pause between two tries: a longer one only delays a release. */
export const MAX_PAUSE_MS = 30_000

/** The parts with one destination and state that get a row each: more of them say nothing new and share a row. */
export const MAX_ROWS_PER_STATE = 3

/** Three names or places show what a count is about; `--verbose` and the JSON have all of them. */
export const MAX_NAMES_LISTED = 3

/** The longest name of an image's repository that registries accept (distribution, `reference/normalize.go`). */
export const MAX_REPOSITORY_CHARACTERS = 255

/** The redirects that one request follows: more are a loop. */
export const MAX_REDIRECTS = 10

/**
 * The growth since the last release that is reported, in times and in bytes: between stable releases of large projects, wheels
 * rarely double, while debug symbols or a second library do more than that.
 */
export const LARGE_GROWTH = { times: 2, bytes: 2 ** 20 }

/** A remote's answer from this run is used again until it is as old: by then somebody else may have written there. */
export const FRESH_ANSWER_MS = 60_000
