import { expect, test } from '@jest/globals'
import type { RegistryAuth } from '@slipway/sandbox/oci/auth'
import { readToken, tokenRoutes } from '@slipway/sandbox/oci/token'
import { tested } from './harness.ts'
import { digestOf, refusal, Spoken } from './oci-client.ts'

const basic = (username: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
})

/** Returns status, challenge and error code of a request. */
async function challenged(url: string, init: RequestInit = {}) {
  const response = await fetch(url, init)
  const { errors } = (await response.json()) as { errors?: { code: string }[] }
  return [response.status, response.headers.get('www-authenticate'), errors?.[0]?.code]
}

/** Gets a token from the token service, by GET with these headers. */
async function token(origin: string, query: string, headers: Record<string, string> = {}): Promise<string> {
  return ((await (await fetch(`${origin}/token?${query}`, { headers })).json()) as { token: string }).token
}

/** Sends a form to the token service. */
async function exchange(origin: string, form: Record<string, string>) {
  const response = await fetch(`${origin}/token`, { method: 'POST', body: new URLSearchParams(form) })
  return { status: response.status, answer: (await response.json()) as Record<string, string | undefined> }
}

/** Starts an upload to a repository; returns the status. */
async function upload(origin: string, name: string, bearer: string): Promise<number> {
  const headers = { authorization: `Bearer ${bearer}` }
  return (await fetch(`${origin}/v2/${name}/blobs/uploads/`, { method: 'POST', headers })).status
}

test('the challenge names the token service and the scope', async () => {
  const { ghcr } = await tested()
  const at = `Bearer realm="${ghcr.registry}/token",service="ghcr"`
  const repo = `${ghcr.registry}/v2/own/app`
  const post = { method: 'POST' }
  expect(await challenged(`${ghcr.registry}/v2/`)).toEqual([401, at, 'UNAUTHORIZED'])
  const pull = `${at},scope="repository:own/app:pull"`
  expect(await challenged(`${repo}/tags/list`)).toEqual([401, pull, 'UNAUTHORIZED'])
  const push = `${at},scope="repository:own/app:pull,push"`
  expect(await challenged(`${repo}/blobs/uploads/`, post)).toEqual([401, push, 'UNAUTHORIZED'])
  const mount = `${at},scope="repository:own/app:pull,push repository:own/base:pull"`
  const from = `${repo}/blobs/uploads/?mount=${digestOf('x')}&from=own/base`
  expect(await challenged(from, post)).toEqual([401, mount, 'UNAUTHORIZED'])
  // Only the token service takes a password.
  const headers = basic(ghcr.username, ghcr.password)
  expect(await challenged(`${ghcr.registry}/v2/`, { headers })).toEqual([401, at, 'UNAUTHORIZED'])
  const wrong = { headers: { authorization: 'Bearer x.y' } }
  expect(await challenged(`${ghcr.registry}/v2/`, wrong)).toEqual([401, `${at},error="invalid_token"`, 'UNAUTHORIZED'])
})

test('a token grants the requested and permitted scopes: pull for everybody, push for the account', async () => {
  const sandbox = await tested()
  const { registry, username, password } = sandbox.dockerhub
  const account = basic(username, password)
  const repo = await Spoken.open(sandbox, 'dockerhub', 'own/app')
  await repo.put('1.0', await repo.image('layer'))
  const both = 'scope=repository:own/app:pull,push'
  const anybody = await token(registry, both)
  const pull = { headers: { authorization: `Bearer ${anybody}` } }
  expect((await fetch(`${registry}/v2/own/app/manifests/1.0`, pull)).status).toBe(200)
  expect((await fetch(`${registry}/v2/`, pull)).status).toBe(200)
  const [status, challenge, code] = await challenged(`${registry}/v2/own/app/blobs/uploads/`, {
    ...pull,
    method: 'POST',
  })
  expect([status, code]).toEqual([401, 'DENIED'])
  expect(challenge).toMatch(/scope="repository:own\/app:pull,push",error="insufficient_scope"$/)
  expect(await upload(registry, 'own/app', await token(registry, both, account))).toBe(202)
  expect(await upload(registry, 'own/app', await token(registry, 'scope=repository:own/app:pull', account))).toBe(401)
  expect(await upload(registry, 'own/other', await token(registry, both, account))).toBe(401)
  const several = await token(registry, `${both}&scope=repository:own/other:pull,push`, account)
  expect([await upload(registry, 'own/app', several), await upload(registry, 'own/other', several)]).toEqual([202, 202])
  const joined = await token(registry, `${both}%20repository:own/other:pull,push`, account)
  expect(await upload(registry, 'own/other', joined)).toBe(202)
  expect(await upload(sandbox.ghcr.registry, 'own/app', several)).toBe(401)
})

test.each([
  ['a wrong password', 'slipway', 'wrong'],
  ['an unknown account', 'nobody', null],
])('%s is refused by the token service', async (_, username, password) => {
  const { dockerhub } = await tested()
  const given = password ?? dockerhub.password
  const refused = await fetch(`${dockerhub.registry}/token`, { headers: basic(username, given) })
  expect(await refusal(refused)).toEqual([401, 'UNAUTHORIZED'])
  const form = { grant_type: 'password', username, password: given, service: 'dockerhub', client_id: 'test' }
  expect((await exchange(dockerhub.registry, form)).status).toBe(401)
})

test('by POST, a password gets a refresh token, which gets access tokens', async () => {
  const { registry, username, password } = (await tested()).dockerhub
  const common = { service: 'dockerhub', client_id: 'test' }
  const scope = 'repository:own/app:pull,push'
  const online = await exchange(registry, { ...common, grant_type: 'password', username, password, scope })
  expect(online).toMatchObject({ status: 200, answer: { scope, expires_in: 300 } })
  expect(online.answer.refresh_token).toBeUndefined()
  expect(await upload(registry, 'own/app', online.answer.access_token ?? '')).toBe(202)
  const login = { ...common, grant_type: 'password', username, password, access_type: 'offline' }
  const refresh = (await exchange(registry, login)).answer.refresh_token ?? ''
  expect(await upload(registry, 'own/app', refresh)).toBe(401)
  const again = { ...common, grant_type: 'refresh_token', refresh_token: refresh, scope }
  const fresh = await exchange(registry, again)
  expect(await upload(registry, 'own/app', fresh.answer.access_token ?? '')).toBe(202)
  const access = { ...again, refresh_token: fresh.answer.access_token ?? '' }
  expect((await exchange(registry, access)).status).toBe(401)
  expect((await exchange(registry, { ...again, refresh_token: `${refresh}x` })).status).toBe(401)
  expect((await exchange(registry, { ...common, grant_type: 'authorization_code' })).status).toBe(400)
})

test('a token is valid for five minutes, and only unchanged', async () => {
  const auth: RegistryAuth = {
    name: 'ghcr',
    username: 'someone',
    password: 'secret',
    tokens: 'opaque',
    mayPush: () => true,
    mode: () => 'token',
  }
  const [route] = tokenRoutes(auth)
  const request = {
    method: 'GET',
    path: '/token',
    query: new URLSearchParams({ scope: 'repository:a:pull' }),
    headers: {},
    body: Buffer.alloc(0),
    origin: '',
  }
  const before = Date.now()
  const answer = await route?.handle(request, {})
  const after = Date.now()
  const { token } = JSON.parse(String(answer?.body)) as { token: string }
  expect(readToken(auth, token, before + 299_999)).toEqual([{ repository: 'a', actions: ['pull'] }])
  expect(readToken(auth, token, after + 301_000)).toBeNull()
  expect(readToken({ ...auth, password: 'other' }, token, before)).toBeNull()
  const [claims = '', signature] = token.split('.')
  const more = Buffer.from(Buffer.from(claims, 'base64url').toString().replace('"pull"', '"pull","push"'))
  expect(readToken(auth, `${more.toString('base64url')}.${signature}`, before)).toBeNull()
})

test("Docker Hub's tokens show their scopes, GHCR's do not, and only Docker pushes official images", async () => {
  const { dockerhub, ghcr } = await tested()
  const claims = async (registry: string, name: string, headers: Record<string, string>) => {
    const given = await token(registry, `scope=repository:${name}:pull,push`, headers)
    const [head = '', payload = '', ...signature] = given.split('.')
    if (signature.length === 0) return null
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
    expect([read(head), signature.length]).toEqual([{ alg: 'HS256', typ: 'JWT' }, 1])
    return read(payload)
  }
  const account = basic(dockerhub.username, dockerhub.password)
  const opens = (name: string, ...actions: string[]) => [{ type: 'repository', name, actions }]
  expect(await claims(dockerhub.registry, 'own/app', account)).toEqual({
    iss: 'dockerhub',
    aud: 'dockerhub',
    sub: dockerhub.username,
    exp: expect.any(Number),
    jti: expect.any(String),
    access: opens('own/app', 'pull', 'push'),
  })
  expect(await claims(dockerhub.registry, 'own/app', {})).toMatchObject({ access: opens('own/app', 'pull'), sub: '' })
  expect(await claims(dockerhub.registry, 'library/app', account)).toMatchObject({
    access: opens('library/app', 'pull'),
  })
  expect(await claims(ghcr.registry, 'own/app', basic(ghcr.username, ghcr.password))).toBeNull()
  const push = 'scope=repository:library/app:pull,push'
  expect(await upload(dockerhub.registry, 'library/app', await token(dockerhub.registry, push, account))).toBe(401)
  const own = await token(ghcr.registry, push, basic(ghcr.username, ghcr.password))
  expect(await upload(ghcr.registry, 'library/app', own)).toBe(202)
})

test('in basic mode only the account gets in, and there are no tokens', async () => {
  const sandbox = await tested()
  const { registry, username, password } = sandbox.ghcr
  const bearer = await token(registry, 'scope=repository:own/app:pull,push', basic(username, password))
  await sandbox.steer.setOciAuth('ghcr', 'basic')
  const status = async (headers: Record<string, string>) => (await fetch(`${registry}/v2/`, { headers })).status
  expect(await challenged(`${registry}/v2/own/app/tags/list`)).toEqual([401, 'Basic realm="ghcr"', 'UNAUTHORIZED'])
  expect(await status(basic(username, password))).toBe(200)
  expect(await status(basic(username, 'wrong'))).toBe(401)
  expect(await status({ authorization: `Bearer ${bearer}` })).toBe(401)
  expect((await fetch(`${registry}/token`)).status).toBe(404)
  const headers = basic(username, password)
  expect((await fetch(`${registry}/v2/own/app/blobs/uploads/`, { method: 'POST', headers })).status).toBe(202)
  expect((await challenged(`${sandbox.dockerhub.registry}/v2/`))[1]).toMatch(/^Bearer /)
  await sandbox.steer.setOciAuth('ghcr', 'token')
  expect(await status({ authorization: `Bearer ${bearer}` })).toBe(200)
  await expect(sandbox.steer.setOciAuth('ghcr', 'none' as 'token')).rejects.toThrow('mode')
  await expect(sandbox.steer.setOciAuth('github' as 'ghcr', 'token')).rejects.toThrow(
    'Unknown command PUT /github/auth',
  )
})
