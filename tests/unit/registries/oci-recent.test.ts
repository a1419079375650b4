import { expect, test } from '@jest/globals'
import { RecentAnswers } from '@slipway/registries/oci/recent'

/** Returns answers with a clock that a test sets, and a question that is answered by how often it was asked. */
function open() {
  const clock = { time: 0, now: () => clock.time, sleep: async () => {} }
  const recent = new RecentAnswers(clock)
  let count = 0
  const ask = (question = 'tag') => recent.recall(question, async () => ++count)
  return { clock, recent, ask }
}

test('an answer serves for a minute, and only for its question', async () => {
  const { clock, ask } = open()
  expect(await ask()).toBe(1)
  clock.time = 59_999
  expect(await ask()).toBe(1)
  expect(await ask('other')).toBe(2)
  clock.time = 60_000
  expect(await ask()).toBe(3)
})

test('after a write, every question is asked, however often', async () => {
  const { recent, ask } = open()
  expect(await ask()).toBe(1)
  recent.end()
  expect([await ask(), await ask(), await ask()]).toEqual([2, 3, 4])
})

test('the answer to a question from before a write is not used after it', async () => {
  const { recent } = open()
  let answer: (value: string) => void = () => {}
  const early = recent.recall(
    'tag',
    () =>
      new Promise((resolve) => {
        answer = resolve
      }),
  )
  recent.end()
  answer('before')
  expect(await early).toBe('before')
  expect(await recent.recall('tag', async () => 'after')).toBe('after')
})

test('a failure is no answer', async () => {
  const { recent, ask } = open()
  await expect(recent.recall('tag', () => Promise.reject(new Error('reset')))).rejects.toThrow('reset')
  expect(await ask()).toBe(1)
})
