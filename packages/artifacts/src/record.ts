/** A line of a wheel's RECORD. */
export interface RecordEntry {
  path: string
  /** `sha256=…`, urlsafe base64 without padding; null for RECORD itself. */
  hash: string | null
  /** In bytes; null if it is not given. */
  size: number | null
}

/**
 * Reads a RECORD: CSV with path, hash and size (PyPA specification "Recording installed projects", "The RECORD file").
 */
export function parseRecord(text: string): RecordEntry[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== '')
  return lines.map((line) => {
    const [, quoted, bare = line, hash = '', size = ''] =
      /^(?:"((?:[^"]|"")*)"|([^,]*)),([^,]*)(?:,(\d+))?/.exec(line) ?? []
    const path = quoted?.replaceAll('""', '"') ?? bare
    return { path, hash: hash === '' ? null : hash, size: size === '' ? null : Number(size) }
  })
}

/** Returns an entry's path with `/`: installers read backslashes as such. */
export function pathOf({ path }: RecordEntry): string {
  return path.replaceAll('\\', '/')
}

/** Returns the algorithm of an entry's hash; null when it has no hash, or one that is weaker than the format allows. */
export function algorithmOf({ hash }: RecordEntry): string | null {
  return /^(sha(?:256|384|512))=/.exec(hash ?? '')?.[1] ?? null
}
