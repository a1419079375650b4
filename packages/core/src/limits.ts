/** What remotes take at most. The sandbox keeps the same limits by figures of its own, so that a wrong one here is seen. */

/** Characters in the body of a release (GitHub's API refuses more). */
export const LONGEST_NOTES = 125_000

/** Bytes of a packaged crate (the Cargo book, "Packaging a crate"); crates.io allows a crate more on request. */
export const LARGEST_CRATE = 10 * 2 ** 20
