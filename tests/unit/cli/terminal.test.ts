import { expect, test } from '@jest/globals'
import { plain } from '../../../packages/cli/src/terminal.ts'

test.each([
  ['what steers a terminal', 'a\u001b[2Jb\u001b[31;1mc\u0007\u009b', 'abc'],
  ['what turns the direction', 'v1\u202e.0\u2066\u200f', 'v1.0'],
  ['blanks and lines, and what follows them', 'a\tb\n[package]\n', 'a\tb\n[package]\n'],
  ['other returns', 'a\rb\r\nc', 'ab\nc'],
])('of %s', (_, text, expected) => {
  expect(plain(text)).toBe(expected)
})
