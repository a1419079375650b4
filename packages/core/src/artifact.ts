import type { Release } from './plan.ts'

/** What an artifact is made as. An `asset` goes to the GitHub release only, as does the `plan` that the others were built by. */
export type ArtifactKind = 'crate' | 'wheel' | 'sdist' | 'image' | 'asset' | 'plan'

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
  /** Rust's target triple that a wheel was built for; absent where it is for any platform, or for the machine that built it. */
  target?: string
}

/** Number of the manifest's JSON form. */
export const MANIFEST_SCHEMA = 2

/**
 * The artifacts of one commit. Who resumes a release uses these bytes and builds nothing again.
 * In its file, `path` of an artifact is relative to the manifest's folder.
 */
export interface Manifest {
  schema: typeof MANIFEST_SCHEMA
  version: string
  /** As PEP 440 spells the version; null where it has no such form, or an older Slipway wrote the manifest. */
  pythonVersion: string | null
  /** Empty where an older Slipway wrote the manifest. */
  tag: string
  /** Full commit id, or null outside a repository. */
  commit: string | null
  artifacts: Artifact[]
}

/** The manifest of a release's artifacts. */
export function manifestOf(release: Release, artifacts: readonly Artifact[]): Manifest {
  const { version, pythonVersion, tag, commit } = release
  return { schema: MANIFEST_SCHEMA, version, pythonVersion, tag, commit, artifacts: [...artifacts] }
}
