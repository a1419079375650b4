import type { PlannedCrate, Release, VersionPlace } from '@slipway/core/plan'
import type { Problem } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import type { Crate } from '@slipway/project/cargo/crate'
import type { ChangelogSection } from '@slipway/project/changelog/changelog'
import type { Project } from '@slipway/project/project'

/** The input of every check. */
export interface Subject {
  project: Project
  /** The project's folder, for files that only some checks read. */
  folder: Folder
  release: Release
  /** Whether the caller named the tag; else it is the tag of the version. */
  isTagged: boolean
  /** The place in the files that defines the released version. */
  versionPlace: VersionPlace
  crates: PlannedCrate[]
  section: ChangelogSection | null
  /** The release notes, in Markdown; null for none. */
  notes: string | null
  /** Version of the installed cargo, which a toolchain file overrides; null when unknown. */
  cargo: string | null
  /** Milliseconds since the epoch. */
  now: number
}

/** Returns the crates of a project that are published to any registry. */
export function publishedCrates({ project, crates }: Pick<Subject, 'project' | 'crates'>): Crate[] {
  const paths = new Set(crates.filter((each) => each.publish !== false).map((each) => each.path))
  return project.crates.filter((each) => paths.has(each.path))
}

/** Checks one aspect of a project. Returns the problems of its release. */
export type Check = (subject: Subject) => Problem[] | Promise<Problem[]>
