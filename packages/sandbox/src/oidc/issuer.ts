import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bearer, encoded, opened, sealed } from '../jwt.ts'
import { type Answer, json, type Request, type Service } from '../service.ts'
import { Store, writeWhole } from '../store.ts'
import { type Claims, claimsOf } from './claims.ts'

/** The issuer of jobs' ID tokens. */
export interface Issuer {
  service: Service
  /** Sets the claims of the job with the description's token. They are stored. */
  setClaims(claims: Claims): void
  /** Makes a request token for a job with these claims. */
  issue(claims: Claims): string
}

/** Lifetime of an ID token, and how far `nbf` lies back, in seconds, as GitHub's. */
const LIFETIME = 300
const LEEWAY = 600

/**
 * Makes the issuer, with its state in a folder. `token` is the request token of the default job; `address` returns the
 * issuer's address.
 */
export function oidcIssuer(options: { folder: string; token: string; address(): string }): Issuer {
  const { folder, token, address } = options
  const store = new Store<{ claims: Claims }>(folder, { claims: {} })

  /** Returns the claims of the requesting job; null without a request token of this service. */
  const jobOf = ({ headers }: Request): Claims | null => {
    const requestToken = bearer(headers.authorization)
    if (requestToken === token) return store.state.claims
    return requestToken === null ? null : ((opened(token, requestToken)?.claims as Claims | undefined) ?? null)
  }

  const idToken = (request: Request): Answer => {
    const job = jobOf(request)
    if (!job) return json(401, { message: 'The ID token request token is missing or not valid.' })
    const claims = claimsOf(job)
    const now = Math.floor(Date.now() / 1000)
    const value = signed(keyOf(folder), {
      jti: randomUUID(),
      ...claims,
      iss: address(),
      aud: request.query.get('audience') || `https://github.com/${claims.repository_owner}`,
      nbf: now - LEEWAY,
      exp: now + LIFETIME,
      iat: now,
    })
    return { ...json(200, { count: value.length, value }), effect: `ID token issued to ${claims.sub}` }
  }

  return {
    service: {
      name: 'oidc',
      routes: [
        { method: 'GET', path: /^\/idtoken$/, handle: idToken },
        {
          method: 'GET',
          path: /^\/\.well-known\/openid-configuration$/,
          handle: () => json(200, discoveryDocument(address())),
        },
        { method: 'GET', path: /^\/\.well-known\/jwks$/, handle: () => json(200, keySet(folder)) },
      ],
      unknown: () => json(404, { message: 'Not Found' }),
    },
    setClaims: (claims) => {
      store.change((state) => {
        state.claims = claims
      })
    },
    issue: (claims) => sealed(token, { claims }),
  }
}

/** Returns the issuer's discovery document (OpenID Connect Discovery 1.0, section 3). */
function discoveryDocument(issuer: string) {
  return {
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks`,
    subject_types_supported: ['public', 'pairwise'],
    response_types_supported: ['id_token'],
    claims_supported: ['iss', 'aud', 'exp', 'iat', 'nbf', 'jti', ...Object.keys(claimsOf({ environment: '' }))],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid'],
  }
}

/** Returns the key set with the public key of a folder (RFC 7517, section 5). */
function keySet(folder: string) {
  const { kid, jwk } = publicPart(keyOf(folder))
  return { keys: [{ ...jwk, kid, use: 'sig', alg: 'RS256' }] }
}

/** Returns the private key in a folder, created on first use, since most sandboxes never need one. */
function keyOf(folder: string): string {
  const file = join(folder, 'key.pem')
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    writeWhole(file, privateKey.export({ format: 'pem', type: 'pkcs8' }))
  }
  return readFileSync(file, 'utf8')
}

/** Returns the public part of a key, with its thumbprint as id (RFC 7638). */
function publicPart(key: string) {
  const { e, kty, n } = createPublicKey(createPrivateKey(key)).export({ format: 'jwk' })
  const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url')
  return { kid, jwk: { kty, n, e } }
}

/** Makes a JWT (RFC 7515) signed with RS256. */
function signed(key: string, claims: object): string {
  const text = `${encoded({ typ: 'JWT', alg: 'RS256', kid: publicPart(key).kid })}.${encoded(claims)}`
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`
}
