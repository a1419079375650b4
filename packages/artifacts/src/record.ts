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

/** Returns the algorithm of an entry's hash; null when it has no hash, or one that is weaker than the format allows. */
export function algorithmOf({ hash }: RecordEntry): string | null {
  return /^(sha(?:256|384|512))=/.exec(hash ?? '')?.[1] ?? null
}
