/** A line of a wheel's RECORD. */
export interface RecordEntry {
  path: string
  /** `sha256=…`, urlsafe base64 without padding; null for RECORD itself. */
  hash: string | null
}

/**
 * Reads a RECORD: CSV with path, hash and size (PyPA specification "Recording installed projects", "The RECORD file").
 */
export function parseRecord(text: string): RecordEntry[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== '')
  return lines.map((line) => {
    const [, quoted, bare = '', hash = ''] = /^(?:"((?:[^"]|"")*)"|([^,]*)),([^,]*)/.exec(line) ?? []
    return { path: quoted?.replaceAll('""', '"') ?? bare, hash: hash === '' ? null : hash }
  })
}
