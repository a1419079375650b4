import type { Clock } from '@slipway/core/ports'
import { RemoteError } from '@slipway/core/publisher'

/** Exchange of a job's identity for a registry token, and its revocation. */
export interface Exchange {
  /** Milliseconds until a token is replaced: its lifetime minus the time of one upload. */
  readonly usable: number
  /** Requests a new token. Throws RemoteError. */
  mint(): Promise<string>
  /** Revokes a token, if the registry supports that. Throws RemoteError. */
  revoke?(token: string): Promise<void>
}

/** Called with a token when it is granted, and with null when it is no longer valid. */
export type OnToken = (token: string | null) => void

/** A token that is minted on first use, and again before it expires. */
export class MintedToken {
  readonly #exchange: Exchange
  readonly #clock: Clock
  readonly #onToken: OnToken
  #held: { token: string; since: number; hasServed: boolean } | null = null
  /** The exchange under way: uploads side by side share one token. */
  #minting: Promise<string> | null = null

  constructor(exchange: Exchange, clock: Clock, onToken: OnToken) {
    this.#exchange = exchange
    this.#clock = clock
    this.#onToken = onToken
  }

  /** Returns the token for one request. Throws RemoteError. */
  async value(): Promise<string> {
    const held = this.#held
    if (held && this.#clock.now() - held.since < this.#exchange.usable) return held.token
    this.#minting ??= this.#mint().finally(() => {
      this.#minting = null
    })
    return this.#minting
  }

  async #mint(): Promise<string> {
    // Minting does not depend on revoking the old token, which is about to expire.
    await this.revoke().catch(() => {})
    const token = await this.#exchange.mint()
    this.#onToken(token)
    this.#held = { token, since: this.#clock.now(), hasServed: false }
    return token
  }

  /** Records that the registry accepted a request with the token. */
  served(): void {
    if (this.#held) this.#held.hasServed = true
  }

  /**
   * Drops a token that the registry calls expired. Returns whether a new one may help: only if this one worked before.
   */
  async expired(): Promise<boolean> {
    const hasServed = this.#held?.hasServed ?? false
    if (hasServed) await this.revoke().catch(() => {})
    return hasServed
  }

  /** Revokes the minted token, if the registry supports that. Throws RemoteError. */
  async revoke(): Promise<void> {
    const held = this.#held
    this.#held = null
    if (held && this.#exchange.revoke) await this.#exchange.revoke(held.token)
    if (held) this.#onToken(null)
  }
}

/** A token that was passed in, or one that is minted. */
export type Secret = string | MintedToken

/** Returns the text of a secret. Throws RemoteError. */
export async function textOfSecret(secret: Secret): Promise<string> {
  return typeof secret === 'string' ? secret : secret.value()
}

/**
 * Returns a retryable error if a request was refused because its minted token expired; else the original error.
 * @param expired the registry's message about an expired token
 */
export async function renewable(secret: Secret | null, cause: RemoteError, expired: RegExp): Promise<RemoteError> {
  if (cause.failure !== 'denied' || !(secret instanceof MintedToken) || !expired.test(cause.message)) return cause
  if (!(await secret.expired())) return cause
  return new RemoteError('doubtful', `${cause.message} (the granted token has expired)`, { cause })
}

/** The identity of a job. */
export interface Identity {
  /** Requests an ID token for an audience; each is used once. Throws RemoteError. */
  idToken(audience: string): Promise<string>
  /** Called for every minted token, to mask it and to revoke it after a crash. */
  onToken(channel: string, token: string | null): void
}
