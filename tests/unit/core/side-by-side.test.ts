import { expect, test } from '@jest/globals'
import { error, ProblemError } from '@slipway/core/problem'
import { sideBySide } from '@slipway/core/side-by-side'

/** Work that ends when the test ends it. */
function opened<Result>() {
  let started = false
  let end: (result: Result) => void = () => {}
  let fail: (cause: unknown) => void = () => {}
  const ended = new Promise<Result>((resolve, reject) => {
    end = resolve
    fail = reject
  })
  const act = () => {
    started = true
    return ended
  }
  return { act, end, fail, isStarted: () => started }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))
const problem = (code: string) => new ProblemError(error(code, code, 'Fix it.'))

test('results are in the order of the work, whichever ends first', async () => {
  const [a, b] = [opened<string>(), opened<string>()]
  const all = sideBySide([a.act, b.act])
  b.end('second')
  await turn()
  a.end('first')
  expect(await all).toEqual(['first', 'second'])
  expect(await sideBySide([])).toEqual([])
})

test('no more than the limit runs at once, and each end starts the next', async () => {
  const work = [opened<number>(), opened<number>(), opened<number>()]
  const all = sideBySide(
    work.map((each) => each.act),
    2,
  )
  expect(work.map((each) => each.isStarted())).toEqual([true, true, false])
  work[1]?.end(1)
  await turn()
  expect(work.map((each) => each.isStarted())).toEqual([true, true, true])
  work[0]?.end(0)
  work[2]?.end(2)
  expect(await all).toEqual([0, 1, 2])
})

test('a failure is reported once everything that runs has ended, and nothing new starts', async () => {
  const [slow, failing, never] = [opened<void>(), opened<void>(), opened<void>()]
  let outcome: unknown = 'running'
  const all = sideBySide([slow.act, failing.act, never.act], 2).catch((each) => {
    outcome = each
  })
  failing.fail(problem('broken'))
  await turn()
  expect([outcome, never.isStarted()]).toEqual(['running', false])
  slow.end()
  await all
  expect([(outcome as ProblemError).problems[0]?.code, never.isStarted()]).toEqual(['broken', false])
})

test('the problems of several failures keep the order of the work', async () => {
  const [a, b, c] = [opened<void>(), opened<void>(), opened<void>()]
  const all = sideBySide([a.act, b.act, c.act]).catch((each) => each)
  c.fail(problem('last'))
  b.end()
  await turn()
  a.fail(problem('first'))
  expect((await all).problems.map((each: { code: string }) => each.code)).toEqual(['first', 'last'])
})
