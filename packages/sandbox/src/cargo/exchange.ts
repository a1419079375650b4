import type { KeyObject } from 'node:crypto'
import { IssuerKeys, readUnverified, verifiedClaims } from '../oidc/verify.ts'
import { type Answer, json, type Request } from '../service.ts'
import { type Store, sha256 } from '../store.ts'
import { credential, demandTemporary, temporaryToken } from './login.ts'
import { refusal } from './publish.ts'
import { type CargoPublisher, collisionName, type State } from './state.ts'

/** Allowed difference in seconds between the clocks of crates.io and the issuer. */
const LEEWAY = 60

/** The claims that crates.io requires. */
const REQUIRED = ['jti', 'repository_owner_id', 'repository', 'workflow_ref', 'event_name', 'run_id', 'sha'] as const
type Claims = Record<(typeof REQUIRED)[number], string> & { environment?: string; exp: number }

/** The parts of the registry that the exchange uses. */
export interface Exchange {
  store: Store<State>
  /** Returns the address of the issuer of ID tokens. */
  issuer(): string
  /** Whether a crate was ever published, here or upstream. */
  exists(name: string): Promise<boolean>
}

/**
 * Returns the handlers of trusted publishing's two requests: exchanging an ID token for a temporary token, and revoking
 * that token (crates.io, src/controllers/trustpub/tokens).
 */
export function trustedPublishing({ store, issuer, exists }: Exchange) {
  const keys = new IssuerKeys(issuer)

  const exchange = async (request: Request): Promise<Answer> => {
    const claims = await claimsOf(jwtIn(request), keys, issuer())
    const [owner = '', name] = claims.repository.split(/\/(.*)/s)
    const repository = `${owner}/${name}`.toLowerCase()
    const registered = store.state.publishers.filter((each) => each.repository.toLowerCase() === repository)
    // crates.io stores publishers with their crate, so a crate that was never published has none.
    const isPublished = await Promise.all(registered.map((each) => exists(each.crate)))
    const publishers = registered.filter((_, index) => isPublished[index])
    return store.change((state) => {
      const now = Date.now()
      for (const [jti, until] of Object.entries(state.usedJwts)) if (until < now) delete state.usedJwts[jti]
      if (Object.hasOwn(state.usedJwts, claims.jti)) throw refusal(400, 'JWT has already been used')
      state.usedJwts[claims.jti] = (claims.exp + LEEWAY) * 1000
      const matching = match(claims, publishers)
      const token = temporaryToken()
      const crates = [...new Set(matching.map((each) => collisionName(each.crate)))]
      state.tokens[sha256(token)] = { crates, expiresAt: now + state.tokenLifetime }
      return { ...json(200, { token }), effect: `temporary token for ${crates.join(', ')} issued` }
    })
  }

  const revoke = (request: Request): Answer => {
    const token = credential(request)
    if (token === null) throw refusal(401, 'Missing `Authorization` header')
    demandTemporary(token)
    const key = sha256(token)
    if (!store.state.tokens[key]) return { status: 204 }
    return store.change((state) => {
      delete state.tokens[key]
      return { status: 204, effect: 'temporary token revoked' }
    })
  }

  return { exchange, revoke }
}

/**
 * Reads the ID token of a request.
 * @throws Refusal 400 or 422 if it is missing
 */
function jwtIn(request: Request): string {
  let body: unknown
  try {
    body = JSON.parse(request.body.toString('utf8'))
  } catch (error) {
    throw refusal(400, `Failed to parse the request body as JSON: ${(error as Error).message}`)
  }
  const { jwt } = (body ?? {}) as { jwt?: unknown }
  if (typeof jwt === 'string') return jwt
  throw refusal(422, 'Failed to deserialize the JSON body into the target type: missing field `jwt`')
}

/**
 * Verifies an ID token and returns its claims.
 * @throws Refusal
 */
async function claimsOf(jwt: string, keys: IssuerKeys, issuer: string): Promise<Claims> {
  const undecodable = refusal(400, 'Failed to decode JWT')
  const read = readUnverified(jwt)
  if (!read || typeof read.header.alg !== 'string' || typeof read.claims.iss !== 'string') throw undecodable
  if (read.claims.iss !== issuer) throw refusal(400, `Unsupported JWT issuer: ${read.claims.iss}`)
  if (typeof read.header.kid !== 'string') throw refusal(400, 'Missing JWT key ID')
  let key: KeyObject | null
  try {
    key = await keys.find(read.header.kid)
  } catch {
    throw refusal(500, 'Failed to load OIDC key set')
  }
  if (!key) throw refusal(400, 'Invalid JWT key ID')
  const claims = verifiedClaims(jwt, key, { issuer, audience: 'crates.io', leeway: LEEWAY })
  if (!claims || REQUIRED.some((each) => typeof claims[each] !== 'string')) throw undecodable
  return claims as Claims
}

/**
 * Returns the publishers that match the claims.
 * @throws Refusal 400 with the mismatch
 */
function match(claims: Claims, registered: readonly CargoPublisher[]): readonly CargoPublisher[] {
  const no = (detail: string) => refusal(400, detail)
  const { repository, event_name, workflow_ref, environment, repository_owner_id } = claims
  if (event_name === 'pull_request_target' || event_name === 'workflow_run') {
    throw no(
      `Trusted Publishing does not support the \`${event_name}\` event trigger due to security concerns. Please use a different trigger such as \`push\`, \`release\`, or \`workflow_dispatch\`.`,
    )
  }
  if (!repository.includes('/')) throw no('Unexpected `repository` value')
  const workflow = /([^/]+\.(?:yml|yaml))@./.exec(workflow_ref)?.[1]
  if (workflow === undefined) throw no('Unexpected `workflow_ref` value')
  if (!isSmallNumber(repository_owner_id)) throw no('Unexpected `repository_owner_id` value')
  if (registered.length === 0) throw no(`No Trusted Publishing config found for repository \`${repository}\`.`)

  const config = `The Trusted Publishing config for repository \`${repository}\``
  const ownerId = Number(repository_owner_id)
  const owned = registered.filter((each) => (each.ownerId ?? ownerId) === ownerId)
  if (owned.length === 0) {
    const expected = registered.map((each) => each.ownerId).join(', ')
    throw no(
      `${config} does not match the repository owner ID (${ownerId}) in the JWT. Expected owner IDs: ${expected}. Please recreate the Trusted Publishing config to update the repository owner ID.`,
    )
  }
  const named = owned.filter((each) => each.workflow === workflow)
  if (named.length === 0) {
    const expected = owned.map((each) => `\`${each.workflow}\``).join(', ')
    throw no(
      `${config} does not match the workflow filename \`${workflow}\` in the JWT. Expected workflow filenames: ${expected}`,
    )
  }
  const allowed = named.filter(
    (each) => each.environment === undefined || each.environment.toLowerCase() === environment?.toLowerCase(),
  )
  if (allowed.length > 0) return allowed
  const expected = `Expected environments: ${named.map((each) => `\`${each.environment}\``).join(', ')}`
  throw no(
    environment === undefined
      ? `${config} requires an environment, but the JWT does not specify one. ${expected}`
      : `${config} does not match the environment \`${environment}\` in the JWT. ${expected}`,
  )
}

/** Whether a text is a 32-bit number. */
const isSmallNumber = (text: string) => /^[+-]?\d+$/.test(text) && Number(text) === (Number(text) | 0)
