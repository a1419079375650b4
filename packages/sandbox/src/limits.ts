/** The limits of the public services, and how long the sandbox waits. Copies on purpose: tests notice a wrong number elsewhere. */

/** The largest manifest that registries must accept (OCI distribution specification 1.1, "Pushing Manifests"). */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024

/** One of each kind that PyPI accepts, its own publish attestation and SLSA's provenance. */
export const MAX_ATTESTATIONS = 2

/** crates.io's default limit of a crate. */
export const MAX_CRATE_BYTES = 10 * 1024 * 1024

/** A few small bytes can unpack to gigabytes. */
export const MAX_UNPACKED_BYTES = 512 * 1024 * 1024

/** GitHub refuses a longer body of a release. */
export const MAX_RELEASE_BODY_CHARACTERS = 125_000

/** Requests with one token (REST API, "Rate limits for the REST API"). */
export const MAX_REQUESTS_PER_HOUR = 5000

/** A killed process keeps its ports until it is gone, which takes less. */
export const PORT_TIMEOUT_MS = 1000

/** PyPI's default limit of a file. */
export const MAX_DISTRIBUTION_BYTES = 100 * 2 ** 20

/** PyPI's default limit of all files of a project. */
export const MAX_PYPI_PROJECT_BYTES = 10 * 2 ** 30

/** PyPI accepts files for a release no longer after its first file. */
export const MAX_RELEASE_AGE_MS = 14 * 24 * 60 * 60 * 1000

/** Another local service, or an issuer, that does not answer for longer is down. */
export const FETCH_TIMEOUT_MS = 5000

/** A running sandbox answers the question whether it is healthy at once. */
export const HEALTH_TIMEOUT_MS = 2000

/** A client may pause between two requests of one connection, while cargo compiles. */
export const KEEP_ALIVE_MS = 120_000

/** git's output is held in memory. */
export const MAX_GIT_OUTPUT_BYTES = 2 ** 30
