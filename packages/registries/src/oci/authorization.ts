import type { HttpRequest, HttpResponse } from '@slipway/core/ports'
import { RemoteError } from '@slipway/core/publisher'
import { jsonOf, type Send } from '../remote.ts'
import { mayPush } from './grants.ts'

/** Credentials for a registry: a password, or the identity token that `docker login` stores instead of one. */
export type Credentials = { username: string; password: string } | { identityToken: string }

/** Returns the login for a registry, or null if there is none. */
export type Login = (registry: string) => Promise<Credentials | null>

/** The access that a client requests: push to a repository, and pull from another that it mounts blobs from. */
export interface Access {
  repository: string
  mountFrom: string | null
}

const NONE: Promise<string | null> = Promise.resolve(null)

interface Challenge {
  scheme: string
  parameters: Record<string, string>
}

/** Parses the first challenge of a WWW-Authenticate header (RFC 9110, section 11.6.1); null if there is none. */
function challengeOf(response: HttpResponse): Challenge | null {
  const [, scheme, rest] = /^\s*([A-Za-z]+)\s*(.*)$/.exec(response.headers['www-authenticate'] ?? '') ?? []
  if (scheme === undefined) return null
  // Stop where the next challenge begins: its scheme has no `=`.
  const pairs = [...(rest ?? '').matchAll(/\s*,?\s*([\w-]+)=(?:"([^"]*)"|([^\s,]+))/gy)]
  const parameters = Object.fromEntries(pairs.map(([, key, quoted, bare]) => [key as string, quoted ?? bare ?? '']))
  return { scheme: scheme.toLowerCase(), parameters }
}

/** Returns the Authorization header for a user name and password (RFC 7617). */
export function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/**
 * Authorizes requests the way a registry demands: with a token of its token server (distribution, "Token Authentication
 * Specification" and "OAuth2 token authentication"), or with the password itself.
 */
export class Authorization {
  readonly #send: Send
  readonly #origin: string
  readonly #credentials: Credentials | null
  readonly #access: Access
  #header: Promise<string | null> = NONE
  #accepted: string | null = null

  /** @param registry address of the registry, the only one that receives the credentials */
  constructor(send: Send, registry: string, credentials: Credentials | null, access: Access) {
    this.#send = send
    this.#origin = new URL(registry).origin
    this.#credentials = credentials
    this.#access = access
  }

  /** Sends a request to the registry, and once more if the response challenges it. */
  async send(request: HttpRequest, expected: readonly number[]): Promise<HttpResponse> {
    const known = this.#header
    const tried = await known
    const response = await this.#authorized(request, [...expected, 401], tried)
    if (response.status !== 401) return response
    // An upload may go to another server, whose challenge is not the registry's.
    const challenge = this.#isOwn(request) ? challengeOf(response) : null
    const header = challenge && (await this.#renewed(known, challenge))
    if (header !== null && header !== tried) return this.#authorized(request, expected, header)
    const why = this.#credentials ? 'it refuses the password' : 'it asks for a login'
    throw new RemoteError('denied', `HTTP 401: ${why}`, { status: 401 })
  }

  /** Returns whether the registry has accepted the present token or password. Sends nothing. */
  async isAccepted(): Promise<boolean> {
    return this.#accepted !== null && this.#accepted === (await this.#header)
  }

  /** Returns whether the token of the last requests grants push; null if there is none, or it does not say. */
  async mayPush(): Promise<boolean | null> {
    const [, token] = /^Bearer (.+)$/.exec((await this.#header) ?? '') ?? []
    return token === undefined ? null : mayPush(token, this.#access.repository)
  }

  /** Renews the header once for all requests that were challenged at the same time. */
  #renewed(known: Promise<string | null>, challenge: Challenge): Promise<string | null> {
    if (this.#header !== known) return this.#header
    const next = this.#answer(challenge)
    this.#header = next
    next.catch(() => {
      if (this.#header === next) this.#header = NONE
    })
    return next
  }

  async #authorized(request: HttpRequest, expected: readonly number[], header: string | null): Promise<HttpResponse> {
    if (header === null || !this.#isOwn(request)) return this.#send(request, expected)
    const response = await this.#send({ ...request, headers: { ...request.headers, authorization: header } }, expected)
    if (response.status !== 401) this.#accepted = header
    return response
  }

  #isOwn({ url }: HttpRequest): boolean {
    return new URL(url).origin === this.#origin
  }

  async #answer({ scheme, parameters }: Challenge): Promise<string | null> {
    const credentials = this.#credentials
    if (scheme === 'bearer') {
      const realm = this.#realm(parameters.realm)
      const { mountFrom } = this.#access
      try {
        return await this.#token(realm, parameters.service, mountFrom)
      } catch (cause) {
        // A token server may refuse the whole request because of one scope. Without a mount, blobs are uploaded.
        if (!(cause instanceof RemoteError) || cause.failure !== 'denied' || mountFrom === null) throw cause
        return this.#token(realm, parameters.service, null)
      }
    }
    return scheme === 'basic' && credentials && 'password' in credentials ? basic(credentials) : null
  }

  /** Checks the token server's address: a password must not travel in the clear. */
  #realm(realm: string | undefined): URL {
    const url = realm !== undefined && URL.canParse(realm) ? new URL(realm) : null
    if (url?.protocol === 'https:' || url?.origin === this.#origin) return url as URL
    throw new RemoteError('refused', `the registry names no token server that can be trusted (${realm})`)
  }

  async #token(realm: URL, service: string | undefined, mountFrom: string | null): Promise<string> {
    const credentials = this.#credentials
    const { repository } = this.#access
    const scopes = [
      `repository:${repository}:${credentials ? 'pull,push' : 'pull'}`,
      ...(mountFrom === null ? [] : [`repository:${mountFrom}:pull`]),
    ]
    const query = new URLSearchParams(service === undefined ? {} : { service })
    let request: HttpRequest
    if (credentials && 'identityToken' in credentials) {
      const form = { grant_type: 'refresh_token', client_id: 'slipway', refresh_token: credentials.identityToken }
      for (const [key, value] of Object.entries({ ...form, scope: scopes.join(' ') })) query.set(key, value)
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      request = { method: 'POST', url: realm.href, headers, body: new TextEncoder().encode(query.toString()) }
    } else {
      const url = new URL(realm)
      for (const scope of scopes) query.append('scope', scope)
      for (const [key, value] of query) url.searchParams.append(key, value)
      request = { method: 'GET', url: url.href, ...(credentials && { headers: { authorization: basic(credentials) } }) }
    }
    const answer = jsonOf<{ token?: string; access_token?: string }>(await this.#send(request, [200]))
    const token = answer.token ?? answer.access_token
    if (typeof token === 'string' && token !== '') return `Bearer ${token}`
    throw new RemoteError('doubtful', 'the token server returned no token')
  }
}
