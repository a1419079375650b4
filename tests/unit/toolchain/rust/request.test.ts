import { expect, test } from '@jest/globals'
import { checkedNames, parseProfile, parseRustRequest } from '@slipway/toolchain/rust/request'

test.each([
  ['stable', { kind: 'toolchain', name: 'stable' }],
  [' Nightly ', { kind: 'toolchain', name: 'nightly' }],
  ['nightly-2026-01-02', { kind: 'toolchain', name: 'nightly-2026-01-02' }],
  ['1.85', { kind: 'toolchain', name: '1.85' }],
  ['1.85.1', { kind: 'toolchain', name: '1.85.1' }],
  ['1.90.0-beta.2', { kind: 'toolchain', name: '1.90.0-beta.2' }],
  ['stable-x86_64-pc-windows-gnu', { kind: 'toolchain', name: 'stable-x86_64-pc-windows-gnu' }],
  ['stable minus 2', { kind: 'minus', minors: 2 }],
  ['Stable  Minus 2', { kind: 'minus', minors: 2 }],
  ['minus 0', { kind: 'minus', minors: 0 }],
  ['stable - 3', { kind: 'minus', minors: 3 }],
  ['msrv', { kind: 'msrv' }],
])('%j asks for %j', (text, request) => {
  expect(parseRustRequest(text)).toEqual(request)
})

test.each([
  '',
  '1',
  'latest',
  'minus',
  'stable minus x',
  'stable minus 100',
  '-q',
  'stable -q',
  '../x',
  'stable;id',
  '1.85 --force',
  'nightly-20260102',
])('%j is refused', (text) => {
  expect(() => parseRustRequest(text)).toThrow(/names no Rust toolchain/)
})

test('components, targets and profiles have names', () => {
  expect(checkedNames('components', ['clippy', 'llvm-tools-preview'])).toHaveLength(2)
  expect(() => checkedNames('targets', ['--toolchain'])).toThrow(/"--toolchain"/)
  expect([parseProfile(undefined), parseProfile('default')]).toEqual([undefined, 'default'])
  expect(() => parseProfile('Default')).toThrow(/no profile/)
})
