import { expect, test } from '@jest/globals'
import { columns, plain, wrap } from '../../../packages/cli/src/terminal.ts'

test.each([
  ['control sequences', 'a\u001b[2Jb\u001b[31;1mc\u0007\u009b', 'abc'],
  ['direction marks', 'v1\u202e.0\u2066\u200f', 'v1.0'],
  ['tabs and line feeds, which stay', 'a\tb\n[package]\n', 'a\tb\n[package]\n'],
  ['carriage returns', 'a\rb\r\nc', 'ab\nc'],
])('plain: %s', (_, text, expected) => {
  expect(plain(text)).toBe(expected)
})

test('text is broken at blanks to fit into a width, and a long word stays whole', () => {
  expect(wrap('one two three four', 12, 2)).toBe('one two\n  three four')
  expect(wrap('first\nsecond', 80, 4)).toBe('first\n    second')
  expect(wrap('a https://example.invalid/long b', 10, 4)).toBe('a\n    https://example.invalid/long\n    b')
  expect(wrap('one two', Number.POSITIVE_INFINITY, 4)).toBe('one two')
})

const ROWS = [
  ['part', 'state', ''],
  ['crate a', 'unknown', 'the query failed for a long reason'],
  ['crate bcd', 'published', ''],
]

test.each([
  [
    'wide enough',
    80,
    'part       state\ncrate a    unknown    the query failed for a long reason\ncrate bcd  published\n',
  ],
  [
    'too narrow for the text',
    50,
    'part       state\ncrate a    unknown    the query failed for a long\n                      reason\ncrate bcd  published\n',
  ],
  [
    'too narrow for a column of text',
    40,
    'part       state\ncrate a    unknown\n    the query failed for a long reason\ncrate bcd  published\n',
  ],
])('the last column of a table fits into a terminal that is %s', (_, width, expected) => {
  expect(columns({ write() {}, live: false, color: false, width }, ROWS)).toBe(expected)
})
