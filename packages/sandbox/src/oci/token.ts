import { createHmac, randomUUID } from 'node:crypto'
import { type Answer, json, type Request, type Route } from '../service.ts'
import { hasPassword, type RegistryAuth } from './auth.ts'
import { refusal } from './refusal.ts'

/** An action on a repository. */
export type Action = 'pull' | 'push'

/** Permission for actions on one repository. */
export interface Grant {
  repository: string
  actions: readonly Action[]
}

/** Lifetime of a token in seconds. */
const LIFETIME = 300

/**
 * Claims of a token (RFC 7519; CNCF Distribution, "Token Authentication Implementation"). A refresh token grants
 * nothing.
 */
interface Claims {
  iss: string
  aud: string
  /** RegistryAuth; empty for anonymous callers. */
  sub: string
  /** Expiry in seconds since the epoch; absent in a refresh token, which never expires. */
  exp?: number
  jti: string
  /** Absent in a refresh token. */
  access?: { type: 'repository'; name: string; actions: readonly Action[] }[]
}

/** Header of a JWT (RFC 7515, section 4.1) signed by HMAC with SHA-256. */
const HEADER = encoded({ alg: 'HS256', typ: 'JWT' })

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/**
 * Signs a token that only this registry can make. It needs no state, so it survives a restart. An opaque token is a JWT
 * without its header.
 */
function sign(auth: RegistryAuth, claims: Pick<Claims, 'sub' | 'exp' | 'access'>): string {
  const payload = encoded({ iss: auth.name, aud: auth.name, jti: randomUUID(), ...claims })
  const text = auth.tokens === 'jwt' ? `${HEADER}.${payload}` : payload
  return `${text}.${signature(auth, text)}`
}

function signature({ name, password }: RegistryAuth, text: string): string {
  return createHmac('sha256', `${name}:${password}`).update(text).digest('base64url')
}

/** Returns the claims of a token; null if it was not made here. */
function claimsOf(auth: RegistryAuth, token: string): Claims | null {
  const parts = token.split('.')
  const signed = parts.pop()
  if (signed !== signature(auth, parts.join('.'))) return null
  return JSON.parse(Buffer.from(parts.pop() ?? '', 'base64url').toString('utf8')) as Claims
}

/** Whether claims are those of a refresh token: it has an account and grants nothing by itself. */
function isRefresh(claims: Claims | null): boolean {
  return claims !== null && claims.sub !== '' && claims.access === undefined
}

/** Returns what an access token grants at a time (milliseconds since the epoch); null for an invalid or expired one. */
export function readToken(auth: RegistryAuth, token: string, now: number): Grant[] | null {
  const claims = claimsOf(auth, token)
  if (!claims?.access || (claims.exp ?? 0) * 1000 <= now) return null
  return claims.access.map(({ name, actions }) => ({ repository: name, actions }))
}

/**
 * Returns the routes that issue tokens: GET with or without a password (CNCF Distribution, "Token Authentication
 * Specification"), POST with a password or a refresh token ("Oauth2 Token Authentication").
 */
export function tokenRoutes(auth: RegistryAuth): Route[] {
  const guarded = (handle: (request: Request) => Answer) => (request: Request) => {
    if (auth.mode() === 'basic') throw refusal(404, 'UNSUPPORTED', 'this registry issues no tokens')
    return handle(request)
  }
  const wrong = () => refusal(401, 'UNAUTHORIZED', 'incorrect username or password')
  const accessToken = (account: string | null, scopes: string[]) => {
    const now = Date.now()
    const access = granted(scopes, (repository) => account !== null && auth.mayPush(repository))
    const claim = access.map(({ repository: name, actions }) => ({ type: 'repository' as const, name, actions }))
    return {
      access_token: sign(auth, { sub: account ?? '', access: claim, exp: Math.ceil(now / 1000) + LIFETIME }),
      expires_in: LIFETIME,
      issued_at: new Date(now).toISOString(),
      scope: access.map((each) => `repository:${each.repository}:${each.actions.join(',')}`).join(' '),
    }
  }

  const get = (request: Request): Answer => {
    const signedIn = hasPassword(auth, request)
    if (signedIn === false) throw wrong()
    // The answer has no refresh token even if requested: `docker login` then keeps the password, as with both
    // registries.
    const { scope: _, ...answer } = accessToken(signedIn ? auth.username : null, request.query.getAll('scope'))
    return json(200, { token: answer.access_token, ...answer })
  }

  const post = (request: Request): Answer => {
    const form = new URLSearchParams(request.body.toString('utf8'))
    const refresh = form.get('refresh_token') ?? ''
    switch (form.get('grant_type')) {
      case 'password':
        if (form.get('username') !== auth.username || form.get('password') !== auth.password) throw wrong()
        break
      case 'refresh_token':
        if (!isRefresh(claimsOf(auth, refresh))) throw wrong()
        break
      default:
        return json(400, { error: 'unsupported_grant_type' })
    }
    const account = auth.username
    const offline = form.get('access_type') === 'offline'
    const fresh = refresh || sign(auth, { sub: account })
    return json(200, { ...accessToken(account, form.getAll('scope')), ...(offline && { refresh_token: fresh }) })
  }

  return [
    { method: 'GET', path: /^\/token$/, handle: guarded(get) },
    { method: 'POST', path: /^\/token$/, handle: guarded(post) },
  ]
}

/**
 * Returns the granted part of scopes: pull for everybody, push if allowed. Each text may hold several scopes, separated
 * by spaces.
 */
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
