import { type Answer, json, type Request, type Route, type Service } from '../service.ts'
import { Store } from '../store.ts'
import { indexEntry, type PublishedMetadata } from './entry.ts'
import { trustedPublishing } from './exchange.ts'
import { authorize } from './login.ts'
import { demandPublisher } from './permission.ts'
import { placeholder } from './placeholder.ts'
import { checkNaming, checkPublish, parsePublish, refusal } from './publish.ts'
import { missing, reading } from './reading.ts'
import { collisionName, INITIAL, type State } from './state.ts'
import { upstream } from './upstream.ts'

/** A cargo registry with crates.io's rules. */
export interface CargoRegistry {
  service: Service
  /** Milliseconds until the index shows what is published from now on. */
  lag: number
  /** Changes the settings of crates and accounts. */
  set(settings: Partial<Pick<State, 'publishers' | 'tokenLifetime' | 'limits'>>): void
  /** Lets a crate take new versions from trusted publishing alone, or from API tokens too. */
  setTrustpubOnly(name: string, enabled: boolean): void
  /** Publishes an empty version 0.0.0 of a crate. Throws an Error when the crate exists here. */
  reserve(name: string): void
}

/**
 * Makes the registry: a sparse index that lies over `upstream` (its address, or null), downloads, and the Web API.
 * A name that is held here has the upstream's versions too; the own one wins where both have a version.
 */
export function cargoRegistry(options: {
  folder: string
  token: string
  upstream: string | null
  /** Address of the issuer of ID tokens. */
  issuer(): string
}): CargoRegistry {
  const store = new Store<State>(options.folder, INITIAL)
  const below = options.upstream === null ? null : upstream(options.upstream)
  const { index, download, show } = reading(store, below)
  const exists = async (name: string) =>
    store.state.crates[collisionName(name)] !== undefined || ((await below?.lines(name)) ?? null) !== null
  const trusted = trustedPublishing({ store, issuer: options.issuer, exists })

  /** Adds a version; gives the effect in words. */
  const add = (metadata: PublishedMetadata, crate: Buffer, lag: number): string =>
    store.change((state) => {
      const key = collisionName(metadata.name)
      const known = state.crates[key] ?? { name: metadata.name, description: '', versions: [] }
      if (known.name !== metadata.name) throw refusal(400, `crate was previously named \`${known.name}\``)
      if (known.versions.some((each) => withoutBuild(each.entry.vers) === withoutBuild(metadata.vers))) {
        throw refusal(400, `crate version \`${withoutBuild(metadata.vers)}\` is already uploaded`)
      }
      const now = Date.now()
      known.description = metadata.description ?? ''
      known.versions.push({
        entry: indexEntry(metadata, store.keep(crate)),
        license: metadata.license ?? null,
        size: crate.length,
        publishedAt: now,
        visibleAt: now + lag,
      })
      state.crates[key] = known
      return `crate ${metadata.name} ${metadata.vers} published`
    })

  const publish = async (request: Request): Promise<Answer> => {
    const { metadata, crate } = parsePublish(request.body)
    checkNaming(metadata)
    await demandPublisher(request, metadata.name, { store, token: options.token, exists })
    checkPublish(metadata, crate)
    const warnings = { invalid_categories: [], invalid_badges: [], other: [] }
    return { ...json(200, { warnings }), effect: add(metadata, crate, registry.lag) }
  }

  const yank = (yanked: boolean) => (request: Request, params: Record<string, string>) => {
    authorize(request, options.token)
    return store.change((state) => {
      const version = state.crates[collisionName(params.name ?? '')]?.versions.find(
        (each) => each.entry.vers === params.version,
      )
      if (!version) throw refusal(404, 'Not Found')
      const changes = version.entry.yanked !== yanked
      version.entry.yanked = yanked
      const effect = `crate ${version.entry.name} ${version.entry.vers} ${yanked ? 'yanked' : 'unyanked'}`
      return { ...json(200, { ok: true }), ...(changes && { effect }) }
    })
  }

  /** The sandbox's token has no number: it is none of the numbers of its account. */
  const tokenOf = (request: Request): Answer => {
    authorize(request, options.token)
    return missing
  }

  const api = '^/api/v1/crates/(?<name>[^/]+)'
  const routes: Route[] = [
    { method: 'GET', path: /^\/index\/(?<path>.+)$/, handle: index },
    {
      method: 'GET',
      path: /^\/(?:dl|api\/v1\/crates)\/(?<name>[^/]+)\/(?<version>[^/]+)\/download$/,
      handle: download,
    },
    { method: 'PUT', path: /^\/api\/v1\/crates\/new$/, handle: publish, upload: true },
    { method: 'POST', path: TEMPORARY_TOKENS, handle: trusted.exchange },
    { method: 'DELETE', path: TEMPORARY_TOKENS, handle: trusted.revoke },
    { method: 'GET', path: /^\/api\/v1\/me\/tokens\/\d+$/, handle: tokenOf },
    { method: 'DELETE', path: new RegExp(`${api}/(?<version>[^/]+)/yank$`), handle: yank(true) },
    { method: 'PUT', path: new RegExp(`${api}/(?<version>[^/]+)/unyank$`), handle: yank(false) },
    { method: 'GET', path: new RegExp(`${api}$`), handle: show },
    { method: 'GET', path: new RegExp(`${api}/(?<version>[^/]+)$`), handle: show },
  ]
  const registry: CargoRegistry = {
    service: { name: 'cargo', routes, unknown: () => missing },
    lag: 0,
    set: (settings) => store.change((state) => void Object.assign(state, settings)),
    setTrustpubOnly: (name, enabled) =>
      store.change((state) => {
        const others = state.trustpubOnly.filter((each) => each !== collisionName(name))
        state.trustpubOnly = enabled ? [...others, collisionName(name)] : others
      }),
    reserve: (name) => {
      if (store.state.crates[collisionName(name)]) throw new Error(`There is a crate ${name} already.`)
      const { metadata, crate } = placeholder(name)
      try {
        checkNaming(metadata)
      } catch {
        throw new Error(`${name} cannot name a crate.`)
      }
      add(metadata, crate, 0)
    },
  }
  return registry
}

const TEMPORARY_TOKENS = /^\/api\/v1\/trusted_publishing\/tokens$/

/** Versions that differ in build metadata only are one (cargo reference "Registry Index", `vers`). */
const withoutBuild = (version: string) => version.replace(/\+.*$/, '')
