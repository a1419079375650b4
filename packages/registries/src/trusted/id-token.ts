import type { Ports } from '@slipway/core/ports'
import { RemoteError } from '@slipway/core/publisher'
import { requireLocal } from '../endpoints.ts'
import { type Dialect, messageAt, sender } from '../remote.ts'

/**
 * The string claims in the ID token of a job, such as `repository`, `workflow_ref`, `environment` (GitHub, "OpenID
 * Connect reference").
 */
export type Claims = Readonly<Record<string, string>>

const DIALECT: Dialect = { messageOf: (response) => messageAt(response, 'message') }

/** Returns whether the job may request ID tokens: it has the permission `id-token: write`. */
export function mayRequestIdTokens(env: Ports['env']): boolean {
  return Boolean(env.ACTIONS_ID_TOKEN_REQUEST_URL && env.ACTIONS_ID_TOKEN_REQUEST_TOKEN)
}

/**
 * Requests an ID token of the running job for an audience (GitHub, "OpenID Connect reference", "Methods for requesting
 * the OIDC token"). Every call requests a fresh one, since registries accept a token once. It is a secret: mask it, and
 * send it to its audience only.
 * @throws RemoteError; `denied` when the job may not request ID tokens
 * @throws ProblemError `sandbox-not-local` when a sandbox is in use but the request would go to GitHub
 */
export async function idToken(ports: Pick<Ports, 'http' | 'env' | 'clock'>, audience: string): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer = '' } = ports.env
  if (!mayRequestIdTokens(ports.env)) {
    throw new RemoteError('denied', 'the job has no permission `id-token: write`, so GitHub grants no ID token')
  }
  if (!URL.canParse(address)) throw new RemoteError('refused', 'ACTIONS_ID_TOKEN_REQUEST_URL is not a URL')
  requireLocal(ports.env, [address])
  const url = new URL(address)
  url.searchParams.set('audience', audience)
  const headers = { authorization: `Bearer ${bearer}`, accept: 'application/json' }
  const response = await sender(ports, DIALECT)({ method: 'GET', url: url.href, headers }, [200])
  // A parser's error would quote the response, and with it the token.
  const value = messageAt(response, 'value')
  if (value === null || payloadOf(value) === null) {
    throw new RemoteError('doubtful', 'the response of the ID token service contains no token')
  }
  return value
}

/**
 * Reads the claims of an ID token without checking its signature: it came from GitHub, and registries check it (RFC
 * 7519, section 3).
 * @throws RemoteError (`doubtful`) when it is not a JWT; the message does not quote it
 */
export function claimsOf(jwt: string): Claims {
  const claims = payloadOf(jwt)
  if (claims === null) throw new RemoteError('doubtful', 'the ID token is not a JWT')
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => typeof value === 'string')) as Claims
}

/** Returns the payload of a JWT; null if it has none. */
function payloadOf(jwt: string): object | null {
  const parts = jwt.split('.')
  if (parts.length !== 3) return null
  try {
    const payload: unknown = JSON.parse(Buffer.from(parts[1] as string, 'base64url').toString('utf8'))
    return typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? payload : null
  } catch {
    return null
  }
}
