import { createHmac, randomUUID } from 'node:crypto'
import { type Answer, json, type Request, type Route } from '../service.ts'
import { hasPassword, type Keeper } from './account.ts'
import { refusal } from './refusal.ts'

/** What can be done with a repository. */
export type Action = 'pull' | 'push'

/** Leave to do something with one repository. */
export interface Grant {
  repository: string
  actions: readonly Action[]
}

/** Seconds that a token is good for. */
const LIFETIME = 300

/** What a token says (RFC 7519; CNCF Distribution, "Token Authentication Implementation"). A refresh token opens nothing. */
interface Claims {
  iss: string
  aud: string
  /** Empty for anybody. */
  sub: string
  /** Seconds since the epoch; not in a refresh token, which lasts. */
  exp?: number
  jti: string
  /** Not in a refresh token. */
  access?: { type: 'repository'; name: string; actions: readonly Action[] }[]
}

/** The header of a JWT (RFC 7515, section 4.1): that of HMAC with SHA-256. */
const HEADER = encoded({ alg: 'HS256', typ: 'JWT' })

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/**
 * Makes a token that only this registry makes. It needs no state, so it outlives a restart. An opaque one is a
 * JWT without its header.
 */
function sign(keeper: Keeper, claims: Pick<Claims, 'sub' | 'exp' | 'access'>): string {
  const payload = encoded({ iss: keeper.name, aud: keeper.name, jti: randomUUID(), ...claims })
  const text = keeper.tokens === 'jwt' ? `${HEADER}.${payload}` : payload
  return `${text}.${signature(keeper, text)}`
}

function signature({ name, password }: Keeper, text: string): string {
  return createHmac('sha256', `${name}:${password}`).update(text).digest('base64url')
}

/** What a token says; null for one that was not made here. */
function claimsOf(keeper: Keeper, token: string): Claims | null {
  const parts = token.split('.')
  const signed = parts.pop()
  if (signed !== signature(keeper, parts.join('.'))) return null
  return JSON.parse(Buffer.from(parts.pop() ?? '', 'base64url').toString('utf8')) as Claims
}

/** A refresh token is one of an account that opens nothing by itself. */
function isRefresh(claims: Claims | null): boolean {
  return claims !== null && claims.sub !== '' && claims.access === undefined
}

/** What an access token grants at a time (milliseconds since the epoch); null for none, or one that is over. */
export function readToken(keeper: Keeper, token: string, now: number): Grant[] | null {
  const claims = claimsOf(keeper, token)
  if (!claims?.access || (claims.exp ?? 0) * 1000 <= now) return null
  return claims.access.map(({ name, actions }) => ({ repository: name, actions }))
}

/**
 * The routes that give tokens: GET with a password or without (CNCF Distribution, "Token Authentication
 * Specification"), POST with a password or a refresh token ("Oauth2 Token Authentication").
 */
export function tokenRoutes(keeper: Keeper): Route[] {
  const guarded = (handle: (request: Request) => Answer) => (request: Request) => {
    if (keeper.mode() === 'basic') throw refusal(404, 'UNSUPPORTED', 'this registry gives no tokens')
    return handle(request)
  }
  const wrong = () => refusal(401, 'UNAUTHORIZED', 'incorrect username or password')
  const accessToken = (account: string | null, scopes: string[]) => {
    const now = Date.now()
    const access = granted(scopes, (repository) => account !== null && keeper.mayPush(repository))
    const claim = access.map(({ repository: name, actions }) => ({ type: 'repository' as const, name, actions }))
    return {
      access_token: sign(keeper, { sub: account ?? '', access: claim, exp: Math.ceil(now / 1000) + LIFETIME }),
      expires_in: LIFETIME,
      issued_at: new Date(now).toISOString(),
      scope: access.map((each) => `repository:${each.repository}:${each.actions.join(',')}`).join(' '),
    }
  }

  const get = (request: Request): Answer => {
    const signedIn = hasPassword(keeper, request)
    if (signedIn === false) throw wrong()
    // With no refresh token, though a client may ask for one: `docker login` then keeps the password, as with both.
    const { scope: _, ...answer } = accessToken(signedIn ? keeper.username : null, request.query.getAll('scope'))
    return json(200, { token: answer.access_token, ...answer })
  }

  const post = (request: Request): Answer => {
    const form = new URLSearchParams(request.body.toString('utf8'))
    const refresh = form.get('refresh_token') ?? ''
    switch (form.get('grant_type')) {
      case 'password':
        if (form.get('username') !== keeper.username || form.get('password') !== keeper.password) throw wrong()
        break
      case 'refresh_token':
        if (!isRefresh(claimsOf(keeper, refresh))) throw wrong()
        break
      default:
        return json(400, { error: 'unsupported_grant_type' })
    }
    const account = keeper.username
    const offline = form.get('access_type') === 'offline'
    const fresh = refresh || sign(keeper, { sub: account })
    return json(200, { ...accessToken(account, form.getAll('scope')), ...(offline && { refresh_token: fresh }) })
  }

  return [
    { method: 'GET', path: /^\/token$/, handle: guarded(get) },
    { method: 'POST', path: /^\/token$/, handle: guarded(post) },
  ]
}

/** What of some scopes is granted: to pull to everybody, to push to who may. Each may be several, parted by spaces. */
function granted(scopes: string[], mayPush: (repository: string) => boolean): Grant[] {
  return scopes
    .flatMap((each) => each.split(' '))
    .flatMap((scope) => {
      const [, repository = '', wanted = ''] = /^repository(?:\([^)]*\))?:([^:]+):([^:]+)$/.exec(scope) ?? []
      const allowed: Action[] = mayPush(repository) ? ['pull', 'push'] : ['pull']
      const actions = allowed.filter((each) => wanted.split(',').includes(each))
      return repository && actions.length > 0 ? [{ repository, actions }] : []
    })
}
