import { type Answer, json, type Request, type Route, type Service } from '../service.ts'
import { Store, sha256 } from '../store.ts'
import { type IndexEntry, indexEntry, indexPath, type PublishedMetadata } from './entry.ts'
import { trustedPublishing } from './exchange.ts'
import { authorize } from './login.ts'
import { demandPublisher } from './permission.ts'
import { placeholder } from './placeholder.ts'
import { checkNaming, checkPublish, parsePublish, refusal } from './publish.ts'
import { collisionName, INITIAL, type State, type Version } from './state.ts'
import { upstream } from './upstream.ts'
import { presented, presentedCrate, presentedLines } from './web.ts'

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
  const find = (name: string) => {
    const crate = store.state.crates[collisionName(name)]
    return crate?.name.toLowerCase() === name.toLowerCase() ? crate : undefined
  }
  const exists = async (name: string) =>
    store.state.crates[collisionName(name)] !== undefined || ((await below?.lines(name)) ?? null) !== null
  const trusted = trustedPublishing({ store, issuer: options.issuer, exists })

  const index = async (request: Request, { path = '' }: Record<string, string>): Promise<Answer> => {
    if (path === 'config.json') return json(200, { dl: `${request.origin}/dl`, api: request.origin })
    const name = path.split('/').at(-1) ?? ''
    if (path !== indexPath(name)) return missing
    const theirs = (await below?.lines(name)) ?? null
    const ours = find(name)?.versions.filter((each) => each.visibleAt <= Date.now()) ?? []
    if (!theirs && ours.length === 0) return missing
    const text = merged(theirs?.text ?? '', ours)
    const etag = ours.length === 0 && theirs?.etag ? theirs.etag : `"${sha256(text)}"`
    // no-cache: cargo may keep it, and asks each time whether it still holds.
    const headers = { etag, 'cache-control': 'no-cache', 'content-type': 'text/plain' }
    return request.headers['if-none-match'] === etag ? { status: 304, headers } : { status: 200, headers, body: text }
  }

  const download = async (_request: Request, { name = '', version = '' }: Record<string, string>): Promise<Answer> => {
    const own = find(name)?.versions.find((each) => each.entry.vers === version)
    if (own) {
      return { status: 200, headers: { 'content-type': 'application/gzip' }, body: store.bytes(own.entry.cksum) }
    }
    if (!below) return missing
    return { status: 302, headers: { location: await below.download(name, version) } }
  }

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

  const show = async (_request: Request, { name = '', version }: Record<string, string>): Promise<Answer> => {
    const own = find(name)
    const lines = own ? null : await below?.lines(name)
    if (!own && !lines) throw refusal(404, 'Not Found')
    const versions: { crate: string; num: string }[] = own
      ? own.versions.map(presented)
      : presentedLines(lines?.text ?? '')
    if (version !== undefined) {
      const one = versions.find((each) => each.num === version)
      if (!one) throw refusal(404, 'Not Found')
      return json(200, { version: one })
    }
    const about = own ?? { name: versions.at(-1)?.crate ?? name, description: '' }
    const trustpubOnly = store.state.trustpubOnly.includes(collisionName(name))
    return json(200, { crate: presentedCrate(about, versions, trustpubOnly), versions: versions.reverse() })
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

const missing = json(404, { errors: [{ detail: 'Not Found' }] })

/** Versions that differ in build metadata only are one (cargo reference "Registry Index", `vers`). */
const withoutBuild = (version: string) => version.replace(/\+.*$/, '')

/** The upstream's lines and the own ones; an own line takes the place of the upstream's for the same version. */
function merged(theirs: string, ours: Version[]): string {
  const own = new Set(ours.map((each) => each.entry.vers))
  const kept = theirs.split('\n').filter((line) => line && !own.has((JSON.parse(line) as IndexEntry).vers))
  return [...kept, ...ours.map((each) => JSON.stringify(each.entry))].map((line) => `${line}\n`).join('')
}
