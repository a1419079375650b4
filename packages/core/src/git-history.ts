/** The tags of a repository, and its files as they were at them. */
export interface GitHistory {
  /** Names, in any order. */
  tags: readonly string[]
  /** Returns files as they were at tags, in the same order; null for those that were not there. */
  readAt(files: readonly { tag: string; file: string }[]): Promise<(string | null)[]>
}
