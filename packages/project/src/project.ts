import type { PlannedImage } from '@slipway/core/plan'
import type { Problem } from '@slipway/core/problem'
import type { Crate } from './cargo/crate.ts'
import type { ChangelogFile } from './changelog/changelog.ts'
import type { ReleaseTrigger } from './evidence/release-workflows.ts'
import type { TagForm } from './evidence/tag-form.ts'
import type { Train } from './evidence/trains.ts'
import type { DiscoveredPackage } from './python/discovered-package.ts'
import type { Selected } from './selection.ts'
import type { ReadSettings } from './settings/read.ts'
import type { Settings } from './settings/settings.ts'
import type { VersionGraph } from './version-graph.ts'

/** The contents of a repository that can be released. */
export interface Project {
  settings: Settings
  /** Returns the line of a setting, by its keys as written. */
  settingAt: ReadSettings['where']
  /** The release trains that git's tags show; empty without tags, and if the settings have a pattern. */
  trains: Train[]
  /** The form of the tags of crates and packages in no train. */
  tagForm: TagForm
  /** What the release is limited to; null for everything. */
  selected: Selected | null
  /** The workflows that publish, by what starts them. */
  releaseTriggers: readonly ReleaseTrigger[]
  crates: Crate[]
  packages: DiscoveredPackage[]
  images: PlannedImage[]
  changelog: ChangelogFile | null
  /** A file that is a changelog by its name but not Markdown; null for none. */
  unreadChangelog: string | null
  /** Every place of a version. */
  versions: VersionGraph
  /** Unreadable files, wrong settings, and problems with images. */
  problems: Problem[]
}
