import type { HttpRequest, HttpResponse } from '@slipway/core/ports'
import { RemoteError } from '@slipway/core/publisher'
import { jsonOf, type Send } from '../remote.ts'
import { mayPush } from './grants.ts'

/** Who talks to a registry: by a password, or by an identity token that `docker login` was given in its place. */
export type Credentials = { username: string; password: string } | { identityToken: string }

/** What a client asks for: to push to a repository, and to read another that it wants to mount from. */
export interface Access {
  repository: string
  mountFrom: string | null
}

const NONE: Promise<string | null> = Promise.resolve(null)

interface Challenge {
  scheme: string
  parameters: Record<string, string>
}

/** The first challenge of a WWW-Authenticate header (RFC 9110, section 11.6.1), or null. */
function challengeOf(response: HttpResponse): Challenge | null {
  const [, scheme, rest] = /^\s*([A-Za-z]+)\s*(.*)$/.exec(response.headers['www-authenticate'] ?? '') ?? []
  if (scheme === undefined) return null
  // Up to where the next challenge begins, whose scheme has no `=`.
  const pairs = [...(rest ?? '').matchAll(/\s*,?\s*([\w-]+)=(?:"([^"]*)"|([^\s,]+))/gy)]
  const parameters = Object.fromEntries(pairs.map(([, key, quoted, bare]) => [key as string, quoted ?? bare ?? '']))
  return { scheme: scheme.toLowerCase(), parameters }
}

/** The header of who names itself by password (RFC 7617). */
export function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/**
 * Finds out how a registry wants to be asked, and asks it so: with a token of its token server (distribution, "Token
 * Authentication Specification" and "OAuth2 token authentication"), or with the password itself.
 */
export class Authorization {
  readonly #send: Send
  readonly #origin: string
  readonly #credentials: Credentials | null
  readonly #access: Access
  #header: Promise<string | null> = NONE

  /** @param registry address of the registry: what it is sent goes to no other */
  constructor(send: Send, registry: string, credentials: Credentials | null, access: Access) {
    this.#send = send
    this.#origin = new URL(registry).origin
    this.#credentials = credentials
    this.#access = access
  }

  /** Sends a request to the registry, a second time when the first one's answer says how to authorize it. */
  async send(request: HttpRequest, expected: readonly number[]): Promise<HttpResponse> {
    const known = this.#header
    const tried = await known
    const response = await this.#authorized(request, [...expected, 401], tried)
    if (response.status !== 401) return response
    // Where an upload is sent elsewhere, what that asks for is not the registry's word.
    const challenge = this.#isOwn(request) ? challengeOf(response) : null
    const header = challenge && (await this.#renewed(known, challenge))
    if (header !== null && header !== tried) return this.#authorized(request, expected, header)
    const why = this.#credentials ? 'it does not take the password' : 'it asks for a login'
    throw new RemoteError('denied', `HTTP 401: ${why}`, { status: 401 })
  }

  /** Whether the token that the last requests were sent with lets push; null when there is none, or it does not tell. */
  async mayPush(): Promise<boolean | null> {
    const [, token] = /^Bearer (.+)$/.exec((await this.#header) ?? '') ?? []
    return token === undefined ? null : mayPush(token, this.#access.repository)
  }

  /** Of several requests that were refused at once, one gets a new header for all. */
  #renewed(known: Promise<string | null>, challenge: Challenge): Promise<string | null> {
    if (this.#header !== known) return this.#header
    const next = this.#answer(challenge)
    this.#header = next
    next.catch(() => {
      if (this.#header === next) this.#header = NONE
    })
    return next
  }

  #authorized(request: HttpRequest, expected: readonly number[], header: string | null): Promise<HttpResponse> {
    const own = header !== null && this.#isOwn(request)
    return this.#send(own ? { ...request, headers: { ...request.headers, authorization: header } } : request, expected)
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
        // A token server may refuse all because of one: then nothing is mounted.
        if (!(cause instanceof RemoteError) || cause.failure !== 'denied' || mountFrom === null) throw cause
        return this.#token(realm, parameters.service, null)
      }
    }
    return scheme === 'basic' && credentials && 'password' in credentials ? basic(credentials) : null
  }

  /** A password must not be sent to who may read it on the way. */
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
    throw new RemoteError('doubtful', 'the token server gave no token')
  }
}
