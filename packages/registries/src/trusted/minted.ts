import type { Clock } from '@slipway/core/ports'
import { RemoteError } from '@slipway/core/publisher'

/** How a registry turns the identity of a job into a token, and takes it back. */
export interface Exchange {
  /** Milliseconds after which a token is not used any more: less than it lives, by what one upload may last. */
  readonly usable: number
  /** Gets a new token. Throws RemoteError. */
  mint(): Promise<string>
  /** Makes a token worthless, where the registry offers that. Throws RemoteError. */
  revoke?(token: string): Promise<void>
}

/** Told of a token as soon as it is there, and with `null` once it is worthless. */
export type OnToken = (token: string | null) => void

/** A login that is minted when it is first needed, and anew before it has expired. */
export class MintedToken {
  readonly #exchange: Exchange
  readonly #clock: Clock
  readonly #onToken: OnToken
  #held: { token: string; since: number; hasServed: boolean } | null = null

  constructor(exchange: Exchange, clock: Clock, onToken: OnToken) {
    this.#exchange = exchange
    this.#clock = clock
    this.#onToken = onToken
  }

  /** The token for one request. Throws RemoteError. */
  async value(): Promise<string> {
    const held = this.#held
    if (held && this.#clock.now() - held.since < this.#exchange.usable) return held.token
    // One that is nearly over need not be taken back for another to be given.
    await this.revoke().catch(() => {})
    const token = await this.#exchange.mint()
    this.#onToken(token)
    this.#held = { token, since: this.#clock.now(), hasServed: false }
    return token
  }

  /** Told after a request that the registry took with the token. */
  served(): void {
    if (this.#held) this.#held.hasServed = true
  }

  /**
   * Gives up a token that is said to have expired. Returns whether another may do: this one had served an earlier request.
   */
  async expired(): Promise<boolean> {
    const hasServed = this.#held?.hasServed ?? false
    if (hasServed) await this.revoke().catch(() => {})
    return hasServed
  }

  /** Takes back what was minted, where that can be done. Throws RemoteError. */
  async revoke(): Promise<void> {
    const held = this.#held
    this.#held = null
    if (held && this.#exchange.revoke) await this.#exchange.revoke(held.token)
    if (held) this.#onToken(null)
  }
}

/** A token that was given, or one that is minted. */
export type Secret = string | MintedToken

/** The text of a secret. Throws RemoteError. */
export async function textOfSecret(secret: Secret): Promise<string> {
  return typeof secret === 'string' ? secret : secret.value()
}

/**
 * What a refused request with a secret means: where its token has expired, the same request with another one may be taken.
 * @param expired how the registry says that a token is not known any more
 */
export async function renewable(secret: Secret | null, cause: RemoteError, expired: RegExp): Promise<RemoteError> {
  if (cause.failure !== 'denied' || !(secret instanceof MintedToken) || !expired.test(cause.message)) return cause
  if (!(await secret.expired())) return cause
  return new RemoteError('doubtful', `${cause.message} (the token that was granted has expired)`, { cause })
}

/** How a job proves who it is. */
export interface Identity {
  /** An ID token for an audience; each is used once. Throws RemoteError. */
  idToken(audience: string): Promise<string>
  /** Told of every token that is minted, to hide it and to have it taken back after a crash. */
  onToken(channel: string, token: string | null): void
}
