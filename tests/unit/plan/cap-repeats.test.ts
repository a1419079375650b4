import { expect, test } from '@jest/globals'
import { error } from '@slipway/core/problem'
import { capRepeats } from '@slipway/plan/cap-repeats'

const problems = (count: number, file: string) =>
  Array.from({ length: count }, (_, index) => error('a-code', 'M.', 'H.', { file, line: index + 1 }))

test('a hundred problems per code and file are unchanged', () => {
  const all = [...problems(100, 'a'), ...problems(100, 'b'), error('a-code', 'M.', 'H.')]
  expect(capRepeats(all)).toEqual(all)
})

test('the hundredth of more gives the count, and other files are unchanged', () => {
  const capped = capRepeats([...problems(103, 'a'), ...problems(2, 'b')])
  expect(capped.map((each) => each.more)).toEqual([...Array(99).fill(undefined), 3, undefined, undefined])
  expect(capped[99]).toMatchObject({ code: 'a-code', message: 'M.', where: { file: 'a', line: 100 } })
})
