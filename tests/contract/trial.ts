import { afterEach, beforeEach } from '@jest/globals'
import type { Artifact } from '@slipway/core/artifact'
import type { Effort } from '@slipway/core/patience'
import { movePointer } from '@slipway/core/pointer'
import type { HttpRequest } from '@slipway/core/ports'
import { preflight, type Shipment } from '@slipway/core/preflight'
import { publishOnce } from '@slipway/core/publish'
import type { Receipt } from '@slipway/core/receipt'
import { FAULTS, type Fault, faulty, type Strike, testClock } from './faults.ts'
import type { Destination, Remote } from './suite.ts'

export const PATIENCE = { deadline: 60_000, pause: 1000, tries: 4 }

/** Runs a release as one process: preflight, publishing, pointers. Returns the receipts of publishing. */
export async function release(destinations: readonly Destination[], artifacts: readonly Artifact[], effort: Effort) {
  const shipments: Shipment[] = destinations.map(({ publisher }) => ({ publisher, artifacts }))
  await preflight(shipments, effort)
  const receipts: Receipt[] = []
  for (const shipment of shipments) receipts.push(...(await publishOnce(shipment, effort)))
  for (const { pointers } of destinations) {
    for (const pointer of pointers?.(artifacts) ?? []) await movePointer(pointer, effort)
  }
  return receipts
}

/** The remote of the current case, new for each case, and the releases that a case runs to it. */
export class Trial {
  /** Routes of every request of any run. */
  readonly routes = new Set<string>()
  /** The faults of the cases. */
  readonly faults: readonly Fault[]
  readonly #open: () => Promise<Remote>
  readonly #routeOf: (request: HttpRequest) => string
  #opened: Remote[] = []

  /** Registers the set-up and tear-down of the cases. */
  constructor(open: () => Promise<Remote>, routeOf: (request: HttpRequest) => string, faults = FAULTS) {
    this.faults = faults
    this.#open = open
    this.#routeOf = routeOf
    beforeEach(() => this.reopen())
    afterEach(async () => {
      for (const each of this.#opened.splice(0)) await each.close?.()
    })
  }

  /** Opens a new remote, which replaces the current one. */
  async reopen(): Promise<void> {
    this.#opened.push(await this.#open())
  }

  /** The current remote. */
  get remote(): Remote {
    return this.#opened.at(-1) as Remote
  }

  /** How many files may be under way at a time. */
  get atATime(): number {
    const { remote } = this
    const all = remote.destinations({ http: remote.http, clock: testClock() })
    const most = all.map(({ publisher: { pace } }) => {
      return pace ? Math.min(pace.atATime, remote.artifacts.length - Number(pace.firstAlone)) : 1
    })
    return Math.max(...most)
  }

  /** Runs a release like a new process, with some faults. */
  async run(artifacts: readonly Artifact[], ...strikes: readonly Strike[]) {
    const { remote } = this
    const clock = testClock((milliseconds) => remote.onSleep?.(milliseconds))
    const { port, requests, startedBefore } = faulty(remote.http, this.#routeOf, clock, strikes, remote.isSideBySide)
    const effort: Effort = { clock, log: { info() {}, debug() {}, problem() {} }, patience: PATIENCE }
    const result = await release(remote.destinations({ http: port, clock }), artifacts, effort).then(
      (receipts) => ({ receipts, failure: null }),
      (failure: unknown) => ({ receipts: [], failure }),
    )
    for (const each of requests) this.routes.add(each.route)
    return { ...result, requests, startedBefore: startedBefore(), slept: clock.slept }
  }

  /** Maps each artifact, once per destination. */
  everywhere<T>(map: (artifact: Artifact, index: number) => T): T[] {
    const count = this.remote.destinations({ http: this.remote.http, clock: testClock() }).length
    return Array.from({ length: count }, () => this.remote.artifacts.map(map)).flat()
  }

  /** Returns the accepted uploads of a complete release: one of each file. */
  once(): Record<string, number> {
    return Object.fromEntries(this.remote.artifacts.map((each) => [each.filename, 1]))
  }
}
