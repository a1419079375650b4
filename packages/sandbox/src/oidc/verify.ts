import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto'

/** The parts of a JWT before anybody has looked at its signature. */
export interface Unverified {
  header: { alg?: unknown; kid?: unknown }
  claims: Record<string, unknown>
}

/** What a registry demands of an ID token. */
export interface Demands {
  issuer: string
  /** The one audience of the token. */
  audience: string
  /** Seconds that clocks may differ. */
  leeway: number
}

/** Reads a JWT (RFC 7515, section 7.1) without verifying it; null for any other text. */
export function readUnverified(token: string): Unverified | null {
  const parts = token.split('.')
  if (parts.length !== 3) return null
  const [header, claims] = parts.slice(0, 2).map(part)
  return header && claims ? { header, claims } : null
}

/** A part of a JWT as an object; null when it is none. */
function part(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

/** The public keys of an issuer, as a registry keeps them. */
export class IssuerKeys {
  readonly #issuer: () => string
  readonly #keys = new Map<string, KeyObject>()

  /** Takes what gives the issuer's address. Nothing is fetched before the first key is asked for. */
  constructor(issuer: () => string) {
    this.#issuer = issuer
  }

  /**
   * Returns the key of an id, or null when the issuer has none of that id. A key that is not known yet is looked up by
   * the issuer's discovery document (OpenID Connect Discovery 1.0, section 4).
   * @throws Error when the issuer does not answer, or not with keys
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

/** A JSON document. Throws an Error when there is none. */
async function fetched(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response.json()
}

/**
 * Returns the claims of an ID token that the key signed with RS256 and that meets the demands, else null: `iss` and
 * `aud` are the demanded texts, `exp` is to come, `iat` and (where there is one) `nbf` are past (RFC 7519, section 4.1).
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
