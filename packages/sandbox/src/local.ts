import type { Service } from './service.ts'

/** Where a remote plays: what the sandbox gives it. */
export interface Place {
  /** Folder of its state. */
  folder: string
  /** What opens it. */
  token: string
  /** Index (`sparse+https://…/`) that a cargo registry lies over; null for none. */
  cargoUpstream: string | null
  /** Address that one of its services is seen at, without a trailing slash. */
  origin(service: string): string
}

/**
 * What is told to a remote while it runs, by method and name (`PUT lag`): takes the request's body, returns what to answer
 * (undefined for a plain yes), and throws an Error for the one who asked.
 */
export type Controls = Readonly<Record<string, (body: unknown) => unknown>>

/** A remote while it runs. */
export interface Playing<Described> {
  /** Those of `LocalRemote.services`, in the same order. */
  services: readonly Service[]
  /** What the sandbox's description says of it. @param at address that a service listens at, without a trailing slash */
  describe(at: (service: string) => string): Described
  controls: Controls
}

/** Everything that the sandbox knows of one remote. */
export interface LocalRemote<Described> {
  /** Names of its services: each has a port of its own. */
  readonly services: readonly string[]
  /** What its token begins with, as the public one's does. */
  readonly tokenPrefix: string
  open(place: Place): Playing<Described>
}
