import type { TrustedPublisher } from '@slipway/core/planned-login'
import type { Clock } from '@slipway/core/ports'
import { RemoteError } from '@slipway/core/publisher'

/** A registry token, and the publisher settings that match the job. */
export interface Grant {
  token: string
  /** null if the job's claims are incomplete. */
  publisher: TrustedPublisher | null
}

/** Exchange of a job's identity for a registry token, and its revocation. */
export interface Exchange {
  /** Milliseconds until a token is replaced: its lifetime minus the time of one upload. */
  readonly usable: number
  /** Requests a new token. Throws RemoteError. */
  mint(): Promise<Grant>
  /** Revokes a token, if the registry supports that. Throws RemoteError. */
  revoke?(token: string): Promise<void>
}

/** Called with a token when it is granted, and with null when it is no longer valid. */
export type OnToken = (token: string | null) => void

/** A token in use, since a time in milliseconds. */
interface Held {
  readonly token: string
  readonly since: number
  /** Whether the registry accepted a request with it. */
  hasServed: boolean
}

/** A token that is minted on first use, and again before it expires. */
export class MintedToken {
  readonly #exchange: Exchange
  readonly #clock: Clock
  readonly #onToken: OnToken
  #held: Held | null = null
  /** The exchange under way: uploads side by side share one token. */
  #minting: Promise<Held> | null = null
  #publisher: TrustedPublisher | null = null

  constructor(exchange: Exchange, clock: Clock, onToken: OnToken) {
    this.#exchange = exchange
    this.#clock = clock
    this.#onToken = onToken
  }

  /** Returns the token, which is granted if the registry accepts the login. Throws RemoteError. */
  async value(): Promise<string> {
    return (await this.#current()).token
  }

  /** The publisher settings that match the login; null before the first token, or if they are unknown. */
  get publisher(): TrustedPublisher | null {
    return this.#publisher
  }

  /**
   * Sends a request with the token. If the registry calls the token expired although it worked before, drops it and
   * throws an error that a retry can solve; another refusal is thrown as it is. Throws RemoteError.
   * @param expired the registry's message about an expired token
   */
  async use<T>(expired: RegExp, send: (token: string) => Promise<T>): Promise<T> {
    const held = await this.#current()
    try {
      const answer = await send(held.token)
      held.hasServed = true
      return answer
    } catch (cause) {
      const isRefused = cause instanceof RemoteError && cause.failure === 'denied' && expired.test(cause.message)
      if (!isRefused || !held.hasServed) throw cause
      // A request beside this one may have replaced it already.
      if (this.#held === held) await this.revoke().catch(() => {})
      throw new RemoteError('doubtful', `${cause.message} (the granted token has expired)`, { cause })
    }
  }

  async #current(): Promise<Held> {
    const held = this.#held
    if (held && this.#clock.now() - held.since < this.#exchange.usable) return held
    this.#minting ??= this.#mint().finally(() => {
      this.#minting = null
    })
    return this.#minting
  }

  async #mint(): Promise<Held> {
    // Minting does not depend on revoking the old token, which is about to expire.
    await this.revoke().catch(() => {})
    const { token, publisher } = await this.#exchange.mint()
    this.#onToken(token)
    this.#publisher = publisher
    this.#held = { token, since: this.#clock.now(), hasServed: false }
    return this.#held
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

/** Returns the publisher settings that match a login by trusted publishing; null for others, or if unknown. */
export function publisherOfSecret(secret: Secret | null): TrustedPublisher | null {
  return secret instanceof MintedToken ? secret.publisher : null
}

/** The identity of a job. */
export interface Identity {
  /** Requests an ID token for an audience; each is used once. Throws RemoteError. */
  idToken(audience: string): Promise<string>
  /** Called for every minted token, to mask it and to revoke it after a crash. */
  onToken(channel: string, token: string | null): void
}
