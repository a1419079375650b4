import { createWriteStream } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { MAX_REDIRECTS } from '../limits.ts'
import type { Http, HttpRequest, HttpResponse } from '../ports.ts'

const REDIRECTS = new Set([301, 302, 303, 307, 308])
/** Headers with credentials; another origin must not get them (Fetch standard, HTTP-redirect fetch, step 14). */
const CREDENTIALS = new Set(['authorization', 'cookie', 'proxy-authorization'])

/** Methods whose requests say nothing of a body that they do not have (RFC 9110, section 8.6). */
const BODILESS = new Set(['GET', 'HEAD', 'DELETE'])

/** Describes a request as `GET example.invalid/path`, without query and user, which may contain secrets. */
function describe({ method, url }: HttpRequest): string {
  const { host, pathname } = new URL(url)
  return `${method} ${host}${pathname}`
}

function withoutCredentials(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !CREDENTIALS.has(name.toLowerCase())))
}

/** Bytes of a Blob that are in memory at a time; its own stream takes twice the processor time with 64 KiB. */
const PIECE = 2 ** 20

/** Reads a Blob piece by piece. */
async function* piecesOf(blob: Blob): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < blob.size; at += PIECE) yield new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer())
}

/** Encodings of bodies that are decoded here, by their name in `content-encoding` (RFC 9110, section 8.4.1). */
const DECODERS: Readonly<Record<string, 'gunzip' | 'brotliDecompress'>> = { gzip: 'gunzip', br: 'brotliDecompress' }

/** Returns a body without its encoding. */
async function decoded(body: Buffer, encoding: string): Promise<Uint8Array> {
  const name = DECODERS[encoding]
  // The response to a HEAD has the headers of a body, but no body.
  if (name === undefined || body.length === 0) return body
  // Imported only when needed, to keep an action's start fast.
  const [zlib, { promisify }] = await Promise.all([import('node:zlib'), import('node:util')])
  return promisify(zlib[name])(body)
}

/** Reads a body to its end, into memory or to a file. */
async function bodyOf(incoming: IncomingMessage, saveTo: string | undefined): Promise<Buffer> {
  const parts: Buffer[] = []
  if (saveTo === undefined || incoming.statusCode !== 200) for await (const part of incoming) parts.push(part)
  else await pipeline(incoming, createWriteStream(saveTo))
  return Buffer.concat(parts)
}

/** Reads a response to its end. */
async function read(incoming: IncomingMessage, saveTo: string | undefined): Promise<HttpResponse> {
  const raw = await bodyOf(incoming, saveTo)
  const lines = Object.entries(incoming.headersDistinct)
  const headers = Object.fromEntries(lines.map(([name, values = []]) => [name, values.join(', ')]))
  const encoding = headers['content-encoding'] ?? ''
  const body = await decoded(raw, encoding)
  if (encoding in DECODERS) {
    delete headers['content-encoding']
    delete headers['content-length']
  }
  return { status: incoming.statusCode ?? 0, headers, body }
}

/**
 * Returns Node's module for a protocol, loaded with the first request. An `import` of `node:http` would also load the
 * WebSocket client that it exports, which takes longer than node's own start.
 */
function transport(protocol: string) {
  return protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')
}

/**
 * Sends one request by Node's global agents, which keep connections open and follow NODE_USE_ENV_PROXY. `fetch` would
 * close the connection after each HEAD.
 */
function once({ method, url, headers, body, saveTo }: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const size = body instanceof Blob ? body.size : body?.length
  const length = size ?? (BODILESS.has(method) ? undefined : 0)
  const all = {
    accept: '*/*',
    // A file is saved as it is sent.
    'accept-encoding': saveTo === undefined ? Object.keys(DECODERS).join(', ') : 'identity',
    ...(length !== undefined && { 'content-length': String(length) }),
    ...headers,
  }
  return new Promise((resolve, reject) => {
    const { protocol, username, password } = new URL(url)
    if (username !== '' || password !== '') throw new Error('the address contains a login')
    const outgoing = transport(protocol).request(url, { method, headers: all, signal })
    outgoing.on('error', reject)
    outgoing.once('response', (incoming) => {
      // A server may answer before it has the whole body; the rest is then not sent.
      const stop = () => outgoing.writableFinished || outgoing.destroy()
      read(incoming, saveTo).then(resolve, reject).finally(stop)
    })
    if (body instanceof Blob) pipeline(piecesOf(body), outgoing).catch(reject)
    else outgoing.end(body)
  })
}

/** Returns the request that follows a redirect, or null when the response is final. */
function redirected(request: HttpRequest, response: HttpResponse): HttpRequest | null {
  const location = response.headers.location
  if (!REDIRECTS.has(response.status) || location === undefined) return null
  if (request.method !== 'GET' && request.method !== 'HEAD') return null
  const from = new URL(request.url)
  const to = new URL(location, from)
  const headers = request.headers ?? {}
  return { ...request, url: to.href, headers: to.origin === from.origin ? headers : withoutCredentials(headers) }
}

/**
 * Sends one request. Follows redirects of GET and HEAD, without credentials when the origin changes.
 * `timeout` covers all of it.
 * @throws Error with method, host and path, and the cause, when no complete response arrived
 */
export const fetchHttp: Http = async (request) => {
  const late = request.timeout === undefined ? [] : [AbortSignal.timeout(request.timeout)]
  const signal = AbortSignal.any([...late, ...(request.signal ? [request.signal] : [])])
  let current = request
  try {
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const response = await once(current, signal)
      const next = redirected(current, response)
      if (next === null) return response
      current = next
    }
  } catch (cause) {
    const why = late.some((each) => each.aborted) ? `no response within ${request.timeout} ms` : 'no complete response'
    throw new Error(`${describe(current)}: ${why}`, { cause: signal.aborted ? signal.reason : cause })
  }
  throw new Error(`${describe(request)}: more than ${MAX_REDIRECTS} redirects`)
}
