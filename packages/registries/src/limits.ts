/** A registry that takes longer to answer a query is down. */
export const QUERY_TIMEOUT_MS = 30_000

/** A plan takes seconds, so its queries must not wait longer for an answer. */
export const PLAN_QUERY_TIMEOUT_MS = 5_000

/** A .crate is small, but the registry checks it before it answers. */
export const CRATE_UPLOAD_TIMEOUT_MS = 120_000

/** An index checks a file before it answers, and big wheels take long to upload. */
export const DISTRIBUTION_UPLOAD_TIMEOUT_MS = 300_000

/** Large assets take long on a slow line. */
export const ASSET_TRANSFER_TIMEOUT_MS = 600_000

/** Large layers take long on a slow line. */
export const BLOB_TRANSFER_TIMEOUT_MS = 600_000

/** Sigstore's services answer within seconds, so one that takes longer is down. */
export const SIGNING_TIMEOUT_MS = 30_000

/** A token lives 30 minutes, and no upload takes more than two. */
export const CRATES_TOKEN_USE_MS = 25 * 60_000

/** A token lives 15 minutes, and an upload times out after five. */
export const PYPI_TOKEN_USE_MS = 9 * 60_000

/** Registries throttle clients that ask for dozens of projects at once. */
export const MAX_CONCURRENT_QUERIES = 5

/** Crates that one query of crates.io's API names: of the longest names, 64 characters, they make an address of 4 kB. */
export const MAX_QUERIED_CRATES = 50

/** Blobs of an image that are uploaded at once; docker uploads five. */
export const MAX_CONCURRENT_BLOBS = 4

/** The part of a registry's message that is shown: more is hard to read. */
export const MAX_QUOTED_CHARACTERS = 1000

/** The part of a signing service's message that is shown: more is hard to read. */
export const MAX_QUOTED_SIGNING_CHARACTERS = 500

/** Releases that are asked for: ten pages, which takes seconds. */
export const MAX_QUERIED_RELEASES = 1000

/** GitHub's largest page (REST API, `per_page`). */
export const RELEASES_PER_PAGE = 100

/** PyPI accepts files for a release no longer after its first file. */
export const MAX_RELEASE_AGE_DAYS = 14
