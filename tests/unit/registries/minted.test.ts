import { expect, test } from '@jest/globals'
import { RemoteError } from '@slipway/core/publisher'
import { MintedToken } from '@slipway/registries/trusted/minted'

/** Returns a token that lives ten minutes, on a fake clock. */
function minted(revoke?: (token: string) => Promise<void>) {
  const clock = { time: 0, now: () => clock.time, sleep: async () => {} }
  let count = 0
  const events: (string | null)[] = []
  const mint = async () => ({ token: `token-${++count}`, publisher: null })
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

/** A registry that calls all tokens expired but those it is told. */
function accepting(...valid: string[]) {
  const sent: string[] = []
  const send = async (token: string) => {
    sent.push(token)
    if (!valid.includes(token)) throw new RemoteError('denied', 'HTTP 403: token expired')
  }
  return { valid, sent, send }
}

test('a token that worked before and is called expired is revoked and replaced; another refusal is kept', async () => {
  const revoked: string[] = []
  const { token } = minted(async (each) => void revoked.push(each))
  const registry = accepting()
  const use = (expired = /expired/) => token.use(expired, registry.send)
  await expect(use()).rejects.toMatchObject({ failure: 'denied', message: 'HTTP 403: token expired' })
  registry.valid.push('token-1')
  await use()
  registry.valid.splice(0, 1, 'token-2')
  await expect(use(/something else/)).rejects.toMatchObject({ failure: 'denied' })
  expect(revoked).toEqual([])
  await expect(use()).rejects.toMatchObject({ failure: 'doubtful', message: expect.stringContaining('has expired') })
  expect(revoked).toEqual(['token-1'])
  await use()
  expect(registry.sent).toEqual(['token-1', 'token-1', 'token-1', 'token-1', 'token-2'])
})

test('requests side by side that lose their token all get one retry with the same new token', async () => {
  const { token, events } = minted()
  const registry = accepting('token-1')
  await token.use(/expired/, registry.send)
  registry.valid.splice(0, 1, 'token-2')
  const answers = [1, 2, 3].map(async (pause) => {
    const late = async (each: string) => {
      for (let turn = 0; turn < pause; turn++) await Promise.resolve()
      return registry.send(each)
    }
    await expect(token.use(/expired/, late)).rejects.toMatchObject({ failure: 'doubtful' })
    await token.use(/expired/, late)
  })
  await Promise.all(answers)
  expect(events).toEqual(['token-1', null, 'token-2'])
})
