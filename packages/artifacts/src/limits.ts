/** The largest manifest that every registry accepts (OCI distribution specification 1.1, "Pushing Manifests"). */
export const MAX_MANIFEST_BYTES = 4 * 2 ** 20

/** The deepest nesting of indexes that is read: real images have at most an index of indexes. */
export const MAX_INDEX_DEPTH = 4

/** The largest unpacked archive that is read: it is held in memory. */
export const MAX_UNPACKED_BYTES = 2 ** 30
