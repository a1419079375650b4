import type { Release } from './plan.ts'

/** The kind of an artifact. An `asset`, and the `plan` of the build, only go to the GitHub release. */
export type ArtifactKind = 'crate' | 'wheel' | 'sdist' | 'image' | 'asset' | 'plan'

/** A built file or, for an image, the folder of its layout (OCI image specification, "Image Layout"). */
export interface Artifact {
  kind: ArtifactKind
  /** Name of the crate or Python package as its author spells it; for an asset, the file's name. */
  project: string
  /** The version as its registry spells it: SemVer for crates and assets, PEP 440 for wheels and sdists. */
  version: string
  /** File name, without folder. */
  filename: string
  /** Absolute path on this machine. */
  path: string
  /** In bytes; for an image, the sum of its blobs. */
  size: number
  /** Lower-case hex; for an image, its digest, that is the hash of its manifest or index. */
  sha256: string
  /** Rust's target triple of a wheel; absent when the wheel is for any platform, or for the machine that built it. */
  target?: string
  /** Where a wheel was installed and its modules imported; absent if it was not. */
  executed?: ExecutedOn[]
  /** Why a wheel was only inspected; absent when it was executed, or not tried. */
  notExecuted?: string
}

/** A machine that executed a wheel. */
export interface ExecutedOn {
  /** Its system and processor: `Linux x86_64`. */
  machine: string
  /** Versions of the Pythons, `3.14.0`; those without the global interpreter lock end in `t`. */
  pythons: string[]
}

/** Version of the manifest's JSON format. */
export const MANIFEST_SCHEMA = 2

/**
 * The artifacts of one commit. A resumed release publishes these files and does not build again.
 * In the manifest's file, `path` of an artifact is relative to the file's folder.
 */
export interface Manifest {
  schema: typeof MANIFEST_SCHEMA
  version: string
  /** The version in PEP 440's spelling; null when it has none, or an older Slipway wrote the manifest. */
  pythonVersion: string | null
  /** Empty when an older Slipway wrote the manifest. */
  tag: string
  /** Full id of the commit, or null outside a repository. */
  commit: string | null
  artifacts: Artifact[]
}

/** Makes the manifest of a release's artifacts. */
export function manifestOf(release: Release, artifacts: readonly Artifact[]): Manifest {
  const { version, pythonVersion, tag, commit } = release
  return { schema: MANIFEST_SCHEMA, version, pythonVersion, tag, commit, artifacts: [...artifacts] }
}
