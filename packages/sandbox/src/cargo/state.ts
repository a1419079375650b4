import type { RegisteredWorkflow } from '../control-body.ts'
import type { IndexEntry } from './entry.ts'
import type { Buckets } from './limits.ts'

/** A version published here. */
export interface Version {
  entry: IndexEntry
  license: string | null
  size: number
  publishedAt: number
  /** Time from which the index shows it. */
  visibleAt: number
}

/** A crate published here. */
export interface Crate {
  name: string
  description: string
  /** Of the newest version; absent for none. */
  repository?: string
  versions: Version[]
}

/** A workflow that may publish a crate; crates.io calls it a Trusted Publishing config. */
export interface CargoPublisher extends RegisteredWorkflow {
  crate: string
}

/** State of the registry. */
export interface State {
  /** By `collisionName`. */
  crates: Record<string, Crate>
  publishers: CargoPublisher[]
  /** `collisionName` of the crates that accept new versions from trusted publishing alone. */
  trustpubOnly: string[]
  /** Temporary tokens by their sha256: their crates (`collisionName`) and expiry. */
  tokens: Record<string, { crates: string[]; expiresAt: number }>
  /** Exchanged JWTs by `jti`, each with the time when it is forgotten. */
  usedJwts: Record<string, number>
  /** Lifetime of a temporary token in milliseconds. */
  tokenLifetime: number
  /** The user's remaining allowance; null while rate limits are off. */
  limits: Buckets | null
}

/** State of a new folder. */
export const INITIAL: State = {
  crates: {},
  publishers: [],
  trustpubOnly: [],
  tokens: {},
  usedJwts: {},
  tokenLifetime: 30 * 60 * 1000,
  limits: null,
}

/** Returns the key by which crates.io tells crates apart: it ignores case and treats `-` and `_` as equal. */
export const collisionName = (name: string) => name.toLowerCase().replaceAll('-', '_')
