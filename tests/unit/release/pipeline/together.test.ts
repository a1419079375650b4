import { expect, test } from '@jest/globals'
import { error, ProblemError } from '@slipway/core/problem'
import { together } from '@slipway/release/pipeline/together'

const failing = async (code: string) => {
  throw new ProblemError(error(code, code, 'Fix it.'))
}

test('all work ends before a failure is reported', async () => {
  let finish: () => void = () => {}
  const slow = new Promise<void>((resolve) => {
    finish = resolve
  })
  let ended = false
  const all = together([failing('one'), slow]).finally(() => {
    ended = true
  })
  all.catch(() => {})
  await new Promise((resolve) => setImmediate(resolve))
  expect(ended).toBe(false)
  finish()
  await expect(all).rejects.toThrow('one')
})

test('the problems of all failures are reported together', async () => {
  const failure = await together([failing('one'), Promise.resolve(), failing('two')]).catch((each) => each)
  expect(failure).toBeInstanceOf(ProblemError)
  expect((failure as ProblemError).problems.map((each) => each.code)).toEqual(['one', 'two'])
})

test('an unexpected failure is not hidden by problems', async () => {
  const unexpected = new TypeError('a bug')
  await expect(together([failing('one'), Promise.reject(unexpected)])).rejects.toBe(unexpected)
  await expect(together([])).resolves.toBeUndefined()
})
