import type { Answer, Route } from '../service.ts'
import { type Call, known, repositoryRoute, type Setting } from './call.ts'
import { refusal } from './refusal.ts'
import { hexOf } from './state.ts'

/** Returns the routes that serve blobs (distribution-spec 1.1, "Pulling blobs"). */
export function blobRoutes(setting: Setting): Route[] {
  return [
    repositoryRoute(setting, 'GET', '/blobs/(?<digest>[^/]+)', 'pull', getBlob),
    repositoryRoute(setting, 'DELETE', '/blobs/(?<digest>[^/]+)', 'push', refuseDelete),
  ]
}

/** Refuses to delete, as both registries do in this protocol ("Content Management": 405 then). */
export function refuseDelete(): never {
  throw refusal(405, 'UNSUPPORTED', 'the operation is unsupported')
}

/** Returns a blob or a range of it. */
function getBlob(call: Call): Answer {
  const { digest = '' } = call.params
  const blob = known(call).blobs.find((each) => each.digest === digest)
  if (!blob) throw refusal(404, 'BLOB_UNKNOWN', 'blob unknown to registry', { digest })
  const headers = {
    'content-type': 'application/octet-stream',
    'docker-content-digest': digest,
    etag: `"${digest}"`,
    'accept-ranges': 'bytes',
  }
  if (call.request.method === 'HEAD') {
    return { status: 200, headers: { ...headers, 'content-length': String(blob.size) } }
  }
  const range = rangeOf(call.request.headers.range, blob.size)
  if (range === 'unsatisfiable') {
    throw refusal(416, 'SIZE_INVALID', 'no such range', undefined, { 'content-range': `bytes */${blob.size}` })
  }
  if (!range) return { status: 200, headers, body: call.store.part(hexOf(digest), 0, blob.size) }
  const [first, last] = range
  const partial = { ...headers, 'content-range': `bytes ${first}-${last}/${blob.size}` }
  return { status: 206, headers: partial, body: call.store.part(hexOf(digest), first, last - first + 1) }
}

/**
 * Returns the first and last byte that a Range header requests; null for the whole blob, also if it requests several
 * ranges (RFC 9110, section 14.2).
 */
function rangeOf(header: string | undefined, size: number): [number, number] | 'unsatisfiable' | null {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (from === undefined || to === undefined || (from === '' && to === '')) return null
  if (from !== '' && to !== '' && Number(to) < Number(from)) return null
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  return first < size ? [first, last] : 'unsatisfiable'
}
