import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CargoRegistry } from './cargo/registry.ts'
import type { FaultRule } from './fault.ts'
import type { GitHub } from './github/service.ts'
import type { AuthMode } from './oci/account.ts'
import type { OciName, OciRegistry } from './oci/registry.ts'
import type { PythonIndex } from './pypi/service.ts'
import type { Surroundings } from './serve.ts'
import { SERVICES, type ServiceName } from './service.ts'

/** What the control service steers. */
export interface Steered extends Pick<Surroundings, 'log' | 'faults'> {
  addresses: Partial<Record<ServiceName, string>>
  cargo: CargoRegistry
  pypi: Record<'pypi' | 'testpypi', PythonIndex>
  github: GitHub
  oci: Record<OciName, OciRegistry>
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
      answer = command(steered, `${incoming.method} ${url.pathname}`, url.searchParams, body) ?? { ok: true }
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
    case 'PUT /cargo/lag':
      steered.cargo.lag = milliseconds(body)
      return
    case 'PUT /pypi/lag':
      pythonIndex(steered, body).lag = milliseconds(body)
      return
    case 'POST /pypi/delete':
      return pythonIndex(steered, body).remove(text(body, 'filename'))
    case 'PUT /github/immutable':
      return steered.github.setImmutable(text(body, 'repo'), flag(body, 'enabled'))
    case 'PUT /oci/auth':
      registry(steered, body).auth = authMode(body)
      return
    case 'PUT /oci/immutable':
      return registry(steered, body).setImmutableTags(text(body, 'repository'), flag(body, 'enabled'))
    case 'PUT /addresses':
      for (const name of SERVICES) delete steered.addresses[name]
      for (const [name, address] of Object.entries(body as Record<string, string>)) {
        steered.addresses[serviceName(name)] = address.replace(/\/$/, '')
      }
      return
    default:
      throw new Error(`There is no ${what}.`)
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

/** A service's name. */
function serviceName(value: unknown): ServiceName {
  const found = SERVICES.find((each) => each === value)
  if (!found) throw new Error(`A service is one of ${SERVICES.join(', ')}, not ${JSON.stringify(value)}.`)
  return found
}

/** The Python index that `service` of a body names. */
function pythonIndex(steered: Steered, body: unknown): PythonIndex {
  const name = text(body, 'service')
  if (name !== 'pypi' && name !== 'testpypi') throw new Error('service is pypi or testpypi.')
  return steered.pypi[name]
}

/** The registry of images that `service` of a body names. */
function registry(steered: Steered, body: unknown): OciRegistry {
  const name = text(body, 'service')
  if (name !== 'dockerhub' && name !== 'ghcr') throw new Error('service is dockerhub or ghcr.')
  return steered.oci[name]
}

/** The field `mode` of a body. */
function authMode(body: unknown): AuthMode {
  const mode = text(body, 'mode')
  if (mode !== 'token' && mode !== 'basic') throw new Error('mode is token or basic.')
  return mode
}

/** A field of a body that must be true or false. */
function flag(body: unknown, field: string): boolean {
  const value = (body as Record<string, unknown> | null)?.[field]
  if (typeof value !== 'boolean') throw new Error(`${field} is true or false.`)
  return value
}

/** A field of a body that must be a string. */
function text(body: unknown, field: string): string {
  const value = (body as Record<string, unknown> | null)?.[field]
  if (typeof value !== 'string') throw new Error(`${field} is a string.`)
  return value
}

/** The field `milliseconds` of a body. */
function milliseconds(body: unknown): number {
  const value = (body as { milliseconds?: unknown } | null)?.milliseconds
  if (typeof value !== 'number' || !(value >= 0)) throw new Error('milliseconds is a number from 0.')
  return value
}
