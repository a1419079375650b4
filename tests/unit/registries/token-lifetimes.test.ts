import { expect, test } from '@jest/globals'
import type { HttpRequest, HttpResponse } from '@slipway/core/ports'
import { CratesClient } from '@slipway/registries/crates/client'
import { cratesExchange } from '@slipway/registries/crates/trusted'
import { PyPIClient } from '@slipway/registries/pypi/client'
import { indexExchange } from '@slipway/registries/pypi/trusted'
import { type Exchange, type Identity, MintedToken } from '@slipway/registries/trusted/minted'

const MINUTES = 60_000

/**
 * A registry whose tokens live for some time, on a fake clock. It takes as long for each upload as Slipway waits, and
 * checks the token after the upload.
 */
function slowRegistry(lifetime: number) {
  const clock = { time: 0, now: () => clock.time, sleep: async () => {} }
  const grants = new Map<string, number>()
  const events: string[] = []
  const jwts = new Set<string>()
  const json = (status: number, value: object): HttpResponse => {
    return { status, headers: {}, body: new TextEncoder().encode(JSON.stringify(value)) }
  }
  const http = async ({ method, url, headers = {}, body, timeout = 0 }: HttpRequest): Promise<HttpResponse> => {
    if (url.endsWith('config.json')) return json(200, { dl: 'http://r.invalid/dl', api: 'http://r.invalid' })
    if (url.endsWith('/audience')) return json(200, { audience: 'pypi' })
    if (/token/.test(url) && method === 'POST') {
      const jwt = Object.values(JSON.parse(new TextDecoder().decode(body as Uint8Array)))[0] as string
      if (jwts.has(jwt)) return json(400, { errors: [{ detail: 'JWT has already been used' }] })
      jwts.add(jwt)
      const token = `token-${grants.size + 1}`
      grants.set(token, clock.time)
      return json(200, { token })
    }
    const sent = headers.authorization ?? ''
    const token = sent.startsWith('Basic ') ? atob(sent.slice(6)).split(':')[1] : sent.replace('Bearer ', '')
    if (method === 'DELETE') {
      events.push(`${token} revoked`)
      return json(204, {})
    }
    clock.time += timeout - 1
    const isValid = clock.time - (grants.get(token ?? '') ?? Number.NEGATIVE_INFINITY) <= lifetime
    events.push(`${token} ${isValid ? 'accepted' : 'EXPIRED'}`)
    return isValid ? json(200, {}) : json(403, { errors: [{ detail: 'authentication failed' }] })
  }
  return { clock, http, events, jwts }
}

/** The identity of a job; each ID token is another. */
function job(): Identity {
  let count = 0
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return { idToken: async () => `${part({ alg: 'RS256' })}.${part({ jti: count++ })}.x`, onToken() {} }
}

type Registry = ReturnType<typeof slowRegistry>
const token = ({ clock }: Registry, exchange: Exchange) => new MintedToken(exchange, clock, () => {})

test('crates.io: no upload of a release of hours outlives its token of 30 minutes', async () => {
  const registry = slowRegistry(30 * MINUTES)
  const at = { index: 'sparse+http://r.invalid/' }
  const exchange = cratesExchange(new CratesClient(registry, { ...at, token: null }), job())
  const minted = token(registry, exchange)
  const client = new CratesClient(registry, { ...at, token: minted })
  for (let each = 0; each < 60; each++) await client.publish({}, new Uint8Array())
  await minted.revoke()
  expect(registry.clock.time).toBeGreaterThan(90 * MINUTES)
  expect(registry.events.filter((each) => each.endsWith('EXPIRED'))).toEqual([])
  // Each token is revoked, and each is granted for another ID token.
  const revoked = registry.events.filter((each) => each.endsWith('revoked'))
  expect([revoked.length, new Set(revoked).size]).toEqual([registry.jwts.size, registry.jwts.size])
  expect(registry.jwts.size).toBeGreaterThan(3)
})

test.each(['PyPI', 'Test PyPI'])(
  '%s: no upload of a release of hours outlives its token of 15 minutes',
  async (name) => {
    const registry = slowRegistry(15 * MINUTES)
    const at = { upload: 'http://p.invalid/legacy/', simple: 'http://p.invalid/simple/', username: '__token__' }
    const minted = token(registry, indexExchange(registry, { name, ...at }, job()))
    const client = new PyPIClient(registry, { ...at, token: minted })
    for (let each = 0; each < 30; each++) await client.upload([], 'demo.whl', new Blob([]))
    expect(registry.clock.time).toBeGreaterThan(90 * MINUTES)
    expect(registry.events.filter((each) => each.endsWith('EXPIRED'))).toEqual([])
    expect(registry.jwts.size).toBeGreaterThan(8)
  },
)
