/** The identity of a cache entry (GitHub, "Dependency caching"). */
export interface CacheKey {
  key: string
  /** Beginnings of other keys that will do, best first. */
  prefixes: readonly string[]
  /** What else must be equal, such as the paths and the compression; 64 hexadecimal digits. */
  version: string
}

/** The service that keeps files for later workflow runs. Its entries never change. */
export interface CacheStore {
  /**
   * Downloads the entry of a key, else the newest one of a prefix.
   * @param saveTo the file to write
   * @returns the key of the entry, or null when there is none
   * @throws Error when the service fails
   */
  restore(entry: CacheKey, saveTo: string): Promise<string | null>
  /**
   * Uploads an entry.
   * @returns false when there is one of this key already, or another job is uploading it
   * @throws Error when the service fails
   */
  save(entry: Pick<CacheKey, 'key' | 'version'>, file: string): Promise<boolean>
}
