import { expect, test } from '@jest/globals'
import { globMatcher } from '@slipway/documents/ignore/glob'

test.each([
  ['crates/*', 'crates/a', true],
  ['crates/*', 'crates/a/b', false],
  ['crates/**', 'crates/a/b', true],
  ['**/x', 'a/b/x', true],
  ['**/x', 'x', true],
  ['a?', 'ab', true],
  ['a[!b]', 'ab', false],
  ['a[!b]', 'ac', true],
  ['a.b', 'axb', false],
  ['a[0-9b]', 'a7', true],
  ['a[9-0]', 'a7', false],
  ['a[', 'a[', true],
  ['a[[]b[]]', 'a[b]', false],
  ['a[[]b', 'a[b', true],
  ['['.repeat(500_000), 'a', false],
  ['a**', 'a/b/c', true],
  ['a/**/b', 'a/b', true],
  ['a/**/b', 'a/x/y/b', true],
  ['a/**/b', 'a/xb', false],
  ['*', 'größe 🜍', true],
  ['**/b', 'ab', false],
  ['a*c*e', 'abcde', true],
  ['a*', 'a', true],
  ['*', 'a/b', false],
  ['a(b)+', 'a(b)+', true],
  ['', 'a', false],
  ['*a'.repeat(50), `${'a'.repeat(500)}b`, false],
  [`${'a*'.repeat(50)}x`, 'a'.repeat(10_000), false],
  [`${'**/'.repeat(50)}x`, 'a/'.repeat(5000), false],
])('the glob %.30s matches %.30s: %p', (glob, path, expected) => {
  expect(globMatcher(glob)(path)).toBe(expected)
})
