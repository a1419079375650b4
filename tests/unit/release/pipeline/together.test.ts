import { expect, test } from '@jest/globals'
import type { Effort } from '@slipway/core/patience'
import { error, ProblemError } from '@slipway/core/problem'
import type { Receipt } from '@slipway/core/receipt'
import { together } from '@slipway/release/pipeline/together'
import { testClock } from '../../../contract/faults.ts'

/** Returns an effort, and the artifacts of its receipts. */
function open() {
  const seen: string[] = []
  const effort: Effort = {
    clock: testClock(),
    log: { info() {}, debug() {}, problem() {} },
    patience: { deadline: 1000, pause: 10, tries: 1 },
    onReceipt: ({ artifact }) => void seen.push(artifact),
  }
  return { effort, seen }
}

const receipt = (artifact: string) => ({ artifact }) as Receipt
const failing = (code: string) => async (effort: Effort) => {
  effort.onReceipt?.(receipt(`before ${code}`))
  throw new ProblemError(error(code, code, 'Fix it.'))
}

test('all work ends before a failure is reported, and its receipts are kept in its order', async () => {
  const { effort, seen } = open()
  const slow = async ({ onReceipt }: Effort) => {
    await new Promise((resolve) => setImmediate(resolve))
    onReceipt?.(receipt('slow'))
  }
  await expect(together([slow, failing('one'), slow], effort)).rejects.toThrow('one')
  expect(seen).toEqual(['slow', 'before one', 'slow'])
})

test('the problems of all failures are reported together', async () => {
  const { effort } = open()
  const failure = await together([failing('one'), async () => {}, failing('two')], effort).catch((each) => each)
  expect(failure).toBeInstanceOf(ProblemError)
  expect((failure as ProblemError).problems.map((each) => each.code)).toEqual(['one', 'two'])
})

test('an unexpected failure is not hidden by problems', async () => {
  const { effort } = open()
  const unexpected = new TypeError('a bug')
  await expect(together([failing('one'), () => Promise.reject(unexpected)], effort)).rejects.toBe(unexpected)
  await expect(together([], effort)).resolves.toBeUndefined()
})
