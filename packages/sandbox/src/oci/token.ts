import { createHmac } from 'node:crypto'
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

/** What a token says. A refresh token says nothing but the account. */
interface Claims {
  kind: 'access' | 'refresh'
  /** Null for anybody. */
  account: string | null
  access: Grant[]
  /** Milliseconds since the epoch; null for never. */
  expires: number | null
}

/** Makes a token that only this registry makes. It needs no state, so it outlives a restart. */
function sign(keeper: Keeper, claims: Claims): string {
  const text = Buffer.from(JSON.stringify(claims)).toString('base64url')
  return `${text}.${signature(keeper, text)}`
}

function signature({ name, password }: Keeper, text: string): string {
  return createHmac('sha256', `${name}:${password}`).update(text).digest('base64url')
}

/** What a token says; null for one that was not made here. */
function claimsOf(keeper: Keeper, token: string): Claims | null {
  const [text = '', signed] = token.split('.')
  if (signed !== signature(keeper, text)) return null
  return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Claims
}

/** What an access token grants at a time (milliseconds since the epoch); null for none, or one that is over. */
export function readToken(keeper: Keeper, token: string, now: number): Grant[] | null {
  const claims = claimsOf(keeper, token)
  return claims?.kind === 'access' && (claims.expires ?? 0) > now ? claims.access : null
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
    const access = granted(scopes, account !== null)
    return {
      access_token: sign(keeper, { kind: 'access', account, access, expires: now + LIFETIME * 1000 }),
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
        if (claimsOf(keeper, refresh)?.kind !== 'refresh') throw wrong()
        break
      default:
        return json(400, { error: 'unsupported_grant_type' })
    }
    const account = keeper.username
    const offline = form.get('access_type') === 'offline'
    const fresh = refresh || sign(keeper, { kind: 'refresh', account, access: [], expires: null })
    return json(200, { ...accessToken(account, form.getAll('scope')), ...(offline && { refresh_token: fresh }) })
  }

  return [
    { method: 'GET', path: /^\/token$/, handle: guarded(get) },
    { method: 'POST', path: /^\/token$/, handle: guarded(post) },
  ]
}

/** What of some scopes is granted: to pull to everybody, to push to the account. Each may be several, parted by spaces. */
function granted(scopes: string[], account: boolean): Grant[] {
  const allowed: readonly Action[] = account ? ['pull', 'push'] : ['pull']
  return scopes
    .flatMap((each) => each.split(' '))
    .flatMap((scope) => {
      const [, repository = '', wanted = ''] = /^repository(?:\([^)]*\))?:([^:]+):([^:]+)$/.exec(scope) ?? []
      const actions = allowed.filter((each) => wanted.split(',').includes(each))
      return repository && actions.length > 0 ? [{ repository, actions }] : []
    })
}
