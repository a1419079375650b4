import type { PlannedImage } from '@slipway/core/plan'
import type { Problem } from '@slipway/core/problem'
import type { Crate } from './cargo/crate.ts'
import type { DiscoveredPackage } from './python/discovered-package.ts'
import type { ReadSettings } from './settings/read.ts'
import type { Settings } from './settings/settings.ts'
import type { VersionGraph } from './version-graph.ts'

/** What a repository holds that can be released. */
export interface Project {
  settings: Settings
  /** The line of a setting, by its keys as written. */
  settingAt: ReadSettings['where']
  /** The crate or package that alone is released, by the tag; null for all. */
  selected: string | null
  crates: Crate[]
  packages: DiscoveredPackage[]
  images: PlannedImage[]
  changelog: { file: string; text: string } | null
  /** What is a changelog by its name, but not in Markdown. */
  unreadChangelog: string | null
  /** Everywhere that a version stands. */
  versions: VersionGraph
  /** Files that could not be read, and what is wrong with images. */
  problems: Problem[]
}
