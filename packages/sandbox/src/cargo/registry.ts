import type { Handler, Route, Service } from '../service.ts'
import { Store } from '../store.ts'
import { trustedPublishing } from './exchange.ts'
import { authorize } from './login.ts'
import { placeholder } from './placeholder.ts'
import { checkNaming } from './publish.ts'
import { addVersion, publishing } from './publishing.ts'
import { missing, reading } from './reading.ts'
import { collisionName, INITIAL, type State } from './state.ts'
import { upstream } from './upstream.ts'

/** A cargo registry with crates.io's rules. */
export interface CargoRegistry {
  service: Service
  /** Milliseconds until the index shows new versions. */
  lag: number
  /** Changes the settings of crates and accounts. */
  set(settings: Partial<Pick<State, 'publishers' | 'tokenLifetime' | 'limits'>>): void
  /** Makes a crate accept new versions from trusted publishing alone, or from API tokens too. */
  setTrustpubOnly(name: string, enabled: boolean): void
  /**
   * Publishes an empty version 0.0.0 of a crate.
   * @throws Error if the crate exists here
   */
  reserve(name: string): void
}

/** Options of a registry. */
export interface CargoRegistryOptions {
  /** Folder of its state. */
  folder: string
  /** The user's API token. */
  token: string
  /** Address of the index under this one; null for none. */
  upstream: string | null
  /** Returns the address of the issuer of ID tokens. */
  issuer(): string
}

/**
 * Makes the registry: a sparse index over the upstream one, downloads, and the Web API. A crate published here keeps the
 * upstream's versions too; a local version replaces the upstream's.
 */
export function cargoRegistry({ folder, token, upstream: address, issuer }: CargoRegistryOptions): CargoRegistry {
  const store = new Store<State>(folder, INITIAL)
  const below = address === null ? null : upstream(address)
  const exists = async (name: string) =>
    store.state.crates[collisionName(name)] !== undefined || ((await below?.lines(name)) ?? null) !== null
  const routes = routesOf({
    ...reading(store, below),
    ...publishing({ store, token, exists }, () => registry.lag),
    ...trustedPublishing({ store, issuer, exists }),
    // The sandbox's token has no id, so no id of its account exists.
    tokenById: (request) => {
      authorize(request, token)
      return missing
    },
  })
  const registry: CargoRegistry = {
    service: { name: 'cargo', routes, unknown: () => missing },
    lag: 0,
    set: (settings) => store.change((state) => void Object.assign(state, settings)),
    setTrustpubOnly: (name, enabled) =>
      store.change((state) => {
        const others = state.trustpubOnly.filter((each) => each !== collisionName(name))
        state.trustpubOnly = enabled ? [...others, collisionName(name)] : others
      }),
    reserve: (name) => reserve(store, name),
  }
  return registry
}

/** The handlers of all requests. */
interface Handlers extends Record<'index' | 'download' | 'show' | 'list' | 'publish' | 'exchange' | 'revoke', Handler> {
  yank(yanked: boolean): Handler
  tokenById: Handler
}

const API = '^/api/v1/crates/(?<name>[^/]+)'
const TEMPORARY_TOKENS = /^\/api\/v1\/trusted_publishing\/tokens$/

function routesOf({ index, download, show, list, publish, yank, exchange, revoke, tokenById }: Handlers): Route[] {
  return [
    { method: 'GET', path: /^\/index\/(?<path>.+)$/, handle: index },
    {
      method: 'GET',
      path: /^\/(?:dl|api\/v1\/crates)\/(?<name>[^/]+)\/(?<version>[^/]+)\/download$/,
      handle: download,
    },
    { method: 'PUT', path: /^\/api\/v1\/crates\/new$/, handle: publish, upload: true },
    { method: 'POST', path: TEMPORARY_TOKENS, handle: exchange },
    { method: 'DELETE', path: TEMPORARY_TOKENS, handle: revoke },
    { method: 'GET', path: /^\/api\/v1\/me\/tokens\/\d+$/, handle: tokenById },
    { method: 'DELETE', path: new RegExp(`${API}/(?<version>[^/]+)/yank$`), handle: yank(true) },
    { method: 'PUT', path: new RegExp(`${API}/(?<version>[^/]+)/unyank$`), handle: yank(false) },
    { method: 'GET', path: /^\/api\/v1\/crates$/, handle: list },
    { method: 'GET', path: new RegExp(`${API}$`), handle: show },
    { method: 'GET', path: new RegExp(`${API}/(?<version>[^/]+)$`), handle: show },
  ]
}

function reserve(store: Store<State>, name: string): void {
  if (store.state.crates[collisionName(name)]) throw new Error(`Crate ${name} already exists.`)
  const { metadata, crate } = placeholder(name)
  try {
    checkNaming(metadata)
  } catch {
    throw new Error(`${name} is not a valid crate name.`)
  }
  addVersion(store, metadata, crate, 0)
}
