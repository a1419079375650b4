/** Where the jobs of one run of a workflow leave files for each other: named uploads, each of which is there whole or not at all. */
export interface ArtifactStore {
  /** Names of what jobs of this run have left, an earlier attempt's among them where GitHub shows those. Never another run's. */
  list(): Promise<string[]>
  /**
   * Puts the files of an upload into a folder, which is made.
   * @throws ProblemError `handover-damaged` when they are not what was uploaded
   */
  download(name: string, folder: string): Promise<void>
  /** Leaves files, named relative to `root`. An earlier upload of the name gives way. */
  upload(name: string, root: string, files: readonly string[]): Promise<void>
}
