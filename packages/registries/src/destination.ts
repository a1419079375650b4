import type { Artifact } from '@slipway/core/artifact'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import type { Shipment } from '@slipway/core/preflight'
import type { CratesTarget } from './crates/publisher.ts'
import type { Endpoints } from './endpoints.ts'
import type { Findings, Inquiry } from './inquiry.ts'
import type { Login } from './oci/job-login.ts'
import type { PyPITarget } from './pypi/publisher.ts'
import type { Identity } from './trusted/minted.ts'

/** A way out of the project that one step of the pipeline serves, and what is always true of it. */
export interface Channel {
  /** Its name in the pipeline, in tokens and in the command's options: `crates`, `testpypi`. */
  readonly name: string
  /** What people call it; of images, the name of each repository is used instead. */
  readonly title: string
  /** Variables in which jobs keep its token, the first that is set counts; none where it has no token of its own. */
  readonly variables: readonly string[]
  /** How what was sent there is taken back; null: never, its version is used up. */
  readonly undo: string | null
  /** True where a job may log in by its identity alone. */
  readonly trusts?: true
  /** True for a place to try a release: without a login it is left out, not missing. */
  readonly isTrial?: true
}

/** One place that a part of the release goes to, ready to be asked and written to. */
export interface Destination extends Shipment {
  channel: string
  /** What people call it: `crates.io`, `ghcr.io/owner/name`. */
  name: string
  undo: string | null
}

/** Of a release on GitHub, what its step may say otherwise. */
export interface GitHubOptions {
  /** `owner/name` */
  repository: string
  /** Number of the release that earlier jobs made; without it, the one of the tag. */
  id?: number | undefined
  /** Without it, the tag. */
  title?: string | undefined
  /** Without it, as the plan says. */
  makeLatest?: 'true' | 'false' | 'legacy' | undefined
  /** Replace files of the draft that differ. */
  replaceDraftAssets?: boolean | undefined
}

/** What a step has to reach the destinations. */
export interface Access {
  ports: Pick<Ports, 'http' | 'clock'>
  endpoints: Endpoints
  /** Whether a channel is published to here; others are only asked. */
  isOwn(channel: string): boolean
  /** Whether a channel of others is asked what it holds. */
  isAsked(channel: string): boolean
  /** Tokens by channel. */
  tokens: Readonly<Record<string, string | null>>
  /** How the job proves who it is, where a channel has no token and trusts it; null or left out: it does not. */
  identity?: Identity | null
  /** Logins of registries of images. */
  login: Login
  /** null: it is not known which repository this is. */
  github: GitHubOptions | null
  /** Another cargo registry than crates.io. */
  cargoRegistry?: CratesTarget | undefined
  /** Another package index than PyPI. */
  index?: PyPITarget | undefined
  /** What attests files that are uploaded to package indexes. */
  attester?: PyPITarget['attester']
  /** Templates of tags of images besides the version's own. */
  imageTags?: readonly string[] | undefined
}

/** What is released, as far as it is known here. */
export interface Cargo {
  plan: Plan
  artifacts: readonly Artifact[]
  /** The files of the GitHub release; without it, all artifacts that are no images. */
  assets?: readonly Artifact[] | undefined
}

/** Everything that the rest of Slipway knows of one kind of remote. */
export interface RemoteDescription {
  /** In receipts and destinations of a plan. */
  readonly kind: string
  readonly channels: readonly Channel[]
  /** The destinations of a release, with the artifacts that are known. Asks nothing. */
  destinations(cargo: Cargo, access: Access): Promise<Destination[]>
  /** What the plan asks of it, by requests that write nothing. */
  inquire(inquiry: Inquiry): Promise<Findings>
}
