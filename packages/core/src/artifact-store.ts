/** The store through which the jobs of one workflow run exchange files: named uploads, each complete or absent. */
export interface ArtifactStore {
  /** Returns the names of this run's uploads, including earlier attempts if GitHub lists those; never another run's. */
  list(): Promise<string[]>
  /**
   * Downloads the files of an upload into a folder, which is created.
   * @throws ProblemError `handover-damaged` when they differ from the upload
   */
  download(name: string, folder: string): Promise<void>
  /** Uploads files, named relative to `root`, and replaces an earlier upload of that name. */
  upload(name: string, root: string, files: readonly string[]): Promise<void>
}
