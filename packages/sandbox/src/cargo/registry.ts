import { type Answer, json, type Request, type Route, type Service } from '../service.ts'
import { Store, sha256 } from '../store.ts'
import { type IndexEntry, indexEntry, indexPath } from './entry.ts'
import { checkPublish, parsePublish, refusal } from './publish.ts'
import { upstream } from './upstream.ts'

/** A version that was published here. */
interface Version {
  entry: IndexEntry
  license: string | null
  size: number
  publishedAt: number
  /** When the index shows it. */
  visibleAt: number
}

/** Crates by the name that collisions are judged by: lower-case, `-` as `_`. */
interface State {
  crates: Record<string, { name: string; description: string; versions: Version[] }>
}

/** A cargo registry with crates.io's rules. */
export interface CargoRegistry {
  service: Service
  /** Milliseconds until the index shows what is published from now on. */
  lag: number
}

/**
 * Makes the registry: a sparse index that lies over `upstream` (its address, or null), downloads, and the Web API.
 * A name that is held here has the upstream's versions too; the own one wins where both have a version.
 */
export function cargoRegistry(options: { folder: string; token: string; upstream: string | null }): CargoRegistry {
  const store = new Store<State>(options.folder, { crates: {} })
  const below = options.upstream === null ? null : upstream(options.upstream)
  const find = (name: string) => {
    const crate = store.state.crates[collisionName(name)]
    return crate?.name.toLowerCase() === name.toLowerCase() ? crate : undefined
  }

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

  const publish = (request: Request): Answer => {
    authorize(request, options.token)
    const { metadata, crate } = parsePublish(request.body)
    checkPublish(metadata, crate)
    return store.change((state) => {
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
        visibleAt: now + registry.lag,
      })
      state.crates[key] = known
      const warnings = { invalid_categories: [], invalid_badges: [], other: [] }
      return { ...json(200, { warnings }), effect: `crate ${metadata.name} ${metadata.vers} published` }
    })
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

  const show = (_request: Request, { name = '', version }: Record<string, string>): Answer => {
    const crate = find(name)
    if (!crate) throw refusal(404, 'Not Found')
    const versions = crate.versions.map((each) => presented(each))
    if (version !== undefined) {
      const one = versions.find((each) => each.num === version)
      if (!one) throw refusal(404, 'Not Found')
      return json(200, { version: one })
    }
    const about = { name: crate.name, description: crate.description, newest_version: versions.at(-1)?.num }
    return json(200, { crate: about, versions: versions.reverse() })
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
    { method: 'GET', path: /^\/api\/v1\/me\/tokens\/\d+$/, handle: tokenOf },
    { method: 'DELETE', path: new RegExp(`${api}/(?<version>[^/]+)/yank$`), handle: yank(true) },
    { method: 'PUT', path: new RegExp(`${api}/(?<version>[^/]+)/unyank$`), handle: yank(false) },
    { method: 'GET', path: new RegExp(`${api}$`), handle: show },
    { method: 'GET', path: new RegExp(`${api}/(?<version>[^/]+)$`), handle: show },
  ]
  const registry: CargoRegistry = { service: { name: 'cargo', routes, unknown: () => missing }, lag: 0 }
  return registry
}

const FORM_OF_TOKENS = `The given API token does not match the format used by crates.io. Tokens generated before \
2020-07-14 were generated with an insecure random number generator, and have been revoked.`

const missing = json(404, { errors: [{ detail: 'Not Found' }] })

/** crates.io takes names for one that differ in case, `-` and `_` only. */
const collisionName = (name: string) => name.toLowerCase().replaceAll('-', '_')

/** Versions that differ in build metadata only are one (cargo reference "Registry Index", `vers`). */
const withoutBuild = (version: string) => version.replace(/\+.*$/, '')

/**
 * The token is the whole header (cargo reference "Registry Web API"). Throws a Refusal of 403, or of 401 for what has not
 * the form of crates.io's tokens (crates.io, src/auth.rs).
 */
function authorize(request: Request, token: string): void {
  const given = request.headers.authorization
  if (!given) throw refusal(403, 'this action requires authentication')
  if (given === token) return
  if (!given.startsWith('cio')) throw refusal(401, FORM_OF_TOKENS)
  throw refusal(403, 'authentication failed')
}

/** The upstream's lines and the own ones; an own line takes the place of the upstream's for the same version. */
function merged(theirs: string, ours: Version[]): string {
  const own = new Set(ours.map((each) => each.entry.vers))
  const kept = theirs.split('\n').filter((line) => line && !own.has((JSON.parse(line) as IndexEntry).vers))
  return [...kept, ...ours.map((each) => JSON.stringify(each.entry))].map((line) => `${line}\n`).join('')
}

/** A version as the Web API shows it. */
function presented({ entry, license, size, publishedAt }: Version) {
  const time = new Date(publishedAt).toISOString()
  return {
    crate: entry.name,
    num: entry.vers,
    checksum: entry.cksum,
    yanked: entry.yanked,
    license,
    crate_size: size,
    created_at: time,
    updated_at: time,
    dl_path: `/api/v1/crates/${entry.name}/${entry.vers}/download`,
    features: { ...entry.features, ...entry.features2 },
    rust_version: entry.rust_version ?? null,
    links: entry.links ?? null,
  }
}
