import { setTimeout } from 'node:timers/promises'
import type { Clock, Http, HttpRequest, HttpResponse } from '@slipway/core/ports'

/** A request in a form that is equal in every run. */
export interface Recorded {
  /** Method and path without their variable parts: `PUT /files/*`. */
  route: string
  /** Whether it may change the remote. */
  writes: boolean
}

/** A fault of a request. `after`: the remote has processed the request, once or twice, or received half of the body. */
export interface Fault {
  name: string
  after: boolean | 'half' | 'late' | 'twice'
  /** `passing`: must not stop a release. `final`: must stop it with a Problem. `kill`: the process dies. */
  kind: 'passing' | 'final' | 'kill'
  /** Milliseconds to wait, as the response demands. */
  pause?: number
  /** Returns or throws in place of the response. */
  answer(now: number): HttpResponse
}

const failing = (error: () => Error) => (): HttpResponse => {
  throw error()
}
const network = (code: string) => failing(() => Object.assign(new Error(code), { code }))
const status =
  (code: number, headers: (now: number) => Record<string, string> = () => ({})) =>
  (now: number) => ({
    status: code,
    headers: headers(now),
    body: new TextEncoder().encode(JSON.stringify({ message: `fault ${code}`, errors: [{ detail: `fault ${code}` }] })),
  })

/** Every class of fault that a publisher must handle. */
export const FAULTS: readonly Fault[] = [
  { name: 'reset before', after: false, kind: 'passing', answer: network('ECONNRESET') },
  { name: 'reset after', after: true, kind: 'passing', answer: network('ECONNRESET') },
  { name: 'timeout before', after: false, kind: 'passing', answer: network('ETIMEDOUT') },
  { name: 'answer lost', after: true, kind: 'passing', answer: network('ETIMEDOUT') },
  { name: '500 before', after: false, kind: 'passing', answer: status(500) },
  { name: '502 after', after: true, kind: 'passing', answer: status(502) },
  {
    name: '503 with Retry-After in seconds',
    after: false,
    kind: 'passing',
    pause: 3000,
    answer: status(503, () => ({ 'retry-after': '3' })),
  },
  {
    name: '429 in seconds',
    after: false,
    kind: 'passing',
    pause: 7000,
    answer: status(429, () => ({ 'retry-after': '7' })),
  },
  {
    name: '429 with a date',
    after: false,
    kind: 'passing',
    pause: 9000,
    answer: status(429, (now) => ({ 'retry-after': new Date(now + 9000).toUTCString() })),
  },
  { name: '401', after: false, kind: 'final', answer: status(401) },
  { name: '403', after: false, kind: 'final', answer: status(403) },
  { name: 'killed before', after: false, kind: 'kill', answer: network('KILLED') },
  { name: 'killed after', after: true, kind: 'kill', answer: network('KILLED') },
]

/** A body that is cut off halfway; the remote may keep the received half. */
export const CUT: Fault = { name: 'cut off', after: 'half', kind: 'passing', answer: network('ECONNRESET') }

/** One fault of each class. */
const REPRESENTATIVES = [
  'reset before',
  'answer lost',
  '502 after',
  '429 in seconds',
  '403',
  'killed before',
  'killed after',
]

/** The faults of uploads side by side: also an answer that comes last, and a request that a proxy sends twice. */
export const FAULTS_SIDE_BY_SIDE: readonly Fault[] = [
  ...FAULTS.filter((each) => REPRESENTATIVES.includes(each.name)),
  { name: 'late answer', after: 'late', kind: 'passing', answer: network('UNUSED') },
  { name: 'sent twice', after: 'twice', kind: 'passing', answer: network('UNUSED') },
]

/** A fault, and the number of its request, from 0. */
export interface Strike {
  n: number
  fault: Fault
}

/** Returns whether a request may write. A form without a file only checks the login on PyPI. */
function writes({ method, headers = {} }: HttpRequest): boolean {
  return !['GET', 'HEAD'].includes(method) && headers['content-type'] !== 'application/x-www-form-urlencoded'
}

/**
 * Returns an Http port that records every request and injects faults into some.
 * Requests reach the remote one after another, so that the n-th is the same in every run, unless they go side by side.
 * After a kill, no request reaches the remote, whatever the code under test still does.
 */
export function faulty(
  http: Http,
  routeOf: (request: HttpRequest) => string,
  clock: Clock,
  strikes: readonly Strike[],
  isSideBySide = false,
) {
  const requests: Recorded[] = []
  /** How many requests had started when the last fault was answered. */
  let startedBefore = 0
  let dead = false
  const next: Http = async (request) => {
    if (dead) throw new Error('this process is gone')
    const n = requests.length
    requests.push({ route: routeOf(request), writes: writes(request) })
    const fault = strikes.find((each) => each.n === n)?.fault
    if (!fault) return http(request)
    if (fault.after === 'late') return setTimeout(50).then(() => http(request))
    if (fault.after === 'twice') return http(request).then(() => http(request))
    if (fault.after === true) await http(request)
    if (fault.after === 'half') await http({ ...request, body: halfOf(request.body) })
    dead = fault.kind === 'kill'
    startedBefore = requests.length
    return fault.answer(clock.now())
  }
  let last: Promise<unknown> = Promise.resolve()
  const port: Http = (request) => {
    if (isSideBySide) return next(request)
    const answer = last.then(() => next(request))
    last = answer.catch(() => {})
    return answer
  }
  return { port, requests, startedBefore: () => startedBefore }
}

function halfOf(body: HttpRequest['body']): Uint8Array | Blob {
  if (body === undefined) throw new Error('only a request with a body can be cut off')
  return body instanceof Blob ? body.slice(0, body.size / 2) : body.subarray(0, body.length / 2)
}

/** Returns a clock that advances only by sleeping; `slept` lists the pauses in milliseconds. */
export function testClock(
  onSleep: (milliseconds: number) => void | Promise<void> = () => {},
): Clock & { slept: number[] } {
  let time = Date.UTC(2026, 0, 1)
  const slept: number[] = []
  return {
    slept,
    now: () => time,
    sleep: async (milliseconds) => {
      slept.push(milliseconds)
      time += milliseconds
      await onSleep(milliseconds)
    },
  }
}

/** Returns the effort of a publication whose waiting takes no time, and that reports nothing. */
export function quietEffort() {
  return {
    clock: testClock(),
    log: { info() {}, debug() {}, problem() {} },
    patience: { deadline: 60_000, pause: 10, tries: 3 },
  }
}
