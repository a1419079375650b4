import type { Artifact } from './artifact.ts'
import type { Problem } from './problem.ts'

/**
 * What a remote has under an artifact's name.
 * - `absent`: nothing
 * - `same`: the same bytes
 * - `equivalent`: other bytes with the same content (a crate with another recorded commit)
 * - `different`: other content
 * - `pending`: accepted but not visible yet
 * - `unknown`: a file that cannot be compared
 * - `stale`: other bytes that are not public (an asset of a draft) and may be replaced
 * - `not visible`: the job has no access, so whether it exists is unknown
 */
export type ProbeState =
  | 'absent'
  | 'same'
  | 'equivalent'
  | 'different'
  | 'pending'
  | 'unknown'
  | 'stale'
  | 'not visible'

/** A remote's answer to a query for an artifact. */
export interface Probe {
  state: ProbeState
  /** The artifact's page for people, if it exists. */
  url?: string
  /** The remote's digest, `sha256:<hex>`, if it gives one. */
  digest?: string
  /** For `different`, `unknown`, `pending` and `not visible`: what was found, or why nothing was. */
  detail?: string
  /** The size in bytes of the file's counterpart in the last release, if the remote reports it, and that version. */
  before?: { version: string; size: number }
  /** True when the file is in a draft, which is not public. */
  draft?: true
}

/**
 * A remote's answer to a login before anything is written.
 * - `accepted`: it accepts the login and, as far as it says, allows writes
 * - `refused`: it refuses the login
 * - `not verified`: only a write would show it
 */
export type LoginState = 'accepted' | 'refused' | 'not verified'

/** The kind of a remote's failure. */
export type RemoteFailure =
  /** 401, 403: no permission. A retry does not help. */
  | 'denied'
  /** 429, or 403 with Retry-After: retry later. */
  | 'limited'
  /** 5xx, reset, timeout: the request may have taken effect. */
  | 'doubtful'
  /** 409, or a 4xx whose text says so: the name exists already. */
  | 'taken'
  /** Any other 4xx: the remote refuses the request and gives the reason. */
  | 'refused'

/** A request that a remote did not answer with success. */
export class RemoteError extends Error {
  readonly failure: RemoteFailure
  /** HTTP status, or null without a response. */
  readonly status: number | null
  /** The wait that the remote asks for, in milliseconds (RFC 9110, section 10.2.3), or null. */
  readonly retryAfter: number | null
  /** The problem to report, when more is known of this failure than its kind. */
  readonly problem: Problem | null

  constructor(
    failure: RemoteFailure,
    message: string,
    more: { status?: number | null; retryAfter?: number | null; problem?: Problem | null; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.name = 'RemoteError'
    this.failure = failure
    this.status = more.status ?? null
    this.retryAfter = more.retryAfter ?? null
    this.problem = more.problem ?? null
  }
}

/** How fast a remote may be sent artifacts. */
export interface Pace {
  /** Whether the remote must accept the first artifact before the second is sent, because that checks the login. */
  firstAlone: boolean
  /** The most artifacts under way at a time. */
  atATime: number
}

/** Publishes one kind of artifact on one remote. It tries each request once: the caller (`publishOnce`) retries. */
export interface Publisher {
  /** Kind of remote: `crates`, `pypi`, `oci`, `github`. */
  readonly name: string
  /** Its well-known name (`PyPI`), or its address. */
  readonly target: string
  /** Its pace; without one, artifacts are sent one by one, each visible before the next. */
  readonly pace?: Pace
  /** Finds faults before anything is written: missing credentials, files that the remote will refuse. Writes nothing. */
  verify(artifacts: readonly Artifact[]): Promise<Problem[]>
  /** Checks the login for these artifacts; called when `verify` found no missing login. Writes nothing. @throws RemoteError */
  checkLogin(artifacts: readonly Artifact[]): Promise<LoginState>
  /** Queries the artifacts; one answer for each, in order. Writes nothing. @throws RemoteError */
  probe(artifacts: readonly Artifact[]): Promise<Probe[]>
  /**
   * Creates what holds the artifacts, such as a draft, if it is missing; called before the first is sent. Called again
   * after a failure, it looks before it creates. @throws RemoteError
   */
  prepare?(): Promise<void>
  /**
   * Sends one artifact, beside others if its pace says so. Returns what the remote holds now, if its answer says so.
   * @throws RemoteError
   */
  publish(artifact: Artifact): Promise<Probe | undefined>
  /** Revokes its temporary logins, if any. @throws RemoteError */
  logOut?(): Promise<void>
}

/** Where a pointer points. */
export interface PointerReading {
  /** Whether that is the right place. */
  there: boolean
  url?: string
  digest?: string
}

/** Something movable that makes a release visible: a tag of an image, a draft becoming public. */
export interface Pointer {
  /** Its name for people: `draft of v1.0.0 -> public`. */
  readonly name: string
  readonly publisher: string
  readonly target: string
  /** Reads where it points. Writes nothing. @throws RemoteError */
  read(): Promise<PointerReading>
  /**
   * Checks, after `read`, whether it may move: null when it may, an error when it must not, a notice when it stays. Writes
   * nothing.
   * @throws RemoteError
   */
  mayMove(): Promise<Problem | null>
  /** Moves it. Returns where it points, if the remote's answer says so. @throws RemoteError */
  move(): Promise<PointerReading | undefined>
}
