import type { IncomingHttpHeaders } from 'node:http'

/** A request whose body has been read. */
export interface Request {
  method: string
  /** As sent, without the query. */
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: Buffer
  /** `http://host:port` that the client (or the proxy in front) sees this service at, without a trailing slash. */
  origin: string
}

/** What to answer. */
export interface Answer {
  status: number
  headers?: Record<string, string>
  body?: string | Uint8Array
  /** The reason phrase, where a server speaks in it. */
  reason?: string
  /** What the request changed, in words for the log; absent when nothing. */
  effect?: string
}

/** What a route does with a request; `params` are its path's named groups, percent-decoded. */
export type Handler = (request: Request, params: Record<string, string>) => Answer | Promise<Answer>

/** A route. The path is matched as a whole when the expression is anchored. */
export interface Route {
  method: string
  path: RegExp
  handle: Handler
  /** True when the request carries an artifact's bytes. */
  upload?: true
  /** Whether a request to such a route carries them, where not every one does. */
  carries?(headers: IncomingHttpHeaders): boolean
  /** Called instead of `handle` when the body broke off; gives what that changed, or null. */
  broken?: (request: Request, params: Record<string, string>) => string | null
}

/** A service: its routes, and what is common to them. */
export interface Service {
  /** `uploads` is the origin that GitHub takes asset bytes at; the others are remotes. */
  name: string
  routes: readonly Route[]
  /** The answer where there is no route. */
  unknown(request: Request): Answer
  /** Adds what every answer of this service has. */
  dress?(answer: Answer): Answer
}

/** A "no" of a service: thrown inside a change of state it leaves the state as it was. */
export class Refusal extends Error {
  readonly answer: Answer

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`)
    this.name = 'Refusal'
    this.answer = answer
  }
}

/** An answer in JSON. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  }
}

/**
 * Finds the route of a request and its parameters; null when there is none. HEAD takes GET's route.
 */
export function findRoute(
  service: Service,
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | null {
  const wanted = method === 'HEAD' ? 'GET' : method
  for (const route of service.routes) {
    const match = route.method === wanted && route.path.exec(path)
    if (!match) continue
    const params: Record<string, string> = {}
    for (const [name, value] of Object.entries(match.groups ?? {})) {
      const decoded = percentDecoded(value)
      if (decoded === null) return null
      params[name] = decoded
    }
    return { route, params }
  }
  return null
}

/** Percent-decodes; null when it is malformed. */
function percentDecoded(value: string | undefined): string | null {
  try {
    return decodeURIComponent(value ?? '')
  } catch {
    return null
  }
}
