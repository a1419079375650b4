import type { IncomingHttpHeaders } from 'node:http'

/** A body that was streamed to a file, which is removed after the request unless a store keeps it. */
export interface Received {
  path: string
  size: number
  /** In lower-case hex. */
  sha256: string
}

/** A request whose body has been read. */
export interface Request {
  method: string
  /** Path as sent, without the query. */
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  /** Empty if the body was streamed. */
  body: Buffer
  /** The body of a route with `drafts`. */
  received?: Received
  /** `http://host:port` of this service as the client (or the proxy in front) sees it, without a trailing slash. */
  origin: string
}

/** A part of a stored file, which is streamed: image layers are larger than the memory. */
export interface Part {
  path: string
  /** Its first byte in the file. */
  start: number
  /** Bytes. */
  length: number
}

/** An answer of a service. */
export interface Answer {
  status: number
  headers?: Record<string, string>
  body?: string | Uint8Array | Part
  /** The reason phrase, for servers that put a message there. */
  reason?: string
  /** The change, in words for the log; absent if there was none. */
  effect?: string
}

/** An answer with a text. */
export interface Text extends Answer {
  body: string
}

/** Handles a request; `params` are the path's named groups, percent-decoded. */
export type Handler = (request: Request, params: Record<string, string>) => Answer | Promise<Answer>

/** A route. An anchored expression matches the whole path. */
export interface Route {
  method: string
  path: RegExp
  handle: Handler
  /** True if requests carry an artifact's bytes. */
  upload?: true
  /** Whether a request carries them, for routes where not every one does. */
  carries?(headers: IncomingHttpHeaders): boolean
  /** Folder that bodies are streamed to, for artifacts of any size; absent to read them into memory. */
  drafts?: string
  /** Called instead of `handle` for a truncated body; returns the change, or null. */
  broken?: (request: Request, params: Record<string, string>) => string | null
}

/** A service: its routes and their common parts. */
export interface Service {
  /** `uploads` is the origin that takes GitHub's asset bytes; the others are remotes. */
  name: string
  routes: readonly Route[]
  /** Answers requests without a route. */
  unknown(request: Request): Answer
  /** Adds the headers common to all answers of this service. */
  dress?(answer: Answer): Answer
}

/** A refused request. Thrown inside a change of state, it leaves the state unchanged. */
export class Refusal extends Error {
  readonly answer: Answer

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`)
    this.name = 'Refusal'
    this.answer = answer
  }
}

/** Returns an answer in JSON. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Text {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  }
}

/** Finds the route of a request and its parameters, or null. HEAD uses GET's route. */
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

/** Percent-decodes a value; null if it is malformed. */
function percentDecoded(value: string | undefined): string | null {
  try {
    return decodeURIComponent(value ?? '')
  } catch {
    return null
  }
}
