import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto'
import { FETCH_TIMEOUT_MS } from '../limits.ts'

/** The parts of a JWT with an unverified signature. */
export interface Unverified {
  header: { alg?: unknown; kid?: unknown }
  claims: Record<string, unknown>
}

/** A registry's requirements for an ID token. */
export interface Demands {
  issuer: string
  /** The only audience of the token. */
  audience: string
  /** Allowed clock difference in seconds. */
  leeway: number
}

/** Reads a JWT (RFC 7515, section 7.1) without verifying it; null for other text. */
export function readUnverified(token: string): Unverified | null {
  const parts = token.split('.')
  if (parts.length !== 3) return null
  const [header, claims] = parts.slice(0, 2).map(part)
  return header && claims ? { header, claims } : null
}

/** Returns a part of a JWT as an object, or null. */
function part(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

/** The public keys of an issuer, cached as by a registry. */
export class IssuerKeys {
  readonly #issuer: () => string
  readonly #keys = new Map<string, KeyObject>()

  /** Takes a function that returns the issuer's address. Nothing is fetched before the first key is requested. */
  constructor(issuer: () => string) {
    this.#issuer = issuer
  }

  /**
   * Returns the key of an id, or null if the issuer has none. An unknown key is looked up with the issuer's discovery
   * document (OpenID Connect Discovery 1.0, section 4).
   * @throws Error if the issuer does not answer with keys
   */
  async find(kid: string): Promise<KeyObject | null> {
    const known = this.#keys.get(kid)
    if (known) return known
    const document = (await fetched(`${this.#issuer()}/.well-known/openid-configuration`)) as { jwks_uri: string }
    const { keys } = (await fetched(document.jwks_uri)) as { keys: (JsonWebKey & { kid: string })[] }
    this.#keys.clear()
    for (const key of keys) this.#keys.set(key.kid, createPublicKey({ key, format: 'jwk' }))
    return this.#keys.get(kid) ?? null
  }
}

/**
 * Fetches a JSON document.
 * @throws Error if that fails
 */
async function fetched(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response.json()
}

/**
 * Returns the claims of an ID token if the key signed it with RS256 and it meets the requirements, else null: `iss` and
 * `aud` are the expected texts, `exp` is in the future, `iat` and (if present) `nbf` are in the past (RFC 7519, section
 * 4.1).
 */
export function verifiedClaims(token: string, key: KeyObject, demands: Demands): Record<string, unknown> | null {
  const read = readUnverified(token)
  if (read?.header.alg !== 'RS256') return null
  const end = token.lastIndexOf('.')
  const signature = Buffer.from(token.slice(end + 1), 'base64url')
  if (!verify('RSA-SHA256', Buffer.from(token.slice(0, end)), key, signature)) return null
  const { iss, aud, exp, iat, nbf } = read.claims
  const now = Date.now() / 1000
  const isPast = (time: unknown) => typeof time === 'number' && time <= now + demands.leeway
  const isToCome = typeof exp === 'number' && exp > now - demands.leeway
  const isMeant = iss === demands.issuer && aud === demands.audience
  return isMeant && isToCome && isPast(iat) && (nbf === undefined || isPast(nbf)) ? read.claims : null
}
