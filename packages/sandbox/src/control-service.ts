import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from './control-body.ts'
import type { FaultRule } from './fault.ts'
import type { Controls } from './local.ts'
import { SERVICES } from './remotes.ts'
import type { Surroundings } from './serve.ts'

/** What the control service steers. */
export interface Steered extends Pick<Surroundings, 'log' | 'faults'> {
  addresses: Record<string, string>
  remotes: readonly { name: string; controls: Controls }[]
}

/** Listener of the control service. It is an observer: it is neither logged nor does it meet faults. */
export function controlListener(steered: Steered) {
  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? '/', 'http://localhost')
    let status = 200
    let answer: unknown
    try {
      const parts: Buffer[] = []
      for await (const part of incoming) parts.push(part as Buffer)
      const body = parts.length === 0 ? {} : (JSON.parse(Buffer.concat(parts).toString()) as unknown)
      answer = (await command(steered, `${incoming.method} ${url.pathname}`, url.searchParams, body)) ?? { ok: true }
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

/** Does one thing; gives what to answer. Throws an Error whose message is for the one who asked. */
function command(steered: Steered, what: string, query: URLSearchParams, body: unknown): unknown {
  switch (what) {
    case 'GET /health':
      return { ok: true, schema: 1, pid: process.pid }
    case 'GET /log':
      return steered.log.since(Number(query.get('since') ?? 0))
    case 'GET /counters':
      return steered.log.counters()
    case 'POST /faults':
      return steered.faults.add(faultRule(body))
    case 'DELETE /faults':
      return steered.faults.clear()
    case 'PUT /addresses':
      for (const name of SERVICES) delete steered.addresses[name]
      for (const [name, address] of Object.entries(body as Record<string, string>)) {
        steered.addresses[serviceName(name)] = address.replace(/\/$/, '')
      }
      return
    default:
      return controlOf(steered, what)(body)
  }
}

/** A fault rule, as far as a mistyped one would do nothing silently. */
function faultRule(body: unknown): FaultRule {
  const rule = body as FaultRule
  serviceName(rule.service)
  const kinds = ['status', 'reset-before', 'reset-after', 'lost-answer', 'hang-before', 'delay']
  if (!kinds.includes(rule.fault?.kind)) throw new Error(`A fault's kind is one of ${kinds.join(', ')}.`)
  if (!Number.isInteger(rule.times) || rule.times < 1) throw new Error('times is a whole number above 0.')
  text(rule, 'method')
  text(rule, 'path')
  return rule
}

/** What is told to one remote: `PUT /cargo/lag`. */
function controlOf({ remotes }: Steered, what: string): (body: unknown) => unknown {
  const [, method, name, control] = /^(\S+) \/(\w+)\/(\w+)$/.exec(what) ?? []
  const found = remotes.find((each) => each.name === name)?.controls[`${method} ${control}`]
  if (!found) throw new Error(`There is no ${what}.`)
  return found
}

/** A service's name. */
function serviceName(value: unknown): string {
  const found = SERVICES.find((each) => each === value)
  if (!found) throw new Error(`A service is one of ${SERVICES.join(', ')}, not ${JSON.stringify(value)}.`)
  return found
}
