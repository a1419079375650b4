import type { PlannedCrate, Release, VersionPlace } from '@slipway/core/plan'
import type { Problem } from '@slipway/core/problem'
import type { ChangelogSection } from '../changelog.ts'
import type { Project } from '../discover.ts'

/** What the checks look at. */
export interface Subject {
  project: Project
  release: Release
  /** Where the version that is released stands. */
  lead: VersionPlace
  crates: PlannedCrate[]
  section: ChangelogSection | null
  /** Milliseconds since the epoch. */
  now: number
}

/** Looks at one thing of a project. Gives what stands in the way of its release. */
export type Check = (subject: Subject) => Problem[]
