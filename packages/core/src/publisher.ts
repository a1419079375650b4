import type { Artifact } from './artifact.ts'
import type { Problem } from './problem.ts'

/**
 * What a remote holds under an artifact's name.
 * - `absent`: nothing
 * - `same`: these bytes
 * - `equivalent`: other bytes of the same content (a crate that differs in its commit record only)
 * - `different`: something else
 * - `pending`: accepted, not visible yet
 * - `unknown`: something that cannot be compared with
 * - `stale`: other bytes that are nobody's yet (an asset of a draft) and may be replaced
 * - `not visible`: whoever asks may not see it, so it is not known whether it is there
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

/** The answer of a remote to the question what it holds under an artifact's name. */
export interface Probe {
  state: ProbeState
  /** Where people see the artifact, when it is there. */
  url?: string
  /** The remote's digest, `sha256:<hex>`, when it tells one. */
  digest?: string
  /** For `different`, `unknown`, `pending` and `not visible`: what was seen, or why nothing was. */
  detail?: string
  /** True where what holds it is not public yet: a draft. */
  draft?: true
}

/**
 * What a remote says of a login before anything is written.
 * - `accepted`: it takes the login, and lets it write as far as it tells
 * - `refused`: it does not
 * - `not verified`: only a write would tell
 */
export type LoginState = 'accepted' | 'refused' | 'not verified'

/** How a remote failed to do what it was asked. */
export type RemoteFailure =
  /** 401, 403: who asks may not. Trying again does not help. */
  | 'denied'
  /** 429, or 403 with Retry-After: later. */
  | 'limited'
  /** 5xx, reset, timeout: it is not known whether the request took effect. */
  | 'doubtful'
  /** 409, or a 4xx that says so in words: it has something under this name. */
  | 'taken'
  /** Any other 4xx: the remote says no, and why. */
  | 'refused'

/** A request that a remote did not answer with success. */
export class RemoteError extends Error {
  readonly failure: RemoteFailure
  /** HTTP status, or null when no answer came. */
  readonly status: number | null
  /** Milliseconds that the remote asks to wait (RFC 9110, section 10.2.3), when it does. */
  readonly retryAfter: number | null
  /** What to tell people, where more is known of this failure than its kind. */
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

/** One remote, one kind of artifact. It does each thing once: patience is the caller's (`publishOnce`). */
export interface Publisher {
  /** Kind of remote: `crates`, `pypi`, `oci`, `github`. */
  readonly name: string
  /** Which one: a name that people know (`PyPI`), or its address. */
  readonly target: string
  /** What can be known to be wrong before anything is written: credentials missing, files it will refuse. Writes nothing. */
  verify(artifacts: readonly Artifact[]): Promise<Problem[]>
  /** Asks whether the login that it has is taken for these artifacts. Called only where `verify` missed none. Writes nothing. Throws RemoteError. */
  checkLogin(artifacts: readonly Artifact[]): Promise<LoginState>
  /** Asks what is there, one answer an artifact, in their order. Writes nothing. Throws RemoteError. */
  probe(artifacts: readonly Artifact[]): Promise<Probe[]>
  /** Sends one artifact. Throws RemoteError. */
  publish(artifact: Artifact): Promise<void>
  /** Gives back the logins that it was granted for a while, where there are any. Throws RemoteError. */
  logOut?(): Promise<void>
}

/** Something movable that makes a release visible: a tag of an image, a draft becoming public. */
export interface Pointer {
  /** What it is, for people: `draft of v1.0.0 -> public`. */
  readonly name: string
  readonly publisher: string
  readonly target: string
  /** Where it points: already where it should (`there`), elsewhere, or nowhere yet. Writes nothing. Throws RemoteError. */
  read(): Promise<{ there: boolean; url?: string; digest?: string }>
  /** Asked after `read`. Null when it may be moved, an error when it must not, a notice when it is to stay. Writes nothing. Throws RemoteError. */
  mayMove(): Promise<Problem | null>
  /** Moves it. Throws RemoteError. */
  move(): Promise<void>
}

/** How it ended for one artifact and target. */
export type ReceiptStatus = 'published' | 'already there' | 'moved' | 'skipped'

/** Evidence of what was done. The remote is the truth. */
export interface Receipt {
  publisher: string
  /** File name of the artifact, or name of the pointer. */
  artifact: string
  target: string
  status: ReceiptStatus
  url: string | null
  /** `sha256:<hex>` as the remote tells it, or as sent. */
  digest: string | null
  /** For `skipped`: why. */
  reason?: string
}
