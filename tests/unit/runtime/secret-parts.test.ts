import { expect, test } from '@jest/globals'
import { secretParts } from '@slipway/runtime/secret-parts'

const basic = (text: string) => Buffer.from(text).toString('base64')

test.each<[credential: string, parts: string[]]>([
  ['s3cret-token', []],
  ['Bearer abc-123', ['abc-123']],
  ['token   abc-123', ['abc-123']],
  ['__token__:pypi-abc', ['pypi-abc']],
  [':only-password', ['only-password']],
  ['user:pass:word', ['pass:word', 'word']],
  [`Basic ${basic('user:password')}`, [basic('user:password'), 'user:password', 'password']],
  ['Bearer user:password', ['user:password', 'password']],
  ['https://user:password@git.example.invalid/a', ['password']],
  ['https://git.example.invalid/a', []],
  // Hiding so little would hide much else.
  ['Bearer x', []],
  ['a:b', []],
])('of %j, %j are hidden too', (credential, parts) => {
  expect(secretParts(credential)).toEqual([credential, ...parts])
})
