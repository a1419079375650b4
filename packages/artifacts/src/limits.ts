/** The largest manifest that every registry accepts (OCI distribution specification 1.1, "Pushing Manifests"). */
export const MAX_MANIFEST_BYTES = 4 * 2 ** 20

/** The deepest nesting of indexes that is read: real images have at most an index of indexes. */
export const MAX_INDEX_DEPTH = 4

/** The largest unpacked archive that is read: it is held in memory. */
export const MAX_UNPACKED_BYTES = 2 ** 30

/** The largest central directory of a ZIP archive that is read: it is held in memory. */
export const MAX_ZIP_DIRECTORY_BYTES = 2 ** 26

/** The largest file of a ZIP archive that is unpacked as a whole: it is held in memory. */
export const MAX_ZIP_MEMBER_BYTES = 2 ** 26

/** The most bytes that the files of a ZIP archive may have together; they are streamed, so this bounds the time. */
export const MAX_ZIP_UNPACKED_BYTES = 2 ** 33
