import { describe, expect, test } from '@jest/globals'
import type { Artifact } from '@slipway/core/artifact'
import type { Effort } from '@slipway/core/patience'
import type { Clock, Http, HttpRequest } from '@slipway/core/ports'
import type { Pointer, Publisher } from '@slipway/core/publisher'
import { conflictCases, faultCases, lagCases, stateCases } from './cases.ts'
import { faulty, type Recorded, type Strike, testClock } from './faults.ts'
import { PATIENCE, release, Trial } from './trial.ts'

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
  /** True if the requests of the cases may overlap. */
  isSideBySide?: boolean
  /** Problem code for other content under the same name; default: `conflict`. */
  conflict?: string
  /** Counts how often the remote, or each of them, accepted each file, by file name. */
  accepted(): Promise<Record<string, number>>
  /** Counts how often the remote, or each of them, created what holds the files, such as a draft; absent if it needs none. */
  created?(): Promise<number>
  /** Delays the visibility of accepted files; absent if the remote has no lag. */
  lag?(milliseconds: number): Promise<void>
  /** A fault after which a release takes another path, whose requests get fault cases too. */
  detour?(requests: readonly Recorded[]): Strike
  /** Called for each pause of the fake clock, for a remote that depends on it. */
  onSleep?(milliseconds: number): void | Promise<void>
  close?(): Promise<void>
}

/** Recorded requests, from which the cases are derived. */
export interface Cases {
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
    const trial = new Trial(open, routeOf)
    stateCases(trial)
    if (!recorded.showsAtOnce) lagCases(trial)
    conflictCases(trial, recorded.conflict)
    faultCases(trial, recorded.fresh, 0)
    const { detour } = recorded
    if (detour) faultCases(trial, detour.requests, detour.first.n + 1, detour.first)

    test('every request of any run has fault cases', () => {
      const all = [recorded.fresh, recorded.conflict, detour?.requests ?? [], recorded.elsewhere ?? []].flat()
      const covered = new Set(all.map((each) => each.route))
      expect([...trial.routes].filter((each) => !covered.has(each))).toEqual([])
      expect(recorded.fresh.length).toBeGreaterThan(0)
    })
  })
}

/** Runs the releases from which the cases are derived, each with a new remote. */
export async function record(open: () => Promise<Remote>, routeOf: (request: HttpRequest) => string): Promise<Cases> {
  const run = async (remote: Remote, act: typeof release, artifacts: Artifact[], ...strikes: readonly Strike[]) => {
    const clock = testClock((milliseconds) => remote.onSleep?.(milliseconds))
    const { port, requests } = faulty(remote.http, routeOf, clock, strikes)
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
