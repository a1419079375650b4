import type { Ports } from '@slipway/core/ports'
import { type LoginState, RemoteError } from '@slipway/core/publisher'
import { PUBLIC } from '../endpoints.ts'
import { CRATE_UPLOAD_TIMEOUT_MS, MAX_QUERIED_CRATES } from '../limits.ts'
import { type Dialect, jsonOf, messageAt, type Send, sender, textOf } from '../remote.ts'
import type { Secret } from '../trusted/minted.ts'
import { indexPath } from './index-path.ts'

/** A cargo registry, and the token for it. */
export interface CratesRemote {
  /** Sparse index as cargo writes it: `sparse+https://…/`. */
  index: string
  /** A string is sent unchanged in the Authorization header; null for queries only. */
  token: Secret | null
  /** Whether it is crates.io or a stand-in for it; default: decided by its address. */
  isCratesIo?: boolean
}

/** One version in an index (cargo reference, "Registry Index", section "JSON schema"). */
export interface IndexedVersion {
  vers: string
  /** sha256 of the .crate, lower-case hex. */
  cksum: string
  yanked: boolean
}

/** The public settings of a crate (crates.io, Web API). */
export interface CrateSettings {
  /** Whether it accepts new versions by trusted publishing only. */
  trustpubOnly: boolean
  /** The address of its repository, as its newest version names it; null for none. */
  repository: string | null
  /** Its newest version; null if unknown. */
  newest: string | null
}

/** A crate in a list of the Web API, as far as it is read. */
interface ListedCrate {
  name: string
  trustpub_only?: unknown
  repository?: unknown
  newest_version?: unknown
}

interface IndexConfig {
  dl: string
  api?: string
}

/** Prefix of trusted publishing tokens (crates.io, crates_io_trustpub, `AccessToken::PREFIX`). */
const TRUSTED_PUBLISHING = 'cio_tp_'

/** crates.io's refusal of an unknown or expired token (src/auth.rs). */
const EXPIRED = /invalid authentication token|authentication failed/i

/** Messages of crates.io's 403 for an unusable token (src/auth.rs; src/util/errors.rs, `account_locked`). */
const REFUSALS = /authentication failed|account is .*locked|requires authentication/i

/** Route that grants and revokes trusted publishing tokens (crates.io, src/controllers/trustpub/tokens). */
const TOKENS = '/api/v1/trusted_publishing/tokens'

const DIALECT: Dialect = {
  messageOf: (response) => messageAt(response, 'errors', 0, 'detail'),
  isTaken: (response, message) => response.status < 500 && /is already uploaded|already exists/.test(message),
}

/**
 * Client of a registry's sparse index and Web API (RFC 2789; cargo reference, "Registry Web API"). Methods throw
 * RemoteError.
 */
export class CratesClient {
  readonly #send: Send
  readonly #remote: CratesRemote
  readonly #base: string
  #config: Promise<IndexConfig> | undefined

  constructor(ports: Pick<Ports, 'http' | 'clock'>, remote: CratesRemote) {
    this.#send = sender(ports, DIALECT)
    this.#remote = remote
    this.#base = remote.index.replace(/^sparse\+/, '').replace(/\/?$/, '/')
  }

  /** Returns whether the index has any version of a crate. */
  async exists(name: string): Promise<boolean> {
    return (await this.versions(name)).length > 0
  }

  /**
   * Returns every version of a crate in the index, oldest first, including yanked ones; none if there is no such crate.
   */
  async versions(name: string): Promise<IndexedVersion[]> {
    const url = this.#base + indexPath(name)
    // Slipway decides by this answer, so it must not come from a cache.
    const request = { method: 'GET', url, headers: { 'cache-control': 'no-cache' } }
    // 404, 410 and 451 all mean that there is no such crate.
    const response = await this.#send(request, [200, 404, 410, 451])
    if (response.status !== 200) return []
    const lines = textOf(response).split('\n').filter(Boolean)
    return lines.map((line) => JSON.parse(line) as IndexedVersion)
  }

  /** Returns a version from the index, yanked or not; null if it is missing. */
  async indexed(name: string, version: string): Promise<IndexedVersion | null> {
    return findVersion(await this.versions(name), version)
  }

  /** Returns whether the Web API has the version, which it does before the index shows it. */
  async accepted(name: string, version: string): Promise<boolean> {
    const api = await this.#api()
    if (api === null) return false
    const url = `${api}/api/v1/crates/${encodeURIComponent(name)}/${encodeURIComponent(version)}`
    // Registries other than crates.io may not have this route, so 404 and 405 prove nothing.
    const response = await this.#send({ method: 'GET', url }, [200, 404, 405])
    return response.status === 200
  }

  /** Downloads a published .crate. */
  async download(name: string, version: string, cksum: string): Promise<Uint8Array> {
    const { dl } = await this.#configuration()
    const prefix = indexPath(name).split('/').slice(0, -1).join('/')
    const markers: Record<string, string> = {
      '{crate}': name,
      '{version}': version,
      '{prefix}': prefix,
      '{lowerprefix}': prefix,
      '{sha256-checksum}': cksum,
    }
    const template = Object.keys(markers).some((each) => dl.includes(each)) ? dl : `${dl}/{crate}/{version}/download`
    const url = template.replace(/\{[a-z0-9-]+\}/g, (marker) => markers[marker] ?? marker)
    return (await this.#send({ method: 'GET', url }, [200])).body
  }

  /** Publishes a .crate with its metadata: two parts, each prefixed by its length (32 bits, little-endian). */
  async publish(metadata: object, crate: Uint8Array): Promise<void> {
    const api = await this.#api()
    const json = new TextEncoder().encode(JSON.stringify(metadata))
    const body = Buffer.alloc(8 + json.length + crate.length)
    body.writeUInt32LE(json.length, 0)
    body.set(json, 4)
    body.writeUInt32LE(crate.length, 4 + json.length)
    body.set(crate, 8 + json.length)
    const url = `${api}/api/v1/crates/new`
    const put = (authorization: string) => {
      const headers = { authorization, 'content-type': 'application/octet-stream' }
      return this.#send({ method: 'PUT', url, headers, body, timeout: CRATE_UPLOAD_TIMEOUT_MS }, [200])
    }
    const { token } = this.#remote
    if (token === null || typeof token === 'string') await put(token ?? '')
    else await token.use(EXPIRED, (granted) => put(`Bearer ${granted}`))
  }

  /**
   * Checks whether crates.io knows the token, by looking up an API token with an id that none has. crates.io answers
   * 403 "authentication failed" for an unknown, expired or revoked token, 401 for one in another format, 404 for a
   * token without scopes, and 403 "this token does not have the required permissions" for a known token with scopes
   * (crates.io, src/auth.rs and src/controllers/token.rs, `find_api_token`). Only the publish request checks whether
   * the scopes cover a crate, and it counts against the rate limit even if incomplete. The route does not know trusted
   * publishing tokens: being granted one shows that crates.io accepts the login, but not for which crates. Sends
   * nothing to other registries.
   */
  async checkLogin(): Promise<LoginState> {
    const { token, index, isCratesIo = index === PUBLIC.crates.index } = this.#remote
    if (token === null) return 'not verified'
    if (typeof token !== 'string') return token.value().then(() => 'accepted')
    if (!isCratesIo || token.startsWith(TRUSTED_PUBLISHING)) return 'not verified'
    const api = await this.#api()
    if (api === null) return 'not verified'
    const request = { method: 'GET', url: `${api}/api/v1/me/tokens/0`, headers: { authorization: token } }
    try {
      const response = await this.#send(request, [404])
      return DIALECT.messageOf(response) === 'Not Found' ? 'accepted' : 'not verified'
    } catch (cause) {
      if (!(cause instanceof RemoteError) || cause.failure !== 'denied') throw cause
      if (cause.message.includes('does not have the required permissions')) return 'accepted'
      // A 403 without a message comes from a proxy in front of crates.io, which would block a publish request too.
      if (cause.status === 401 || REFUSALS.test(cause.message)) return 'refused'
      throw cause
    }
  }

  /**
   * Returns the public settings of the crates that exist, by their exact name; none if there is no such route
   * (crates.io, Web API, `GET /api/v1/crates`; src/controllers/krate/search.rs).
   */
  async settings(names: readonly string[]): Promise<Map<string, CrateSettings>> {
    const starts = names.flatMap((_, at) => (at % MAX_QUERIED_CRATES === 0 ? [at] : []))
    const lists = await Promise.all(starts.map((at) => this.#list(names.slice(at, at + MAX_QUERIED_CRATES))))
    return new Map(lists.flat().map((each) => [each.name, settingsOf(each)]))
  }

  async #list(names: readonly string[]): Promise<ListedCrate[]> {
    const api = await this.#api()
    if (api === null) return []
    const query = new URLSearchParams({ per_page: String(MAX_QUERIED_CRATES) })
    for (const each of names) query.append('ids[]', each)
    const response = await this.#send({ method: 'GET', url: `${api}/api/v1/crates?${query}` }, [200, 404, 405])
    return response.status === 200 ? jsonOf<{ crates: ListedCrate[] }>(response).crates : []
  }

  /** Exchanges an ID token for a token that can publish for 30 minutes (crates.io, `exchange_trustpub_token`). */
  async exchange(jwt: string): Promise<string> {
    const body = new TextEncoder().encode(JSON.stringify({ jwt }))
    const headers = { 'content-type': 'application/json' }
    const url = `${await this.#api()}${TOKENS}`
    const { token } = jsonOf<{ token?: unknown }>(await this.#send({ method: 'POST', url, headers, body }, [200]))
    if (typeof token === 'string') return token
    throw new RemoteError('doubtful', 'the response contains no token')
  }

  /** Revokes such a token (crates.io, `revoke_trustpub_token`). An expired one counts as revoked. */
  async revoke(token: string): Promise<void> {
    const url = `${await this.#api()}${TOKENS}`
    await this.#send({ method: 'DELETE', url, headers: { authorization: `Bearer ${token}` } }, [204, 401, 403])
  }

  async #api(): Promise<string | null> {
    return (await this.#configuration()).api?.replace(/\/$/, '') ?? null
  }

  #configuration(): Promise<IndexConfig> {
    this.#config ??= this.#send({ method: 'GET', url: `${this.#base}config.json` }, [200]).then(jsonOf<IndexConfig>)
    // A failed request may be repeated.
    this.#config.catch(() => {
      this.#config = undefined
    })
    return this.#config
  }
}

/** Returns the settings in a crate's entry of the Web API. */
function settingsOf({ trustpub_only, repository, newest_version }: ListedCrate): CrateSettings {
  return {
    trustpubOnly: trustpub_only === true,
    repository: typeof repository === 'string' ? repository : null,
    newest: typeof newest_version === 'string' ? newest_version : null,
  }
}

/** Finds a version in an index, yanked or not; null if it is missing. Ignores build metadata, as registries do. */
export function findVersion(indexed: readonly IndexedVersion[], version: string): IndexedVersion | null {
  const withoutBuild = (text: string) => text.replace(/\+.*$/, '')
  return indexed.find((each) => withoutBuild(each.vers) === withoutBuild(version)) ?? null
}
