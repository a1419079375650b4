import type { Clock, Http, HttpRequest, HttpResponse } from '@slipway/core/ports'

/** A request as the contract sees it. */
export interface Recorded {
  /** Method and path with what varies taken out: `PUT /files/*`. */
  route: string
  /** Whether it may change what the remote holds. */
  writes: boolean
}

/** What can happen to a request. `after`: the remote has done what was asked, or has half of the body. */
export interface Fault {
  name: string
  after: boolean | 'half'
  /** `passing`: one such fault must not end a release. `final`: it must, with a Problem. `kill`: the process is gone. */
  kind: 'passing' | 'final' | 'kill'
  /** Milliseconds that the answer asks to wait. */
  pause?: number
  /** What the caller sees in the answer's place. */
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

/** Every class of fault that the contract holds a publisher to. */
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

/** A body that breaks off halfway: what arrived of it is the remote's to keep. */
export const CUT: Fault = { name: 'cut off', after: 'half', kind: 'passing', answer: network('ECONNRESET') }

/** A fault and the request that it is done to, counted from 0. */
export interface Strike {
  n: number
  fault: Fault
}

/** Whether a request may write: a form without a file only asks PyPI whether it knows the login. */
function writes({ method, headers = {} }: HttpRequest): boolean {
  return !['GET', 'HEAD'].includes(method) && headers['content-type'] !== 'application/x-www-form-urlencoded'
}

/**
 * An Http port that records every request, and does faults to some of them.
 * Requests reach the remote one after another, so that the n-th is the same one in every run.
 * After a kill nothing reaches the remote any more, whatever the code under test goes on to do.
 */
export function faulty(
  http: Http,
  routeOf: (request: HttpRequest) => string,
  clock: Clock,
  ...strikes: readonly Strike[]
) {
  const requests: Recorded[] = []
  let dead = false
  const next: Http = async (request) => {
    if (dead) throw new Error('this process is gone')
    const n = requests.length
    requests.push({ route: routeOf(request), writes: writes(request) })
    const fault = strikes.find((each) => each.n === n)?.fault
    if (!fault) return http(request)
    if (fault.after === true) await http(request)
    if (fault.after === 'half') await http({ ...request, body: halfOf(request.body) })
    dead = fault.kind === 'kill'
    return fault.answer(clock.now())
  }
  let last: Promise<unknown> = Promise.resolve()
  const port: Http = (request) => {
    const answer = last.then(() => next(request))
    last = answer.catch(() => {})
    return answer
  }
  return { port, requests }
}

function halfOf(body: HttpRequest['body']): Uint8Array | Blob {
  if (body === undefined) throw new Error('only a request with a body can be cut off')
  return body instanceof Blob ? body.slice(0, body.size / 2) : body.subarray(0, body.length / 2)
}

/** A clock whose time passes only by sleeping; `slept` tells each pause in milliseconds. */
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
