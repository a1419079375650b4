/** Limits of the remotes. The sandbox has its own copies, so that tests notice a wrong number here. */

/** The most characters in the notes of a release (limit of GitHub's API). */
export const LONGEST_NOTES = 125_000

/** The most bytes of a packaged crate (the Cargo book, "Packaging a crate"); crates.io raises the limit on request. */
export const LARGEST_CRATE = 10 * 2 ** 20

/** The most bytes of a wheel or sdist (PyPI's documentation, "Storage limits"); PyPI and Test PyPI raise it on request. */
export const LARGEST_DISTRIBUTION = 100 * 2 ** 20

/** The most bytes of all files of a Python project (same source, same exceptions). */
export const LARGEST_PROJECT = 10 * 2 ** 30

/** Formats a number of bytes for people: `10.0 MiB`. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}

/** The longest requirement of a Python package, or version specifier, that is read: people write shorter ones. */
export const MAX_REQUIREMENT_CHARACTERS = 1000

/** The highest minor version of Python 3, and the highest release of one, that is tried: Python has far fewer. */
export const MAX_PYTHON_MINOR = 100
