import { MAX_REDIRECTS } from '../limits.ts'
import type { Http, HttpRequest, HttpResponse } from '../ports.ts'

const REDIRECTS = new Set([301, 302, 303, 307, 308])
/** Headers with credentials; another origin must not get them (Fetch standard, HTTP-redirect fetch, step 14). */
const CREDENTIALS = new Set(['authorization', 'cookie', 'proxy-authorization'])

/** Describes a request as `GET example.invalid/path`, without query and user, which may contain secrets. */
function describe({ method, url }: HttpRequest): string {
  const { host, pathname } = new URL(url)
  return `${method} ${host}${pathname}`
}

function withoutCredentials(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !CREDENTIALS.has(name.toLowerCase())))
}

async function once(request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpResponse> {
  const { method, url, headers, body } = request
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    ...(headers && { headers }),
    ...(body && { body: body as Uint8Array<ArrayBuffer> | Blob }),
    ...(signal && { signal }),
  })
  const received = Object.fromEntries(response.headers)
  // fetch has decoded the body, so the headers of the encoded body are wrong.
  if (received['content-encoding'] !== undefined) {
    delete received['content-encoding']
    delete received['content-length']
  }
  return { status: response.status, headers: received, body: new Uint8Array(await response.arrayBuffer()) }
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
 * Sends one request with node's `fetch`. Follows redirects of GET and HEAD, without credentials when the origin changes.
 * `timeout` covers all of it.
 * @throws Error with method, host and path, and the cause, when no complete response arrived
 */
export const fetchHttp: Http = async (request) => {
  const signal = request.timeout === undefined ? undefined : AbortSignal.timeout(request.timeout)
  let current = request
  try {
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const response = await once(current, signal)
      const next = redirected(current, response)
      if (next === null) return response
      current = next
    }
  } catch (cause) {
    const why = signal?.aborted ? `no response within ${request.timeout} ms` : 'no complete response'
    throw new Error(`${describe(current)}: ${why}`, { cause })
  }
  throw new Error(`${describe(request)}: more than ${MAX_REDIRECTS} redirects`)
}
