import { expect, test } from '@jest/globals'
import { RemoteError } from '@slipway/core/publisher'
import { explainedRefusal } from '@slipway/registries/crates/refusals'
import { MintedToken, renewable } from '@slipway/registries/trusted/minted'

/** Returns a token that lives ten minutes, on a fake clock. */
function minted(revoke?: (token: string) => Promise<void>) {
  const clock = { time: 0, now: () => clock.time, sleep: async () => {} }
  let count = 0
  const events: (string | null)[] = []
  const mint = async () => `token-${++count}`
  const exchange = { usable: 600_000, mint, ...(revoke && { revoke }) }
  return { clock, events, token: new MintedToken(exchange, clock, (each) => events.push(each)) }
}

test('a token is minted on first use, kept while it is valid, and replaced before it expires', async () => {
  const { clock, events, token } = minted()
  expect(events).toEqual([])
  expect(await token.value()).toBe('token-1')
  clock.time = 599_999
  expect(await token.value()).toBe('token-1')
  clock.time = 600_000
  expect(await token.value()).toBe('token-2')
  expect(events).toEqual(['token-1', null, 'token-2'])
})

test('a token is revoked once; one that cannot be revoked is dropped anyway', async () => {
  const revoked: string[] = []
  const one = minted(async (token) => void revoked.push(token))
  await one.token.revoke()
  await one.token.value()
  await one.token.revoke()
  await one.token.revoke()
  expect([revoked, one.events]).toEqual([['token-1'], ['token-1', null]])

  const other = minted(async () => {
    throw new RemoteError('doubtful', 'no answer')
  })
  await other.token.value()
  await expect(other.token.revoke()).rejects.toThrow('no answer')
  // The clean-up step still has it.
  expect(other.events).toEqual(['token-1'])
  expect(await other.token.value()).toBe('token-2')
})

test('a token that worked before and is called expired is revoked and replaced', async () => {
  const denied = new RemoteError('denied', 'HTTP 403: token expired')
  const revoked: string[] = []
  const { token } = minted(async (each) => void revoked.push(each))
  await token.value()
  expect(await renewable(token, denied, /expired/)).toBe(denied)
  token.served()
  expect(await renewable(token, denied, /something else/)).toBe(denied)
  expect(revoked).toEqual([])
  expect(await renewable(token, denied, /expired/)).toMatchObject({ failure: 'doubtful' })
  expect(revoked).toEqual(['token-1'])
  expect(await token.value()).toBe('token-2')
  expect(await renewable('a text', denied, /expired/)).toBe(denied)
})

/** Messages of crates.io, and the resulting problems. */
const WORDS: [said: string, code: string, hint: RegExp][] = [
  [
    'New versions of this crate can only be published using Trusted Publishing (see the docs)',
    'crate-trusted-publishing-only',
    /id-token: write/,
  ],
  [
    'Trusted Publishing tokens do not support creating new crates. Publish the crate manually, first',
    'crate-first-version',
    /crates-token/,
  ],
  ['The provided access token is not valid for crate `demo`', 'trusted-publisher-missing', /Add the trusted publisher/],
  [
    "this crate exists but you don't seem to be an owner. If you believe this is a mistake, perhaps you need to accept an invitation to be an owner before publishing.",
    'crate-not-yours',
    /owner/,
  ],
  ['this token does not have the required permissions to perform this action', 'crate-not-yours', /publish-new/],
]

test.each(WORDS)('crates.io says “%s”', (said, code, hint) => {
  const explained = explainedRefusal(new RemoteError('denied', `HTTP 403: ${said}`, { status: 403 }), 'demo')
  expect(explained).toMatchObject({ failure: 'denied', status: 403, problem: { code, severity: 'error' } })
  expect(explained.problem?.message).toContain('demo')
  expect(explained.problem?.hint).toMatch(hint)
})

test('other messages of crates.io are kept unchanged', () => {
  for (const each of [
    new RemoteError('denied', 'HTTP 403: authentication failed'),
    new RemoteError('doubtful', 'reset'),
  ])
    expect(explainedRefusal(each, 'demo')).toBe(each)
})
