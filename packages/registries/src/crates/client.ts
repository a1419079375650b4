import type { Ports } from '@slipway/core/ports'
import { type LoginState, RemoteError } from '@slipway/core/publisher'
import { PUBLIC } from '../endpoints.ts'
import { type Dialect, jsonOf, messageAt, type Send, sender, textOf } from '../remote.ts'
import { type Secret, textOfSecret } from '../trusted/minted.ts'
import { indexPath } from './index-path.ts'

/** A cargo registry and who talks to it. */
export interface CratesRemote {
  /** Sparse index as cargo writes it: `sparse+https://…/`. */
  index: string
  /** A text is sent as it is in the Authorization header; null for asking only. */
  token: Secret | null
  /** Whether it is crates.io, or stands in its place; where left out, its address says so. */
  isCratesIo?: boolean
}

/** One version in an index (cargo reference, "Registry Index", section "JSON schema"). */
export interface IndexedVersion {
  vers: string
  /** sha256 of the .crate, lower-case hex. */
  cksum: string
  yanked: boolean
}

interface IndexConfig {
  dl: string
  api?: string
}

/** Bytes of a .crate are small, but a registry checks them before it answers. */
const PUBLISH_TIMEOUT = 120_000

/** What tokens of trusted publishing begin with (crates.io, crates_io_trustpub, `AccessToken::PREFIX`). */
const TRUSTED_PUBLISHING = 'cio_tp_'

/** What crates.io says with 403 to a token that it does not take (src/auth.rs; src/util/errors.rs, `account_locked`). */
const REFUSALS = /authentication failed|account is .*locked|requires authentication/i

/** Where tokens of trusted publishing are given and taken back (crates.io, src/controllers/trustpub/tokens). */
const TOKENS = '/api/v1/trusted_publishing/tokens'

const DIALECT: Dialect = {
  messageOf: (response) => messageAt(response, 'errors', 0, 'detail'),
  isTaken: (response, message) => response.status < 500 && /is already uploaded|already exists/.test(message),
}

/** Client of a registry's sparse index and Web API (RFC 2789; cargo reference, "Registry Web API"). Each call throws RemoteError. */
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

  /** Whether the index has a crate of this name, in any version. */
  async exists(name: string): Promise<boolean> {
    return (await this.versions(name)).length > 0
  }

  /** Every version of a crate that the index has, yanked ones too, oldest first; none when there is no such crate. */
  async versions(name: string): Promise<IndexedVersion[]> {
    const url = this.#base + indexPath(name)
    // What decides must not come from a cache on the way.
    const request = { method: 'GET', url, headers: { 'cache-control': 'no-cache' } }
    // 404, 410 and 451 all mean that there is no such crate.
    const response = await this.#send(request, [200, 404, 410, 451])
    if (response.status !== 200) return []
    const lines = textOf(response).split('\n').filter(Boolean)
    return lines.map((line) => JSON.parse(line) as IndexedVersion)
  }

  /** The version as the index has it, or null. A yanked version is one. */
  async indexed(name: string, version: string): Promise<IndexedVersion | null> {
    const versions = await this.versions(name)
    // Build metadata does not make another version for a registry.
    return versions.find((each) => withoutBuild(each.vers) === withoutBuild(version)) ?? null
  }

  /** Whether the Web API knows the version: it does as soon as it was accepted, before the index shows it. */
  async accepted(name: string, version: string): Promise<boolean> {
    const api = await this.#api()
    if (api === null) return false
    const url = `${api}/api/v1/crates/${encodeURIComponent(name)}/${encodeURIComponent(version)}`
    // Registries other than crates.io need not have this route: 404 and 405 then say nothing.
    const response = await this.#send({ method: 'GET', url }, [200, 404, 405])
    return response.status === 200
  }

  /** The bytes of a published .crate. */
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

  /** Publishes a .crate with its metadata: two parts, each after its length in 32 bits, little-endian. */
  async publish(metadata: object, crate: Uint8Array): Promise<void> {
    const api = await this.#api()
    const json = new TextEncoder().encode(JSON.stringify(metadata))
    const body = Buffer.alloc(8 + json.length + crate.length)
    body.writeUInt32LE(json.length, 0)
    body.set(json, 4)
    body.writeUInt32LE(crate.length, 4 + json.length)
    body.set(crate, 8 + json.length)
    const headers = { authorization: await this.#authorization(), 'content-type': 'application/octet-stream' }
    const url = `${api}/api/v1/crates/new`
    await this.#send({ method: 'PUT', url, headers, body, timeout: PUBLISH_TIMEOUT }, [200])
  }

  /**
   * Whether crates.io knows the token, asked by looking up an API token of an id that no token has. crates.io answers
   * 403 "authentication failed" to a token that is unknown, expired or revoked, 401 to one of another form, 404 to a
   * token without scopes, and 403 "this token does not have the required permissions" to a token with scopes, which is
   * known by then (crates.io, src/auth.rs and src/controllers/token.rs, `find_api_token`). Whether its scopes cover this
   * crate is checked by the publish request alone, which counts against the rate limit even where it is incomplete.
   * This route does not know tokens of trusted publishing: that one is given tells that the login is taken, for crates
   * that it does not name. Asks nothing of other registries.
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
      // Without words, a 403 comes from what stands before crates.io, and would stop a publish request too.
      if (cause.status === 401 || REFUSALS.test(cause.message)) return 'refused'
      throw cause
    }
  }

  /**
   * What is public of a crate besides its versions; null when there is no such crate, or no such route (crates.io, Web
   * API, `GET /api/v1/crates/{name}`).
   */
  async about(name: string): Promise<{ trustpubOnly: boolean } | null> {
    const api = await this.#api()
    if (api === null) return null
    // Without `include`, crates.io lists every version along.
    const url = `${api}/api/v1/crates/${encodeURIComponent(name)}?include=`
    const response = await this.#send({ method: 'GET', url }, [200, 404, 405])
    if (response.status !== 200) return null
    const { crate } = jsonOf<{ crate?: { trustpub_only?: unknown } }>(response)
    return { trustpubOnly: crate?.trustpub_only === true }
  }

  /** Exchanges an ID token for one that publishes for half an hour (crates.io, `exchange_trustpub_token`). */
  async exchange(jwt: string): Promise<string> {
    const body = new TextEncoder().encode(JSON.stringify({ jwt }))
    const headers = { 'content-type': 'application/json' }
    const url = `${await this.#api()}${TOKENS}`
    const { token } = jsonOf<{ token?: unknown }>(await this.#send({ method: 'POST', url, headers, body }, [200]))
    if (typeof token === 'string') return token
    throw new RemoteError('doubtful', 'the answer holds no token')
  }

  /** Makes such a token worthless (crates.io, `revoke_trustpub_token`). One that has expired is so already. */
  async revoke(token: string): Promise<void> {
    const url = `${await this.#api()}${TOKENS}`
    await this.#send({ method: 'DELETE', url, headers: { authorization: `Bearer ${token}` } }, [204, 401, 403])
  }

  async #authorization(): Promise<string> {
    const { token } = this.#remote
    if (token === null) return ''
    const text = await textOfSecret(token)
    return typeof token === 'string' ? text : `Bearer ${text}`
  }

  async #api(): Promise<string | null> {
    return (await this.#configuration()).api?.replace(/\/$/, '') ?? null
  }

  #configuration(): Promise<IndexConfig> {
    this.#config ??= this.#send({ method: 'GET', url: `${this.#base}config.json` }, [200]).then(jsonOf<IndexConfig>)
    // A failed question may be asked again.
    this.#config.catch(() => {
      this.#config = undefined
    })
    return this.#config
  }
}

function withoutBuild(version: string): string {
  return version.replace(/\+.*$/, '')
}
