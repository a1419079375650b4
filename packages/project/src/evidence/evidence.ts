import type { Where } from '@slipway/core/problem'
import type { ReleaseWorkflows } from './release-workflows.ts'
import type { TagSeries } from './tag-series.ts'

/** What shows how a project releases, besides its manifests and settings. */
export interface Evidence {
  series: readonly TagSeries[]
  workflows: ReleaseWorkflows
  /** Where READMEs name a crate, if no workflow publishes crates. */
  readmes: ReadonlyMap<string, Where>
  /** What a registry says of a crate that it has from this project, by name: `crates.io has 1.2.0`. */
  published: ReadonlyMap<string, string>
}
