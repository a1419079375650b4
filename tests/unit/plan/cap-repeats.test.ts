import { expect, test } from '@jest/globals'
import { error } from '@slipway/core/problem'
import { inPart } from '@slipway/plan/cap-repeats'

const problems = (count: number, file: string) =>
  Array.from({ length: count }, (_, index) => error('a-code', 'M.', 'H.', { file, line: index + 1 }))

test('a hundred problems of a code in a file are told as they are', () => {
  const all = [...problems(100, 'a'), ...problems(100, 'b'), error('a-code', 'M.', 'H.')]
  expect(inPart(all)).toEqual(all)
})

test('of more, the hundredth tells how many, and other files are told whole', () => {
  const told = inPart([...problems(103, 'a'), ...problems(2, 'b')])
  expect(told.map((each) => each.message)).toEqual([
    ...Array(99).fill('M.'),
    'M. There are 3 more of this kind.',
    'M.',
    'M.',
  ])
  expect(told[99]).toMatchObject({ code: 'a-code', where: { file: 'a', line: 100 } })
})
