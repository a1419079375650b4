import type { Service } from './service.ts'

/** What the sandbox provides to a remote. */
export interface RemoteOptions {
  /** Folder of the remote's state. */
  folder: string
  /** Token that authorizes clients. */
  token: string
  /** Index (`sparse+https://…/`) under the cargo registry; null for none. */
  cargoUpstream: string | null
  /** Returns the address of a service as clients see it, without a trailing slash. */
  origin(service: string): string
}

/**
 * Commands of a running remote, by method and name (`PUT lag`). Each takes the request's body and returns the answer
 * (undefined for a plain yes), or throws an Error that the client sees.
 */
export type Controls = Readonly<Record<string, (body: unknown) => unknown>>

/** A running remote. */
export interface RunningRemote<Described> {
  /** The services of `LocalRemote.services`, in the same order. */
  services: readonly Service[]
  /**
   * Returns the remote's part of the description.
   * @param at returns the address of a service, without a trailing slash
   */
  describe(at: (service: string) => string): Described
  controls: Controls
}

/** A remote that the sandbox imitates. */
export interface LocalRemote<Described> {
  /** Names of its services, each with a separate port. */
  readonly services: readonly string[]
  /** Prefix of its token, as at the public service. */
  readonly tokenPrefix: string
  open(options: RemoteOptions): RunningRemote<Described>
}
