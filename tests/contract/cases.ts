import { expect, test } from '@jest/globals'
import { ProblemError } from '@slipway/core/problem'
import type { Recorded, Strike } from './faults.ts'
import { PATIENCE, type Trial } from './trial.ts'

const statuses = (receipts: readonly { status: string }[]) => receipts.map((each) => each.status)

function codes(failure: unknown): string[] {
  return (failure as ProblemError).problems.map((each) => each.code)
}

/** Defines a case for each state of the remote: empty, incomplete, complete, and with other content. */
export function stateCases(trial: Trial): void {
  test('absent: published; run again: nothing is sent', async () => {
    const { remote } = trial
    const first = await trial.run(remote.artifacts)
    expect(first.failure).toBeNull()
    expect(statuses(first.receipts)).toEqual(trial.everywhere(() => 'published'))
    expect(first.receipts.map((each) => each.digest)).toEqual(trial.everywhere((each) => `sha256:${each.sha256}`))
    const second = await trial.run(remote.artifacts)
    expect(statuses(second.receipts)).toEqual(trial.everywhere(() => 'already there'))
    expect(second.requests.filter((each) => each.writes)).toEqual([])
    expect(await remote.accepted()).toEqual(trial.once())
  })

  test('some are there: only the missing ones are sent', async () => {
    const { remote } = trial
    await trial.run(remote.artifacts.slice(0, 1))
    const rest = await trial.run(remote.artifacts)
    const expected = trial.everywhere((_, index) => (index === 0 ? 'already there' : 'published'))
    expect(statuses(rest.receipts)).toEqual(expected)
    expect(await remote.accepted()).toEqual(trial.once())
  })

  test('other bytes under the same name: one conflict, nothing written', async () => {
    const { remote } = trial
    await trial.run(remote.artifacts.slice(0, 1))
    const before = await remote.accepted()
    const conflict = await trial.run([remote.altered, ...remote.artifacts.slice(1)])
    expect(conflict.failure).toBeInstanceOf(ProblemError)
    expect(codes(conflict.failure)).toEqual([remote.conflict ?? 'conflict'])
    expect((conflict.failure as ProblemError).message).toContain(remote.altered.filename)
    expect(conflict.requests.filter((each) => each.writes)).toEqual([])
    expect(await remote.accepted()).toEqual(before)
  })
}

/** Defines the case of a remote that shows accepted files later. */
export function lagCases(trial: Trial): void {
  test('accepted but not visible: waits, and gives up at the deadline', async () => {
    await trial.remote.lag?.(5000)
    const late = await trial.run(trial.remote.artifacts)
    expect(late.failure).toBeNull()
    expect(await trial.remote.accepted()).toEqual(trial.once())
    await trial.reopen()
    await trial.remote.lag?.(PATIENCE.deadline * 10)
    const never = await trial.run(trial.remote.artifacts)
    expect(codes(never.failure)).toEqual(['not-visible'])
    expect(never.slept.reduce((sum, each) => sum + each, 0)).toBeLessThan(PATIENCE.deadline * 2)
  })
}

/** Defines a case for each fault at each request of a conflict. */
export function conflictCases(trial: Trial, requests: readonly Recorded[]): void {
  for (const [n, { route }] of requests.entries()) {
    test.each(trial.faults)(`conflict, $name at request ${n}, ${route}`, async (fault) => {
      const { remote } = trial
      await trial.run(remote.artifacts.slice(0, 1))
      const before = await remote.accepted()
      const struck = await trial.run([remote.altered], { n, fault })
      expect(struck.requests.length).toBeGreaterThan(n)
      expect(struck.failure).not.toBeNull()
      if (fault.kind === 'passing') expect(codes(struck.failure)).toEqual([remote.conflict ?? 'conflict'])
      expect(struck.requests.filter((each) => each.writes)).toEqual([])
      expect(await remote.accepted()).toEqual(before)
    })
  }
}

/** Defines a case for each fault at each request from a number on, after the faults that lead to it. */
export function faultCases(
  trial: Trial,
  requests: readonly Recorded[],
  from: number,
  ...before: readonly Strike[]
): void {
  const led = before.map((each) => `${each.fault.name}, `).join('')
  for (const [n, { route, writes }] of [...requests.entries()].slice(from)) {
    // A proxy that sends a POST for a draft twice makes two drafts, and GitHub has no way to tell them apart.
    const faults = trial.faults.filter((each) => each.after !== 'twice' || !route.endsWith('/releases'))
    test.each(faults)(`${led}$name at request ${n}, ${route}`, async (fault) => {
      const { remote } = trial
      const struck = await trial.run(remote.artifacts, ...before, { n, fault })
      expect(struck.requests.length).toBeGreaterThan(n)
      if (fault.kind === 'passing') {
        expect(struck.failure).toBeNull()
        if (fault.pause) expect(struck.slept).toContain(fault.pause)
      } else if (fault.kind === 'final') {
        expect(struck.failure).toBeInstanceOf(ProblemError)
        expect((struck.failure as ProblemError).problems[0]?.hint).not.toBe('')
        // A denied request fails at once: only what was under way arrives.
        const more = struck.requests.slice(struck.startedBefore).filter((each) => each.writes)
        if (writes) expect(more.length).toBeLessThan(trial.atATime)
      } else {
        expect(struck.failure).not.toBeNull()
      }
      const again = await trial.run(remote.artifacts)
      expect(again.failure).toBeNull()
      expect(await remote.accepted()).toEqual(trial.once())
      if (remote.created) expect(await remote.created()).toBe(1)
    })
  }
}
