/** What an artifact is made as. An `asset` goes to the GitHub release only. */
export type ArtifactKind = 'crate' | 'wheel' | 'sdist' | 'image' | 'asset'

/** A built file, or for an image the folder of its layout (OCI image specification, "Image Layout"). */
export interface Artifact {
  kind: ArtifactKind
  /** The project it belongs to: a crate's or a Python package's name as its author spells it; for an asset the file's name. */
  project: string
  /** Its version as its own registry spells it: SemVer for crates and assets, PEP 440 for wheels and sdists. */
  version: string
  /** File name, without folder. */
  filename: string
  /** Absolute path on this machine. */
  path: string
  /** Bytes; of an image all of its blobs. */
  size: number
  /** Lower-case hex; of an image its digest: that of its manifest, or index. */
  sha256: string
}

/** Number of the manifest's JSON form. */
export const MANIFEST_SCHEMA = 1

/**
 * The artifacts of one commit. Who resumes a release uses these bytes and builds nothing again.
 * In its file, `path` of an artifact is relative to the manifest's folder.
 */
export interface Manifest {
  schema: typeof MANIFEST_SCHEMA
  version: string
  /** Full commit id, or null outside a repository. */
  commit: string | null
  artifacts: Artifact[]
}
