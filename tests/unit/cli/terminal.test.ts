import { expect, test } from '@jest/globals'
import { error } from '@slipway/core/problem'
import { describeProblem, plain } from '../../../packages/cli/src/terminal.ts'

test.each([
  ['control sequences', 'a\u001b[2Jb\u001b[31;1mc\u0007\u009b', 'abc'],
  ['direction marks', 'v1\u202e.0\u2066\u200f', 'v1.0'],
  ['tabs and line feeds, which stay', 'a\tb\n[package]\n', 'a\tb\n[package]\n'],
  ['carriage returns', 'a\rb\r\nc', 'ab\nc'],
])('plain: %s', (_, text, expected) => {
  expect(plain(text)).toBe(expected)
})

test('a problem ends with its page, once, if it has one', () => {
  const described = (color: boolean, ...problem: [code: string, message: string, hint: string]) =>
    describeProblem({ write() {}, live: false, color }, error(...problem))
  const page = 'docs/problems/tag-missing.md'
  expect(described(false, 'tag-missing', 'No tag.', 'Tag it.')).toBe(
    `error[tag-missing]: No tag.\n    Tag it.\n    See ${page}\n`,
  )
  expect(described(true, 'tag-missing', 'No tag.', 'Tag it.')).toContain(`    \u001b[2mSee ${page}\u001b[0m\n`)
  const known = `Tag it.\nSee https://example.invalid/owner/slipway/blob/v1/${page}`
  expect(described(false, 'tag-missing', 'No tag.', known).match(/See /g)).toHaveLength(1)
  expect(described(false, 'someone-elses', 'No.', 'Do.')).toBe('error[someone-elses]: No.\n    Do.\n')
})
