import type { Clock, Http, HttpRequest, HttpResponse } from '@slipway/core/ports'

/** A request as the contract sees it. */
export interface Recorded {
  /** Method and path with what varies taken out: `PUT /files/*`. */
  route: string
  /** Whether it may change what the remote holds. */
  writes: boolean
}

/** What can happen to a request. `after`: the remote has done what was asked. */
export interface Fault {
  name: string
  after: boolean
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

/**
 * An Http port that records every request, and does a fault to the n-th.
 * After a kill nothing reaches the remote any more, whatever the code under test goes on to do.
 */
export function faulty(
  http: Http,
  routeOf: (request: HttpRequest) => string,
  clock: Clock,
  at?: { n: number; fault: Fault },
) {
  const requests: Recorded[] = []
  let dead = false
  const port: Http = async (request) => {
    if (dead) throw new Error('this process is gone')
    const n = requests.length
    requests.push({ route: routeOf(request), writes: !['GET', 'HEAD'].includes(request.method) })
    if (at?.n !== n) return http(request)
    if (at.fault.after) await http(request)
    dead = at.fault.kind === 'kill'
    return at.fault.answer(clock.now())
  }
  return { port, requests }
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
