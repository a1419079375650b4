import type { PlannedImage } from '@slipway/core/plan'
import type { Problem } from '@slipway/core/problem'
import type { Crate } from './cargo/crate.ts'
import type { DiscoveredPackage } from './python/discovered-package.ts'
import type { ReadSettings } from './settings/read.ts'
import type { Settings } from './settings/settings.ts'
import type { VersionGraph } from './version-graph.ts'

/** The contents of a repository that can be released. */
export interface Project {
  settings: Settings
  /** Returns the line of a setting, by its keys as written. */
  settingAt: ReadSettings['where']
  /** The only crate or package that the tag releases; null for all. */
  selected: string | null
  crates: Crate[]
  packages: DiscoveredPackage[]
  images: PlannedImage[]
  changelog: { file: string; text: string } | null
  /** A file that is a changelog by its name but not Markdown; null for none. */
  unreadChangelog: string | null
  /** Every place of a version. */
  versions: VersionGraph
  /** Unreadable files, wrong settings, and problems with images. */
  problems: Problem[]
}
