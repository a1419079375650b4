import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Artifact } from '@slipway/core/artifact'
import type { Effort } from '@slipway/core/patience'
import { movePointer } from '@slipway/core/pointer'
import type { Clock, Http, HttpRequest } from '@slipway/core/ports'
import { preflight, type Shipment } from '@slipway/core/preflight'
import { ProblemError } from '@slipway/core/problem'
import { publishOnce } from '@slipway/core/publish'
import type { Pointer, Publisher, Receipt } from '@slipway/core/publisher'
import { FAULTS, faulty, type Recorded, type Strike, testClock } from './faults.ts'

/** A publisher, and the pointers to move once everything is published. */
export interface Destination {
  publisher: Publisher
  pointers?(artifacts: readonly Artifact[]): Pointer[]
}

/** One or more remotes to test, new and empty for each case. */
export interface Remote {
  /** At least two artifacts; one if a version has only one. */
  artifacts: Artifact[]
  /** The first artifact, with other content under the same name. */
  altered: Artifact
  http: Http
  /** Returns the destinations, like a new process. */
  destinations(ports: { http: Http; clock: Clock }): Destination[]
  /** Problem code for other content under the same name; default: `conflict`. */
  conflict?: string
  /** Counts how often the remote, or each of them, accepted each file, by file name. */
  accepted(): Promise<Record<string, number>>
  /** Delays the visibility of accepted files; absent if the remote has no lag. */
  lag?(milliseconds: number): Promise<void>
  /** A fault after which a release takes another path, whose requests get fault cases too. */
  detour?(requests: readonly Recorded[]): Strike
  /** Called for each pause of the fake clock, for a remote that depends on it. */
  onSleep?(milliseconds: number): void | Promise<void>
  close?(): Promise<void>
}

const PATIENCE = { deadline: 60_000, pause: 1000, tries: 4 }

/** Runs a release as one process: preflight, publishing, pointers. Returns the receipts of publishing. */
async function release(destinations: readonly Destination[], artifacts: readonly Artifact[], effort: Effort) {
  const shipments: Shipment[] = destinations.map(({ publisher }) => ({ publisher, artifacts }))
  await preflight(shipments, effort)
  const receipts: Receipt[] = []
  for (const shipment of shipments) receipts.push(...(await publishOnce(shipment, effort)))
  for (const { pointers } of destinations) {
    for (const pointer of pointers?.(artifacts) ?? []) await movePointer(pointer, effort)
  }
  return receipts
}

/** Recorded requests, from which the cases are derived. */
interface Cases {
  /** Whether accepted files are visible at once. */
  showsAtOnce: boolean
  /** Requests of a release to an empty remote. */
  fresh: readonly Recorded[]
  /** Requests up to a conflict. */
  conflict: readonly Recorded[]
  /** Requests after a detour, which is the first fault. */
  detour?: { first: Strike; requests: readonly Recorded[] }
  /** Requests with cases in another contract. */
  elsewhere?: readonly Recorded[]
}

/** Defines the tests of the contract for publishers. @param open returns a new remote */
export function contract(
  name: string,
  open: () => Promise<Remote>,
  recorded: Cases,
  routeOf: (request: HttpRequest) => string,
) {
  describe(`${name} keeps the contract`, () => {
    let remote: Remote
    const all = [
      ...recorded.fresh,
      ...recorded.conflict,
      ...(recorded.detour?.requests ?? []),
      ...(recorded.elsewhere ?? []),
    ]
    const covered = new Set(all.map((each) => each.route))
    const seen = new Set<string>()
    const opened: Remote[] = []

    beforeEach(async () => {
      remote = await open()
      opened.push(remote)
    })
    afterEach(async () => {
      for (const each of opened.splice(0)) await each.close?.()
    })

    const run = async (artifacts: readonly Artifact[], ...strikes: readonly Strike[]) => {
      const clock = testClock((milliseconds) => remote.onSleep?.(milliseconds))
      const { port, requests } = faulty(remote.http, routeOf, clock, ...strikes)
      const effort: Effort = { clock, log: { info() {}, debug() {}, problem() {} }, patience: PATIENCE }
      const result = await release(remote.destinations({ http: port, clock }), artifacts, effort).then(
        (receipts) => ({ receipts, failure: null }),
        (failure: unknown) => ({ receipts: [], failure }),
      )
      for (const each of requests) seen.add(each.route)
      return { ...result, requests, slept: clock.slept }
    }
    /** Maps each artifact, once per destination. */
    const everywhere = <T>(map: (artifact: Artifact, index: number) => T): T[] => {
      const count = remote.destinations({ http: remote.http, clock: testClock() }).length
      return Array.from({ length: count }, () => remote.artifacts.map(map)).flat()
    }
    const statuses = (receipts: readonly { status: string }[]) => receipts.map((each) => each.status)
    const once = () => Object.fromEntries(remote.artifacts.map((each) => [each.filename, 1]))

    test('absent: published; run again: nothing is sent', async () => {
      const first = await run(remote.artifacts)
      expect(first.failure).toBeNull()
      expect(statuses(first.receipts)).toEqual(everywhere(() => 'published'))
      expect(first.receipts.map((each) => each.digest)).toEqual(everywhere((each) => `sha256:${each.sha256}`))
      const second = await run(remote.artifacts)
      expect(statuses(second.receipts)).toEqual(everywhere(() => 'already there'))
      expect(second.requests.filter((each) => each.writes)).toEqual([])
      expect(await remote.accepted()).toEqual(once())
    })

    test('some are there: only the missing ones are sent', async () => {
      await run(remote.artifacts.slice(0, 1))
      const rest = await run(remote.artifacts)
      expect(statuses(rest.receipts)).toEqual(everywhere((_, index) => (index === 0 ? 'already there' : 'published')))
      expect(await remote.accepted()).toEqual(once())
    })

    test('other bytes under the same name: one conflict, nothing written', async () => {
      await run(remote.artifacts.slice(0, 1))
      const before = await remote.accepted()
      const conflict = await run([remote.altered, ...remote.artifacts.slice(1)])
      expect(conflict.failure).toBeInstanceOf(ProblemError)
      expect((conflict.failure as ProblemError).problems.map((each) => each.code)).toEqual([
        remote.conflict ?? 'conflict',
      ])
      expect((conflict.failure as ProblemError).message).toContain(remote.altered.filename)
      expect(conflict.requests.filter((each) => each.writes)).toEqual([])
      expect(await remote.accepted()).toEqual(before)
    })

    const lagging = recorded.showsAtOnce ? [] : ['accepted but not visible: waits, and gives up at the deadline']
    for (const title of lagging) {
      test(title, async () => {
        await remote.lag?.(5000)
        const late = await run(remote.artifacts)
        expect(late.failure).toBeNull()
        expect(await remote.accepted()).toEqual(once())
        remote = await open()
        opened.push(remote)
        await remote.lag?.(PATIENCE.deadline * 10)
        const never = await run(remote.artifacts)
        expect((never.failure as ProblemError).problems.map((each) => each.code)).toEqual(['not-visible'])
        expect(never.slept.reduce((sum, each) => sum + each, 0)).toBeLessThan(PATIENCE.deadline * 2)
      })
    }

    for (const [n, { route }] of recorded.conflict.entries()) {
      for (const fault of FAULTS) {
        test(`conflict, ${fault.name} at request ${n}, ${route}`, async () => {
          await run(remote.artifacts.slice(0, 1))
          const before = await remote.accepted()
          const struck = await run([remote.altered], { n, fault })
          expect(struck.requests.length).toBeGreaterThan(n)
          expect(struck.failure).not.toBeNull()
          if (fault.kind === 'passing') {
            expect((struck.failure as ProblemError).problems.map((each) => each.code)).toEqual([
              remote.conflict ?? 'conflict',
            ])
          }
          expect(struck.requests.filter((each) => each.writes)).toEqual([])
          expect(await remote.accepted()).toEqual(before)
        })
      }
    }

    /** Defines a case for each fault at each request, after the faults that lead to it. */
    const casesOf = (requests: readonly Recorded[], from: number, ...before: readonly Strike[]) => {
      for (const [n, { route, writes }] of [...requests.entries()].slice(from)) {
        for (const fault of FAULTS) {
          test(`${[...before.map((each) => each.fault), fault].map((each) => each.name).join(', ')} at request ${n}, ${route}`, async () => {
            const struck = await run(remote.artifacts, ...before, { n, fault })
            expect(struck.requests.length).toBeGreaterThan(n)
            if (fault.kind === 'passing') {
              expect(struck.failure).toBeNull()
              if (fault.pause) expect(struck.slept).toContain(fault.pause)
            } else if (fault.kind === 'final') {
              expect(struck.failure).toBeInstanceOf(ProblemError)
              expect((struck.failure as ProblemError).problems[0]?.hint).not.toBe('')
              // A denied request fails at once, and nothing more is sent.
              if (writes) expect(struck.requests.slice(n + 1).filter((each) => each.writes)).toEqual([])
            } else {
              expect(struck.failure).not.toBeNull()
            }
            const again = await run(remote.artifacts)
            expect(again.failure).toBeNull()
            expect(await remote.accepted()).toEqual(once())
          })
        }
      }
    }
    casesOf(recorded.fresh, 0)
    if (recorded.detour) casesOf(recorded.detour.requests, recorded.detour.first.n + 1, recorded.detour.first)

    test('every request of any run has fault cases', () => {
      expect([...seen].filter((each) => !covered.has(each))).toEqual([])
      expect(recorded.fresh.length).toBeGreaterThan(0)
    })
  })
}

/** Runs the releases from which the cases are derived, each with a new remote. */
export async function record(open: () => Promise<Remote>, routeOf: (request: HttpRequest) => string): Promise<Cases> {
  const run = async (remote: Remote, act: typeof release, artifacts: Artifact[], ...strikes: readonly Strike[]) => {
    const clock = testClock((milliseconds) => remote.onSleep?.(milliseconds))
    const { port, requests } = faulty(remote.http, routeOf, clock, ...strikes)
    const effort: Effort = { clock, log: { info() {}, debug() {}, problem() {} }, patience: PATIENCE }
    await act(remote.destinations({ http: port, clock }), artifacts, effort)
    return requests
  }
  const probe: typeof release = async (destinations, artifacts) => {
    for (const { publisher } of destinations) await publisher.probe(artifacts)
    return []
  }
  const remote = await open()
  const fresh = await run(remote, release, remote.artifacts)
  const conflict = await run(remote, probe, [remote.altered])
  const first = remote.detour?.(fresh)
  await remote.close?.()
  const cases = { showsAtOnce: !remote.lag, fresh, conflict }
  if (!first) return cases
  const other = await open()
  const requests = await run(other, release, other.artifacts, first)
  await other.close?.()
  return { ...cases, detour: { first, requests } }
}
