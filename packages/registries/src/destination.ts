import type { Artifact } from '@slipway/core/artifact'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import type { Shipment } from '@slipway/core/preflight'
import type { CratesTarget } from './crates/publisher.ts'
import type { Endpoints } from './endpoints.ts'
import type { ListedReleases } from './github/client.ts'
import type { MakeLatest } from './github/latest.ts'
import type { Findings, Inquiry } from './inquiry.ts'
import type { Login } from './oci/authorization.ts'
import type { PyPITarget } from './pypi/publisher.ts'
import type { Identity } from './trusted/minted.ts'

/** A kind of destination that one pipeline step publishes to, with its fixed properties. */
export interface Channel {
  /** Its name in the pipeline, in tokens and in the command's options: `crates`, `testpypi`. */
  readonly name: string
  /** Display name; images show the name of each repository instead. */
  readonly title: string
  /** Environment variables that may hold its token; the first one set wins. */
  readonly variables: readonly string[]
  /** How to undo a publication; null if nothing can undo it and the version is used up. */
  readonly undo: string | null
  /** True if a job can log in by trusted publishing. */
  readonly trusts?: true
  /** True for a trial index: without a login it is skipped, not reported as missing. */
  readonly isTrial?: true
}

/** One place that part of the release goes to, ready to query and publish to. */
export interface Destination extends Shipment {
  channel: string
  /** Display name: `crates.io`, `ghcr.io/owner/name`. */
  name: string
  undo: string | null
  /** True for an image that is not built yet: it has no artifact, and its pointer can only be read. */
  isUnbuilt?: boolean
}

/** Options of the GitHub release that its step can override. */
export interface GitHubOptions {
  /** `owner/name` */
  repository: string
  /** The repository's releases, if this run has listed them. */
  listed?: ListedReleases | undefined
  /** Id of the release that an earlier job created; default: the release of the tag. */
  id?: number | undefined
  /** Default: the tag. */
  title?: string | undefined
  /** Whether it becomes the latest release; default: `auto`, unless a newer version is public. */
  makeLatest?: MakeLatest | 'auto' | undefined
  /** Replace assets of the draft that differ. */
  replaceDraftAssets?: boolean | undefined
}

/** What a step needs to reach the destinations. */
export interface Access {
  ports: Pick<Ports, 'http' | 'clock'>
  endpoints: Endpoints
  /** Returns whether this job publishes to a channel; it only queries the others. */
  isOwn(channel: string): boolean
  /** Returns whether to query a channel that this job does not publish to. */
  isAsked(channel: string): boolean
  /** Tokens by channel. */
  tokens: Readonly<Record<string, string | null>>
  /** Identity for channels that have no token and support trusted publishing; null or absent to use none. */
  identity?: Identity | null
  /** Looks up the login of an image registry. */
  login: Login
  /** null if the repository on GitHub is unknown. */
  github: GitHubOptions | null
  /** A cargo registry other than crates.io. */
  cargoRegistry?: CratesTarget | undefined
  /** A package index other than PyPI. */
  index?: PyPITarget | undefined
  /** Attests files that are uploaded to package indexes. */
  attester?: PyPITarget['attester']
  /** Templates of image tags, in addition to the version tag. */
  imageTags?: readonly string[] | undefined
}

/** The plan of a release and the artifacts known so far. */
export interface ReleaseContents {
  plan: Plan
  artifacts: readonly Artifact[]
  /** Files of the GitHub release; default: every artifact except images. */
  assets?: readonly Artifact[] | undefined
}

/** All that the rest of Slipway needs to know about one kind of remote. */
export interface RemoteDescription {
  /** Its name in receipts and in the destinations of a plan. */
  readonly kind: string
  readonly channels: readonly Channel[]
  /** Returns the destinations of a release with the known artifacts. Sends no request. */
  destinations(contents: ReleaseContents, access: Access): Promise<Destination[]>
  /** Queries the remote for a plan, with read-only requests. */
  inquire(inquiry: Inquiry): Promise<Findings>
}
