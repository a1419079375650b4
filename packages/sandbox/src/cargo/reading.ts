import { type Answer, json, type Request } from '../service.ts'
import { type Store, sha256 } from '../store.ts'
import { type IndexEntry, indexPath } from './entry.ts'
import { refusal } from './publish.ts'
import { collisionName, type State, type Version } from './state.ts'
import type { Upstream } from './upstream.ts'
import { presented, presentedCrate, presentedLines } from './web.ts'

/** The answer for missing resources. */
export const missing = json(404, { errors: [{ detail: 'Not Found' }] })

/** crates.io, src/controllers/helpers/pagination.rs. */
const DEFAULT_PER_PAGE = 10
const MAX_PER_PAGE = 100

/** Returns the handlers of reading requests: the index over the upstream one, downloads, and the Web API's crates. */
export function reading(store: Store<State>, upstream: Upstream | null) {
  const find = (name: string) => {
    const crate = store.state.crates[collisionName(name)]
    return crate?.name.toLowerCase() === name.toLowerCase() ? crate : undefined
  }

  const index = async (request: Request, { path = '' }: Record<string, string>): Promise<Answer> => {
    if (path === 'config.json') return json(200, { dl: `${request.origin}/dl`, api: request.origin })
    const name = path.split('/').at(-1) ?? ''
    if (path !== indexPath(name)) return missing
    const upstreamLines = (await upstream?.lines(name)) ?? null
    const localVersions = find(name)?.versions.filter((each) => each.visibleAt <= Date.now()) ?? []
    if (!upstreamLines && localVersions.length === 0) return missing
    const text = merged(upstreamLines?.text ?? '', localVersions)
    const etag = localVersions.length === 0 && upstreamLines?.etag ? upstreamLines.etag : `"${sha256(text)}"`
    // no-cache: cargo may keep it, and asks each time whether it still holds.
    const headers = { etag, 'cache-control': 'no-cache', 'content-type': 'text/plain' }
    return request.headers['if-none-match'] === etag ? { status: 304, headers } : { status: 200, headers, body: text }
  }

  const download = async (_request: Request, { name = '', version = '' }: Record<string, string>): Promise<Answer> => {
    const own = find(name)?.versions.find((each) => each.entry.vers === version)
    if (own) {
      return { status: 200, headers: { 'content-type': 'application/gzip' }, body: store.bytes(own.entry.cksum) }
    }
    if (!upstream) return missing
    return { status: 302, headers: { location: await upstream.download(name, version) } }
  }

  const found = async (name: string) => {
    const own = find(name)
    const lines = own ? null : await upstream?.lines(name)
    if (!own && !lines) return null
    const versions: { crate: string; num: string }[] = own
      ? own.versions.map(presented)
      : presentedLines(lines?.text ?? '')
    const about = own ?? { name: versions.at(-1)?.crate ?? name, description: '' }
    const trustpubOnly = store.state.trustpubOnly.includes(collisionName(name))
    return { crate: presentedCrate(about, versions, trustpubOnly), versions }
  }

  const show = async (_request: Request, { name = '', version }: Record<string, string>): Promise<Answer> => {
    const there = await found(name)
    if (!there) throw refusal(404, 'Not Found')
    const { crate, versions } = there
    if (version === undefined) return json(200, { crate, versions: versions.reverse() })
    const one = versions.find((each) => each.num === version)
    if (!one) throw refusal(404, 'Not Found')
    return json(200, { version: one })
  }

  const list = async ({ query }: Request): Promise<Answer> => {
    const size = Number(query.get('per_page') ?? DEFAULT_PER_PAGE)
    if (size > MAX_PER_PAGE) throw refusal(400, `cannot request more than ${MAX_PER_PAGE} items`)
    const names = new Set(query.getAll('ids[]'))
    const there = await Promise.all([...names].map(found))
    // Unlike the routes of one crate, the list compares names exactly.
    const crates = there.flatMap((each) => (each && names.has(each.crate.name) ? [each.crate] : []))
    crates.sort((a, b) => (a.name < b.name ? -1 : 1))
    return json(200, { crates: crates.slice(0, size), meta: { total: crates.length } })
  }

  return { index, download, show, list }
}

/** Merges the upstream's lines with local ones; a local line replaces the upstream's for the same version. */
function merged(upstreamLines: string, localVersions: Version[]): string {
  const own = new Set(localVersions.map((each) => each.entry.vers))
  const remaining = upstreamLines.split('\n').filter((line) => line && !own.has((JSON.parse(line) as IndexEntry).vers))
  return [...remaining, ...localVersions.map((each) => JSON.stringify(each.entry))].map((line) => `${line}\n`).join('')
}
