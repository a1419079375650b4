import { expect, test } from '@jest/globals'
import { mayPush } from '@slipway/registries/oci/grants'

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const jwt = (payload: unknown) => `${encoded({ alg: 'RS256' })}.${encoded(payload)}.signature`
const own = (...actions: unknown[]) => ({ type: 'repository', name: 'own/app', actions })

test.each([
  ['both', jwt({ access: [own('pull', 'push')] }), true],
  ['everything', jwt({ access: [own('*')] }), true],
  ['both, one by one', jwt({ access: [own('pull'), own('push')] }), true],
  ['to pull', jwt({ access: [own('pull')] }), false],
  ['nothing', jwt({ access: [] }), false],
  ['to push elsewhere too', jwt({ access: [{ ...own('push'), name: 'own/base' }, own('pull')] }), false],
  ['to push elsewhere', jwt({ access: [{ ...own('push'), name: 'own/base' }] }), null],
  ['a catalog', jwt({ access: [{ ...own('*'), type: 'registry' }] }), null],
  ['actions of another shape', jwt({ access: [{ ...own(), actions: 'push' }] }), false],
  ['a claim of another shape', jwt({ access: 'push' }), null],
  ['an entry of another shape', jwt({ access: [null] }), null],
  ['no claim', jwt({ sub: 'me' }), null],
  ['no object', jwt(null), null],
  ['no JSON', 'a.b.c', null],
  ['two parts', `${encoded({ access: [own('push')] })}.signature`, null],
  ['something opaque', 'djE6b3BhcXVl', null],
])('a token that grants %s', (_, token, expected) => {
  expect(mayPush(token, 'own/app')).toBe(expected)
})
