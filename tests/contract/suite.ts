import { afterAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Artifact } from '@slipway/core/artifact'
import type { Effort } from '@slipway/core/patience'
import type { Clock, Http, HttpRequest } from '@slipway/core/ports'
import { preflight, type Shipment } from '@slipway/core/preflight'
import { ProblemError } from '@slipway/core/problem'
import { publishOnce } from '@slipway/core/publish'
import type { Publisher } from '@slipway/core/publisher'
import { FAULTS, type Fault, faulty, type Recorded, testClock } from './faults.ts'

/** A remote for the contract: fresh and empty for each case. */
export interface Remote {
  /** Two artifacts or more. */
  artifacts: Artifact[]
  /** The first one with other content under the same name. */
  altered: Artifact
  http: Http
  /** A publisher as a new process would make it. */
  publisher(ports: { http: Http; clock: Clock }): Publisher
  /** How often the remote took in each file, by file name. */
  accepted(): Promise<Record<string, number>>
  /** Makes what is accepted from now on visible only `milliseconds` later; absent where the remote has no such lag. */
  lag?(milliseconds: number): Promise<void>
  /** Told of each pause of the fake clock, for a remote that lives by it. */
  onSleep?(milliseconds: number): void | Promise<void>
  close?(): Promise<void>
}

const PATIENCE = { deadline: 60_000, pause: 1000, tries: 4 }

/** Holds a publisher to the contract: `open` gives a fresh remote. */
export function contract(
  name: string,
  open: () => Promise<Remote>,
  recorded: { fresh: readonly Recorded[]; conflict: readonly Recorded[] },
  routeOf: (request: HttpRequest) => string,
) {
  describe(`${name} keeps the contract`, () => {
    let remote: Remote
    const covered = new Set([...recorded.fresh, ...recorded.conflict].map((each) => each.route))
    const seen = new Set<string>()
    const opened: Remote[] = []

    beforeEach(async () => {
      remote = await open()
      opened.push(remote)
    })
    afterAll(async () => {
      for (const each of opened) await each.close?.()
    })

    /** Runs a release as one process: preflight, then publish. */
    const run = async (artifacts: readonly Artifact[], at?: { n: number; fault: Fault }) => {
      const clock = testClock((milliseconds) => remote.onSleep?.(milliseconds))
      const { port, requests } = faulty(remote.http, routeOf, clock, at)
      const shipment: Shipment = { publisher: remote.publisher({ http: port, clock }), artifacts }
      const effort: Effort = { clock, log: { info() {}, debug() {} }, patience: PATIENCE }
      const end = async () => {
        await preflight([shipment], effort)
        return publishOnce(shipment, effort)
      }
      const result = await end().then(
        (receipts) => ({ receipts, failure: null }),
        (failure: unknown) => ({ receipts: [], failure }),
      )
      for (const each of requests) seen.add(each.route)
      return { ...result, requests, slept: clock.slept }
    }
    const statuses = (receipts: readonly { status: string }[]) => receipts.map((each) => each.status)
    const once = () => Object.fromEntries(remote.artifacts.map((each) => [each.filename, 1]))

    test('absent: published; run again: nothing is sent', async () => {
      const first = await run(remote.artifacts)
      expect(first.failure).toBeNull()
      expect(statuses(first.receipts)).toEqual(remote.artifacts.map(() => 'published'))
      expect(first.receipts.map((each) => each.digest)).toEqual(remote.artifacts.map((each) => `sha256:${each.sha256}`))
      const second = await run(remote.artifacts)
      expect(statuses(second.receipts)).toEqual(remote.artifacts.map(() => 'already there'))
      expect(second.requests.filter((each) => each.writes)).toEqual([])
      expect(await remote.accepted()).toEqual(once())
    })

    test('some are there: only the missing ones are sent', async () => {
      await run(remote.artifacts.slice(0, 1))
      const rest = await run(remote.artifacts)
      expect(statuses(rest.receipts)).toEqual(
        remote.artifacts.map((_, index) => (index === 0 ? 'already there' : 'published')),
      )
      expect(await remote.accepted()).toEqual(once())
    })

    test('other bytes under the same name: one conflict, nothing written', async () => {
      await run(remote.artifacts.slice(0, 1))
      const before = await remote.accepted()
      const conflict = await run([remote.altered, ...remote.artifacts.slice(1)])
      expect(conflict.failure).toBeInstanceOf(ProblemError)
      expect((conflict.failure as ProblemError).problems.map((each) => each.code)).toEqual(['conflict'])
      expect((conflict.failure as ProblemError).message).toContain(remote.altered.filename)
      expect(conflict.requests.filter((each) => each.writes)).toEqual([])
      expect(await remote.accepted()).toEqual(before)
    })

    test('accepted but not visible: waits, and gives up at the deadline', async () => {
      if (!remote.lag) return expect(name).toMatch(/GitHub/)
      await remote.lag(5000)
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

    for (const [n, { route }] of recorded.conflict.entries()) {
      for (const fault of FAULTS) {
        test(`conflict, ${fault.name} at request ${n}, ${route}`, async () => {
          await run(remote.artifacts.slice(0, 1))
          const before = await remote.accepted()
          const struck = await run([remote.altered], { n, fault })
          expect(struck.requests.length).toBeGreaterThan(n)
          expect(struck.failure).not.toBeNull()
          if (fault.kind === 'passing') {
            expect((struck.failure as ProblemError).problems.map((each) => each.code)).toEqual(['conflict'])
          }
          expect(struck.requests.filter((each) => each.writes)).toEqual([])
          expect(await remote.accepted()).toEqual(before)
        })
      }
    }

    for (const [n, { route, writes }] of recorded.fresh.entries()) {
      for (const fault of FAULTS) {
        test(`${fault.name} at request ${n}, ${route}`, async () => {
          const struck = await run(remote.artifacts, { n, fault })
          expect(struck.requests.length).toBeGreaterThan(n)
          if (fault.kind === 'passing') {
            expect(struck.failure).toBeNull()
            if (fault.pause) expect(struck.slept).toContain(fault.pause)
          } else if (fault.kind === 'final') {
            expect(struck.failure).toBeInstanceOf(ProblemError)
            expect((struck.failure as ProblemError).problems[0]?.hint).not.toBe('')
            // Who may not is told so at once, and nothing more is sent.
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

    test('every request that any run made has its fault cases', () => {
      expect([...seen].filter((each) => !covered.has(each))).toEqual([])
      expect(recorded.fresh.length).toBeGreaterThan(0)
    })
  })
}

/**
 * The requests from which the cases are derived: those of a whole release into an empty remote, and those of a release
 * that meets other content under a name of its own.
 */
export async function record(open: () => Promise<Remote>, routeOf: (request: HttpRequest) => string) {
  const remote = await open()
  const requestsOf = async (act: (shipment: Shipment, effort: Effort) => Promise<unknown>, artifacts: Artifact[]) => {
    const clock = testClock()
    const { port, requests } = faulty(remote.http, routeOf, clock)
    const effort: Effort = { clock, log: { info() {}, debug() {} }, patience: PATIENCE }
    await act({ publisher: remote.publisher({ http: port, clock }), artifacts }, effort)
    return requests
  }
  const fresh = await requestsOf(async (shipment, effort) => {
    await preflight([shipment], effort)
    await publishOnce(shipment, effort)
  }, remote.artifacts)
  const conflict = await requestsOf(({ publisher, artifacts }) => publisher.probe(artifacts), [remote.altered])
  await remote.close?.()
  return { fresh, conflict }
}
