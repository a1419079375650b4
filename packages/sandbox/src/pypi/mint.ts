import { randomBytes } from 'node:crypto'
import { IssuerKeys, readUnverified, verifiedClaims } from '../oidc/verify.ts'
import { type Answer, json, Refusal, type Request } from '../service.ts'
import { type Store, sha256 } from '../store.ts'
import { demandClaims, findPublishers, isKept, type JobClaims, NoPublisher, ReusedToken } from './publishers.ts'
import type { PypiPublisher, State } from './state.ts'
import { normalizedName } from './version.ts'

/** Allowed difference in seconds between the clocks of PyPI and the issuer. */
const LEEWAY = 30

/** The parts of the index that minting uses. */
export interface Mint {
  store: Store<State>
  /** Name of the index, which is also the audience. */
  audience: 'pypi' | 'testpypi'
  /** Returns the address of the issuer of ID tokens. */
  issuer(): string
}

/**
 * Returns the handlers of trusted publishing's two requests: for the audience, and for a token (warehouse,
 * oidc/views.py).
 */
export function minting({ store, audience, issuer }: Mint) {
  const keys = new IssuerKeys(issuer)

  const audienceOf = (): Answer =>
    store.state.trustedPublishing
      ? json(200, { audience })
      : json(403, { message: 'Trusted publishing functionality not enabled' })

  const mint = async (request: Request): Promise<Answer> => {
    const jwt = jwtIn(request)
    const issuedBy = readUnverified(jwt)?.claims.iss
    if (issuedBy === undefined) throw tokenRefusal('invalid-payload', 'malformed JWT')
    if (issuedBy !== issuer()) throw tokenRefusal('invalid-payload', 'unknown trusted publishing issuer')
    if (!store.state.trustedPublishing)
      throw tokenRefusal('not-enabled', 'github trusted publishing functionality not enabled')
    const claims = await verified(jwt)
    if (!claims) throw tokenRefusal('invalid-token', 'malformed or invalid token')
    // A created project remains even if the rest is refused.
    const refused = store.change((state) => usePending(claims, state))
    if (refused) throw refused
    return store.change((state) => minted(claims, state))
  }

  /** Returns the claims of an ID token; null if the issuer did not sign it or does not answer. */
  const verified = async (jwt: string) => {
    const kid = readUnverified(jwt)?.header.kid
    const key = typeof kid === 'string' ? await keys.find(kid).catch(() => null) : null
    return key && verifiedClaims(jwt, key, { issuer: issuer(), audience, leeway: LEEWAY })
  }

  return { audienceOf, mint }
}

/** Returns a refusal with PyPI's code and message. */
function tokenRefusal(code: string, description: string): Refusal {
  return new Refusal(json(422, { message: 'Token request failed', errors: [{ code, description }] }))
}

/** Reads the ID token of a request. */
function jwtIn(request: Request): string {
  const fault = (text: string) => tokenRefusal('invalid-payload', `1 validation error for TokenPayload\n${text}`)
  let body: unknown
  try {
    body = JSON.parse(request.body.toString('utf8'))
  } catch (error) {
    throw fault(`  Invalid JSON: ${(error as Error).message}`)
  }
  const { token } = (body ?? {}) as { token?: unknown }
  if (token === undefined) throw fault('token\n  Field required')
  if (typeof token !== 'string') throw fault('token\n  Input should be a valid string')
  return token
}

/** Creates the project of the pending publisher that matches the claims, if any. Returns the refusal if that fails. */
function usePending(claims: Record<string, unknown>, state: State): Refusal | null {
  state.publishers = state.publishers.filter(isKept)
  const pending = state.publishers.filter((each) => each.pending)
  let found: PypiPublisher
  try {
    found = findPublishers(demandClaims(claims), pending, (jti) => isUsed(state, jti))[0]
  } catch (error) {
    if (error instanceof NoPublisher || error instanceof ReusedToken) return null
    throw error
  }
  const name = normalizedName(found.project)
  if (state.projects[name]) {
    state.publishers = state.publishers.filter((each) => each !== found)
    return tokenRefusal('invalid-pending-publisher', 'valid token, but project already exists')
  }
  found.pending = false
  state.projects[name] = { name: found.project, summary: '', files: [] }
  return null
}

/**
 * Issues a token for the publishers that match the claims.
 * @throws Refusal
 */
function minted(claims: Record<string, unknown>, state: State): Answer {
  const now = Date.now()
  let publishers: [PypiPublisher, ...PypiPublisher[]]
  let job: JobClaims
  try {
    job = demandClaims(claims)
    const registered = state.publishers.filter((each) => !each.pending)
    publishers = findPublishers(job, registered, (jti) => isUsed(state, jti))
  } catch (error) {
    if (error instanceof ReusedToken) throw tokenRefusal('invalid-reuse-token', 'invalid token: already used')
    if (!(error instanceof NoPublisher)) throw error
    throw tokenRefusal('invalid-publisher', `valid token, but no corresponding publisher (${error.message})`)
  }
  for (const [jti, until] of Object.entries(state.usedJwts)) if (until < now) delete state.usedJwts[jti]
  state.usedJwts[job.jti] = (job.exp + LEEWAY + 5) * 1000
  const token = `pypi-${randomBytes(96).toString('base64url')}`
  const expiresAt = now + state.tokenLifetime
  const [{ repository, workflow, environment }] = publishers
  const projects = [...new Set(publishers.map((each) => normalizedName(each.project)))]
  const publisher = { repository, workflow, ...(environment && { environment }) }
  state.tokens[sha256(token)] = { publisher, projects, expiresAt }
  const body = { success: true, token, expires: Math.floor(expiresAt / 1000) }
  return { ...json(200, body), effect: `token for ${projects.join(', ')} minted` }
}

const isUsed = (state: State, jti: string) => Object.hasOwn(state.usedJwts, jti)
