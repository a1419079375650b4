import { Refusal } from '../service.ts'
import { indexPath, indexPrefix } from './entry.ts'

/**
 * Milliseconds for which an answer of the upstream index is cached, since one resolution asks for a name many times.
 */
const FRESH = 60_000

/** The index under the sandbox's registry. */
export interface Upstream {
  /** Returns a crate's lines and their ETag; null if the upstream has no such crate. */
  lines(name: string): Promise<{ text: string; etag: string | null } | null>
  /** Returns the address of a version's bytes. */
  download(name: string, version: string): Promise<string>
}

/**
 * Returns the index at an address (`sparse+https://…/`; RFC 2789, cargo reference "Registry Index", Sparse protocol).
 * Its methods throw a Refusal of 502 if the upstream does not answer.
 */
export function upstream(index: string): Upstream {
  const base = index.replace(/^sparse\+/, '').replace(/\/?$/, '/')
  const cache = new Map<string, { until: number; value: Promise<{ text: string; etag: string | null } | null> }>()

  const ask = async (path: string): Promise<{ text: string; etag: string | null } | null> => {
    let response: Response
    let text: string
    try {
      response = await fetch(base + path, { headers: { 'user-agent': 'slipway-sandbox' } })
      text = await response.text()
    } catch (error) {
      throw badGateway(`the upstream index ${base} does not answer: ${reason(error)}`)
    }
    // Registry Index, "Nonexistent crates": these three mean that the crate does not exist.
    if ([404, 410, 451].includes(response.status)) return null
    if (!response.ok) throw badGateway(`the upstream index ${base} answered ${response.status} for ${path}`)
    return { text, etag: response.headers.get('etag') }
  }

  const cached = (path: string) => {
    const known = cache.get(path)
    if (known && known.until > Date.now()) return known.value
    const value = ask(path)
    cache.set(path, { until: Date.now() + FRESH, value })
    value.catch(() => cache.delete(path))
    return value
  }

  return {
    lines: (name) => cached(indexPath(name)),
    download: async (name, version) => {
      const config = await cached('config.json')
      if (!config) throw badGateway(`the upstream index ${base} has no config.json`)
      const { dl } = JSON.parse(config.text) as { dl: string }
      return filled(dl, name, version, async () => checksum((await cached(indexPath(name)))?.text ?? '', version))
    },
  }
}

/**
 * Fills the markers of a `dl` template; without markers, appends `/{crate}/{version}/download` (Registry Index,
 * config.json).
 */
async function filled(dl: string, name: string, version: string, cksum: () => Promise<string>): Promise<string> {
  const template = /\{(crate|version|prefix|lowerprefix|sha256-checksum)\}/.test(dl)
    ? dl
    : `${dl}/{crate}/{version}/download`
  let url = template
    .replaceAll('{crate}', name)
    .replaceAll('{version}', version)
    .replaceAll('{prefix}', indexPrefix(name))
    .replaceAll('{lowerprefix}', indexPrefix(name.toLowerCase()))
  if (url.includes('{sha256-checksum}')) url = url.replaceAll('{sha256-checksum}', await cksum())
  return url
}

/** Returns the checksum in a version's line, or an empty text. */
function checksum(lines: string, version: string): string {
  for (const line of lines.split('\n').filter(Boolean)) {
    const entry = JSON.parse(line) as { vers: string; cksum: string }
    if (entry.vers === version) return entry.cksum
  }
  return ''
}

const badGateway = (text: string) =>
  new Refusal({ status: 502, headers: { 'content-type': 'text/plain' }, body: `sandbox: ${text}` })

/** Returns why a fetch failed; undici hides the reason in the cause. */
function reason(error: unknown): string {
  const { cause, message } = error as Error
  return cause instanceof Error ? `${message}: ${cause.message}` : message
}
