import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from './control-body.ts'
import type { FaultRule } from './fault.ts'
import type { Controls } from './local.ts'
import { SERVICES } from './remotes.ts'
import type { ServiceContext } from './serve.ts'

/** The parts of a sandbox that the control service changes. */
export interface Controlled extends Pick<ServiceContext, 'log' | 'faults'> {
  addresses: Record<string, string>
  remotes: readonly { name: string; controls: Controls }[]
}

/** Returns the listener of the control service. Its requests are neither logged nor subject to faults. */
export function controlListener(controlled: Controlled) {
  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? '/', 'http://localhost')
    let status = 200
    let answer: unknown
    try {
      const parts: Buffer[] = []
      for await (const part of incoming) parts.push(part as Buffer)
      const body = parts.length === 0 ? {} : (JSON.parse(Buffer.concat(parts).toString()) as unknown)
      answer = (await command(controlled, `${incoming.method} ${url.pathname}`, url.searchParams, body)) ?? { ok: true }
    } catch (error) {
      status = 400
      answer = { message: (error as Error).message }
    }
    const text = JSON.stringify(answer)
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
    })
    response.end(text)
  }
}

/** Runs a command and returns its answer. Throws an Error whose message goes to the client. */
function command(controlled: Controlled, what: string, query: URLSearchParams, body: unknown): unknown {
  switch (what) {
    case 'GET /health':
      return { ok: true, schema: 1, pid: process.pid }
    case 'GET /log':
      return controlled.log.since(Number(query.get('since') ?? 0))
    case 'GET /counters':
      return controlled.log.counters()
    case 'POST /faults':
      return controlled.faults.add(faultRule(body))
    case 'DELETE /faults':
      return controlled.faults.clear()
    case 'PUT /addresses':
      for (const name of SERVICES) delete controlled.addresses[name]
      for (const [name, address] of Object.entries(body as Record<string, string>)) {
        controlled.addresses[serviceName(name)] = address.replace(/\/$/, '')
      }
      return
    default:
      return controlOf(controlled, what)(body)
  }
}

/** Checks the parts of a fault rule that, mistyped, would silently do nothing. */
function faultRule(body: unknown): FaultRule {
  const rule = body as FaultRule
  serviceName(rule.service)
  const kinds = ['status', 'reset-before', 'reset-after', 'lost-answer', 'hang-before', 'delay']
  if (!kinds.includes(rule.fault?.kind)) throw new Error(`A fault's kind must be one of ${kinds.join(', ')}.`)
  if (!Number.isInteger(rule.times) || rule.times < 1) throw new Error('times must be a whole number above 0.')
  text(rule, 'method')
  text(rule, 'path')
  return rule
}

/** Finds the command for one remote: `PUT /cargo/lag`. */
function controlOf({ remotes }: Controlled, what: string): (body: unknown) => unknown {
  const [, method, name, control] = /^(\S+) \/(\w+)\/(\w+)$/.exec(what) ?? []
  const found = remotes.find((each) => each.name === name)?.controls[`${method} ${control}`]
  if (!found) throw new Error(`Unknown command ${what}.`)
  return found
}

/** Checks a service's name. */
function serviceName(value: unknown): string {
  const found = SERVICES.find((each) => each === value)
  if (!found) throw new Error(`A service must be one of ${SERVICES.join(', ')}, not ${JSON.stringify(value)}.`)
  return found
}
