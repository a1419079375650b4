import type { PlannedCrate, Release, VersionPlace } from '@slipway/core/plan'
import type { Problem } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import type { Crate } from '@slipway/project/cargo/crate'
import type { ChangelogSection } from '@slipway/project/changelog/changelog'
import type { Project } from '@slipway/project/project'

/** What the checks look at. */
export interface Subject {
  project: Project
  /** The project's, for what only some checks read. */
  folder: Folder
  release: Release
  /** Where the version that is released stands. */
  lead: VersionPlace
  crates: PlannedCrate[]
  section: ChangelogSection | null
  /** The release's notes, Markdown. */
  notes: string | null
  /** Version of the cargo that is there where no toolchain file asks for another; null when that is not known. */
  cargo: string | null
  /** Milliseconds since the epoch. */
  now: number
}

/** The crates of a project that go to some registry. */
export function publishedCrates({ project, crates }: Pick<Subject, 'project' | 'crates'>): Crate[] {
  const paths = new Set(crates.filter((each) => each.publish !== false).map((each) => each.path))
  return project.crates.filter((each) => paths.has(each.path))
}

/** Looks at one thing of a project. Gives what stands in the way of its release. */
export type Check = (subject: Subject) => Problem[] | Promise<Problem[]>
