import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Faults } from './fault.ts'
import { KEEP_ALIVE_MS, PORT_TIMEOUT_MS } from './limits.ts'
import type { RequestLog } from './log.ts'
import { type Body, receive, receiveFile } from './receive.ts'
import { type Answer, findRoute, json, Refusal, type Request, type Service } from './service.ts'

/** The parts that all services share. */
export interface ServiceContext {
  log: RequestLog
  faults: Faults
  /** Returns the configured public address of a service, or null. */
  address(service: Service): string | null
}

/**
 * Handles every request of a service: reads the body, applies faults, calls the service, logs, answers. The log line is
 * written after the effect and before the answer, so an answered request is always in the log.
 */
export function listener(service: Service, context: ServiceContext) {
  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? '/', 'http://localhost')
    const found = findRoute(service, incoming.method ?? 'GET', url.pathname)
    const use = (body: Body) => respond({ service, context, incoming, response, url, found }, body)
    const drafts = found?.route.drafts
    if (drafts === undefined) await use(await receive(incoming))
    else await receiveFile(incoming, drafts, use)
  }
}

/** A request, where it goes, and the response to it. */
interface Exchange {
  service: Service
  context: ServiceContext
  incoming: IncomingMessage
  response: ServerResponse
  url: URL
  found: ReturnType<typeof findRoute>
}

/** Handles a request whose body has been read. */
async function respond(exchange: Exchange, { body, received, size, whole }: Body): Promise<void> {
  const { service, context, incoming, response, url, found } = exchange
  const method = incoming.method ?? 'GET'
  const request: Request = {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body,
    ...(received && { received }),
    origin: context.address(service) ?? `http://${incoming.headers.host ?? 'localhost'}`,
  }
  const entry = {
    service: service.name,
    method,
    path: url.pathname + url.search.replace(/(?<=[?&]sig=)[^&]*/, '…'),
    upload: (found?.route.upload ?? false) && (found?.route.carries?.(incoming.headers) ?? true),
    bodyBytes: size,
  }
  const log = (status: number, answer: Answer | null) =>
    context.log.add({
      ...entry,
      status,
      effect: answer?.effect ?? null,
      accepted: answer !== null && answer.status < 300,
    })

  if (!whole) {
    const effect = found?.route.broken?.(request, found.params) ?? null
    context.log.add({ ...entry, status: 0, effect, accepted: false })
    return
  }
  const fault = context.faults.meet(service.name, method, url.pathname)
  if (fault?.kind === 'status') {
    log(fault.status, null)
    return send(response, dress(service, { status: fault.status, headers: fault.headers, body: fault.body }))
  }
  if (fault?.kind === 'reset-before' || fault?.kind === 'hang-before') {
    log(0, null)
    if (fault.kind === 'reset-before') incoming.socket.resetAndDestroy()
    return
  }
  if (fault?.kind === 'delay') await sleep(fault.milliseconds)
  const answer = await answerOf(service, request, found)
  if (fault?.kind === 'reset-after' || fault?.kind === 'lost-answer') {
    log(0, answer)
    if (fault.kind === 'reset-after') incoming.socket.resetAndDestroy()
    return
  }
  log(answer.status, answer)
  send(response, answer)
}

/** Calls the service; its internal errors become a 500 with the stack trace. */
async function answerOf(service: Service, request: Request, found: ReturnType<typeof findRoute>): Promise<Answer> {
  let answer: Answer
  try {
    answer = found ? await found.route.handle(request, found.params) : service.unknown(request)
  } catch (error) {
    answer =
      error instanceof Refusal ? error.answer : json(500, { message: `sandbox: ${(error as Error)?.stack ?? error}` })
  }
  return dress(service, answer)
}

/** Adds the service's common headers to an answer. */
function dress(service: Service, answer: Answer): Answer {
  return service.dress?.(answer) ?? answer
}

/** Sends an answer. */
function send(response: ServerResponse, answer: Answer): void {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : (answer.body ?? new Uint8Array())
  // A reason phrase is one line of Latin-1 (RFC 9112, section 4).
  const reason = (answer.reason ?? STATUS_CODES[answer.status] ?? '').replace(/[^\x20-\x7e]/g, ' ')
  const empty = answer.status === 204 || answer.status === 304
  response.writeHead(answer.status, reason, {
    ...(!empty && { 'content-length': String(body.length) }),
    ...answer.headers,
  })
  // Node omits the body itself for HEAD, 204 and 304.
  if (!('path' in body)) response.end(body)
  else if (body.length === 0) response.end()
  else
    pipeline(createReadStream(body.path, { start: body.start, end: body.start + body.length - 1 }), response, () => {})
}

/** A listening server on loopback. */
export interface Listening {
  port: number
  /** Closes the server and all its connections. */
  close(): Promise<void>
}

/** Listens on 127.0.0.1 at the wanted port if it is free or becomes free, else at another. */
export async function listen(
  handle: (incoming: IncomingMessage, response: ServerResponse) => Promise<void>,
  wantedPort: number,
): Promise<Listening> {
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((error) => response.destroy(error as Error))
  })
  // Longer than clients keep theirs, else a reused connection may close during a request.
  server.keepAliveTimeout = KEEP_ALIVE_MS
  const deadline = Date.now() + PORT_TIMEOUT_MS
  let port = wantedPort
  while (!(await bound(server, port))) {
    if (Date.now() < deadline) await sleep(20)
    else port = 0
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Binds a server to a port of 127.0.0.1; returns false if the port is unavailable. */
async function bound(server: Server, port: number): Promise<boolean> {
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE' || code === 'EACCES') return false
    throw error
  }
}
