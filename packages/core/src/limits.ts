/** What remotes take at most. The sandbox keeps the same limits by figures of its own, so that a wrong one here is seen. */

/** Characters in the body of a release (GitHub's API refuses more). */
export const LONGEST_NOTES = 125_000

/** Bytes of a packaged crate (the Cargo book, "Packaging a crate"); crates.io allows a crate more on request. */
export const LARGEST_CRATE = 10 * 2 ** 20

/** Bytes of a wheel or sdist (PyPI's documentation, "Storage limits"); PyPI and Test PyPI allow a project more on request. */
export const LARGEST_DISTRIBUTION = 100 * 2 ** 20

/** Bytes of all files of a Python project (same place, same exceptions). */
export const LARGEST_PROJECT = 10 * 2 ** 30

/** A number of bytes for people: `10.0 MiB`. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}
