import type { GitHistory } from '@slipway/core/git-history'
import type { WorkflowSource } from '@slipway/documents/workflows/read-workflow'
import type { Endpoints } from '@slipway/registries/endpoints'

/** Options of a plan, in addition to the project's files. */
export interface PlanReleaseOptions {
  /** The tag to release; default: the version's tag. */
  tag?: string | undefined
  /** false: query the destinations; true: use no network. Absent for a workflow step, which queries them itself. */
  offline?: boolean
  /** Token for queries to GitHub; default: the environment's. */
  githubToken?: string | undefined
  /** Whether an existing version or tag is an error; default: if a tag is given. */
  isTagged?: boolean
  /** Workflows to read the logins from, in place of the repository's. */
  workflows?: WorkflowSource
  /** Addresses that replace those of the environment. */
  remotes?: Partial<Endpoints>
  /** Earlier releases; default: those that git knows. */
  history?: GitHistory | undefined
  /** Names of extension crates to publish anyway. */
  crates?: readonly string[]
  /** Patterns of prebuilt wheels and sdists that replace the setting; empty to keep it. */
  prebuilt?: readonly string[] | undefined
  /**
   * Returns whether a crate is already published: then so is its next version, even of an extension crate. Default: a
   * plan that queries the destinations asks crates.io, and any other plan takes it for new.
   */
  isPublished?: ((crate: string) => Promise<boolean>) | undefined
}
