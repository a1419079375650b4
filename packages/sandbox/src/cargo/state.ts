import type { RegisteredWorkflow } from '../control-body.ts'
import type { IndexEntry } from './entry.ts'
import type { Buckets } from './limits.ts'

/** A version that was published here. */
export interface Version {
  entry: IndexEntry
  license: string | null
  size: number
  publishedAt: number
  /** When the index shows it. */
  visibleAt: number
}

/** A crate that was published here. */
export interface Crate {
  name: string
  description: string
  versions: Version[]
}

/** A workflow that may publish a crate: crates.io calls it a Trusted Publishing config. */
export interface CargoPublisher extends RegisteredWorkflow {
  crate: string
}

/** What the registry holds. */
export interface State {
  /** By `collisionName`. */
  crates: Record<string, Crate>
  publishers: CargoPublisher[]
  /** `collisionName` of the crates that take new versions from trusted publishing alone. */
  trustpubOnly: string[]
  /** Temporary tokens by their sha256: the crates they are for (`collisionName`), and when they expire. */
  tokens: Record<string, { crates: string[]; expiresAt: number }>
  /** The JWTs that were exchanged, by `jti`: when each is forgotten. */
  usedJwts: Record<string, number>
  /** Milliseconds that a temporary token is good for. */
  tokenLifetime: number
  /** What the user may still publish; null while rate limits are off. */
  limits: Buckets | null
}

/** The state of a new folder. */
export const INITIAL: State = {
  crates: {},
  publishers: [],
  trustpubOnly: [],
  tokens: {},
  usedJwts: {},
  tokenLifetime: 30 * 60 * 1000,
  limits: null,
}

/** Returns what crates.io tells crates apart by: names that differ in case, `-` and `_` only are one. */
export const collisionName = (name: string) => name.toLowerCase().replaceAll('-', '_')
