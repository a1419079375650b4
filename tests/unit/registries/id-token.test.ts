import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { RemoteError } from '@slipway/core/publisher'
import { claimsOf, idToken, mayRequestIdTokens } from '@slipway/registries/trusted/id-token'
import { answeredBy, type Said } from './http.ts'

const JOB = {
  ACTIONS_ID_TOKEN_REQUEST_URL: 'http://issuer.invalid/token?api-version=2.0',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'hush-bearer',
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const jwt = (claims: unknown) => `${part({ alg: 'RS256' })}.${part(claims)}.hush`

function asking(said: Said | Error, env: Record<string, string> = JOB) {
  const ports = answeredBy(() => said)
  return { heard: ports.heard, token: idToken({ ...ports, env }, 'test pypi&x=1') }
}

test('a token is requested for its audience, with the request token of the job', async () => {
  const { heard, token } = asking({ body: { count: 1, value: jwt({ repository: 'o/n' }) } })
  expect(await token).toBe(jwt({ repository: 'o/n' }))
  expect(heard).toMatchObject([{ method: 'GET', headers: { authorization: 'Bearer hush-bearer' } }])
  const { searchParams } = new URL(heard[0]?.url as string)
  expect(Object.fromEntries(searchParams)).toEqual({ 'api-version': '2.0', audience: 'test pypi&x=1' })
})

test.each([{}, { ...JOB, ACTIONS_ID_TOKEN_REQUEST_URL: '' }, { ...JOB, ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' }])(
  'without the permission, nothing is requested: %j',
  async (env) => {
    const { heard, token } = asking({}, env as Record<string, string>)
    await expect(token).rejects.toMatchObject({
      failure: 'denied',
      message: expect.stringContaining('id-token: write'),
    })
    expect(heard).toEqual([])
    expect(mayRequestIdTokens(env)).toBe(false)
  },
)

test.each<[Said | Error, string]>([
  [{ status: 401, body: { message: 'bad bearer' } }, 'denied'],
  [{ status: 403, body: '' }, 'denied'],
  [{ status: 503, body: '' }, 'doubtful'],
  [{ status: 429, body: '' }, 'limited'],
  [{ body: 'hush' }, 'doubtful'],
  [{ body: { value: 'hush' } }, 'doubtful'],
  [{ body: { value: 'hush.hush.hush' } }, 'doubtful'],
  [{ body: { value: 7 } }, 'doubtful'],
  [new Error('broken'), 'doubtful'],
])('a response without a token fails without quoting a secret: %j', async (said, failure) => {
  const caught = await asking(said).token.catch((each: unknown) => each)
  expect(caught).toBeInstanceOf(RemoteError)
  expect(caught).toMatchObject({ failure })
  expect((caught as Error).message).not.toContain('hush')
})

test('in a sandbox, nothing is requested from GitHub', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'slipway-test-')), 'sandbox.json')
  await writeFile(file, JSON.stringify({ schema: 1, control: { url: 'http://127.0.0.1:1' } }))
  const { heard, token } = asking({}, { ...JOB, SLIPWAY_SANDBOX: file })
  await expect(token).rejects.toMatchObject({ problems: [{ code: 'sandbox-not-local' }] })
  expect(heard).toEqual([])
})

test('claims are the strings in a token', () => {
  expect(claimsOf(jwt({ repository: 'o/n', exp: 1, aud: ['x'] }))).toEqual({ repository: 'o/n' })
  for (const wrong of ['', 'a.b', jwt('text'), jwt([1]), `${jwt({})}.x`])
    expect(() => claimsOf(wrong)).toThrow(RemoteError)
})
