import type { HttpRequest, HttpResponse, Ports } from '@slipway/core/ports'
import { RemoteError, type RemoteFailure } from '@slipway/core/publisher'
import { MAX_QUOTED_CHARACTERS, QUERY_TIMEOUT_MS } from './limits.ts'

/** How Slipway names itself to registries; crates.io's data access policy asks for it. */
export const USER_AGENT = 'slipway (release tool)'

/** How one registry words its refusals. */
export interface Dialect {
  /** Returns the message in the body of a failed response, or null. */
  messageOf(response: HttpResponse): string | null
  /** Returns whether a refusal means that the name is in use. */
  isTaken?(response: HttpResponse, message: string): boolean
}

/** Sends a request once and returns the response if its status is one of `expected`; throws RemoteError otherwise. */
export type Send = (request: HttpRequest, expected: readonly number[]) => Promise<HttpResponse>

/**
 * Returns the function that a registry client sends requests with. Its RemoteError classifies the failure (RFC 9110,
 * sections 15.5 and 15.6).
 * @param ports the clock resolves a Retry-After that is a date
 */
export function sender({ http, clock }: Pick<Ports, 'http' | 'clock'>, dialect: Dialect): Send {
  return async (request, expected) => {
    const headers = { 'user-agent': USER_AGENT, ...request.headers }
    const { timeout = QUERY_TIMEOUT_MS } = request
    const response = await http({ ...request, timeout, headers }).catch((cause) => {
      throw new RemoteError('doubtful', noAnswer(cause, timeout), { cause })
    })
    if (expected.includes(response.status)) return response
    const retryAfter = parseRetryAfter(response.headers['retry-after'], clock.now())
    const said = dialect.messageOf(response)?.trim().slice(0, MAX_QUOTED_CHARACTERS) ?? ''
    throw new RemoteError(failureOf(response, said, dialect), `HTTP ${response.status}${said ? `: ${said}` : ''}`, {
      status: response.status,
      ...(retryAfter !== null && { retryAfter }),
    })
  }
}

function failureOf(response: HttpResponse, said: string, dialect: Dialect): RemoteFailure {
  const { status, headers } = response
  // GitHub's secondary limits are a 403 with Retry-After.
  if (status === 403 && headers['retry-after'] !== undefined) return 'limited'
  const failure = failureOfStatus(status)
  return failure === 'refused' && (status === 409 || dialect.isTaken?.(response, said)) ? 'taken' : failure
}

/** Classifies an HTTP status that is an error (RFC 9110, sections 15.5 and 15.6), without the rest of the response. */
export function failureOfStatus(status: number): RemoteFailure {
  if (status === 429) return 'limited'
  if (status === 401 || status === 403) return 'denied'
  return status >= 500 || status === 408 ? 'doubtful' : 'refused'
}

/**
 * Reads a Retry-After header (RFC 9110, section 10.2.3): seconds, or an HTTP date.
 * Returns the milliseconds to wait from `now`, or null if the header is missing or unreadable.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

/** Returns the body of a response as text. */
export function textOf({ body }: Pick<HttpResponse, 'body'>): string {
  return new TextDecoder().decode(body)
}

/**
 * Returns the body of a response as JSON.
 * @throws RemoteError (`doubtful`) when it is not JSON: something in between answered instead of the registry
 */
export function jsonOf<T>(response: Pick<HttpResponse, 'body'>): T {
  try {
    return JSON.parse(textOf(response)) as T
  } catch (cause) {
    throw new RemoteError('doubtful', 'the answer is not JSON', { cause })
  }
}

/** Returns the string at a path of a JSON body, or null. */
export function messageAt(response: HttpResponse, ...path: (string | number)[]): string | null {
  try {
    const found = path.reduce<unknown>((value, key) => (value as never)?.[key], JSON.parse(textOf(response)))
    return typeof found === 'string' ? found : null
  } catch {
    return null
  }
}

/** Returns the message for a missing response, from the innermost cause: the wrappers only say that it failed. */
function noAnswer(thrown: unknown, timeout: number): string {
  let at = thrown as { cause?: unknown; code?: string | number; message?: string; name?: string }
  while (typeof at.cause === 'object' && at.cause !== null) at = at.cause
  // DOMException, "TimeoutError": its code is a meaningless number.
  if (at.name === 'TimeoutError') return `no answer within ${timeout / 1000} s`
  return `no answer (${typeof at.code === 'string' ? at.code : (at.message ?? String(thrown))})`
}
