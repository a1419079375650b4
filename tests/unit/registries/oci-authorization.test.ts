import { expect, test } from '@jest/globals'
import { type Access, Authorization, type Credentials } from '@slipway/registries/oci/authorization'
import { sender } from '@slipway/registries/remote'
import { answeredBy, type Heard, type Said } from './http.ts'

const REGISTRY = 'https://registry.example.invalid'
const REALM = 'https://auth.example.invalid/token'
const THING = { method: 'GET', url: `${REGISTRY}/v2/own/app/tags/list` }
const USER = { username: 'me', password: 'hush:1' }
const BASIC = `Basic ${Buffer.from('me:hush:1').toString('base64')}`

const asked = (challenge: string): Said => ({ status: 401, headers: { 'www-authenticate': challenge } })
const BEARER = `Bearer realm="${REALM}",service="registry, the",scope="repository:own/app:pull"`

/** How a registry and its token server differ from ones that accept everything. */
interface World {
  good?(header: string): boolean
  /** The token server's refusal; an empty answer grants a token. */
  token?(): Said
}

/** Returns a registry and a token server that grants `t1`, `t2`, … */
function world(challenge: string, { good = () => true, token = () => ({}) }: World = {}) {
  let given = 0
  return answeredBy(({ url, headers: { authorization = '' } }) => {
    if (url.startsWith(`${REGISTRY}/v2/`)) {
      return /^(Bearer t|Basic )/.test(authorization) && good(authorization) ? {} : asked(challenge)
    }
    const refusal = token()
    if (refusal.status) return refusal
    given += 1
    return { body: { token: `t${given}` } }
  })
}

function authorization(
  ports: ReturnType<typeof answeredBy>,
  credentials: Credentials | null = USER,
  access: Partial<Access> = {},
) {
  const send = sender(ports, { messageOf: () => null })
  return new Authorization(send, REGISTRY, credentials, { repository: 'own/app', mountFrom: null, ...access })
}

const tokens = ({ heard }: { heard: Heard[] }) => heard.filter((each) => !each.url.startsWith(REGISTRY))
const scopes = ({ url }: Heard) => new URL(url).searchParams.getAll('scope')

test('requests that are challenged at the same time share one token, and later ones send it', async () => {
  const ports = world(BEARER)
  const registry = authorization(ports)
  await Promise.all(Array.from({ length: 4 }, () => registry.send(THING, [200])))
  await registry.send(THING, [200])
  const [only, ...others] = tokens(ports)
  expect(others).toEqual([])
  const { origin, pathname, searchParams } = new URL(only?.url ?? '')
  expect([origin + pathname, ...searchParams]).toEqual([
    REALM,
    ['service', 'registry, the'],
    ['scope', 'repository:own/app:pull,push'],
  ])
  expect(only?.headers.authorization).toBe(BASIC)
  const sent = ports.heard.filter((each) => each.url === THING.url).map((each) => each.headers.authorization)
  expect(sent).toEqual([...Array(4).fill(undefined), ...Array(5).fill('Bearer t1')])
})

test('an expired token is renewed once; if the new one is refused too, the request fails', async () => {
  let over = ''
  const ports = world(BEARER, { good: (header) => !over.includes(header) })
  const registry = authorization(ports)
  await registry.send(THING, [200])
  over = 'Bearer t1'
  await Promise.all([registry.send(THING, [200]), registry.send(THING, [200])])
  expect(tokens(ports)).toHaveLength(2)
  over = 'Bearer t2 Bearer t3'
  const failure = await registry.send(THING, [200]).catch((cause) => cause)
  expect(failure).toMatchObject({ name: 'RemoteError', failure: 'denied', status: 401 })
  expect(tokens(ports)).toHaveLength(3)
})

test.each([
  ['plain HTTP elsewhere', 'http://auth.example.invalid/token'],
  ['plain HTTP at the registry', 'http://registry.example.invalid/token'],
  ['no address', '/token'],
  ['none at all', ''],
])('a password is not sent to a token server at %s', async (_, realm) => {
  const ports = world(realm === '' ? 'Bearer service="x"' : `Bearer realm="${realm}"`)
  await expect(authorization(ports).send(THING, [200])).rejects.toMatchObject({ failure: 'refused' })
  expect(ports.heard.map((each) => each.url)).toEqual([THING.url])
})

test('a registry that speaks plain HTTP may grant its own tokens', async () => {
  const local = 'http://127.0.0.1:5000'
  const ports = answeredBy(({ url, headers }) => {
    if (url.startsWith(`${local}/token`)) return { body: { access_token: 't' } }
    return headers.authorization === 'Bearer t' ? {} : asked(`Bearer realm="${local}/token?tenant=a"`)
  })
  const send = sender(ports, { messageOf: () => null })
  const registry = new Authorization(send, local, USER, { repository: 'a', mountFrom: null })
  await registry.send({ method: 'GET', url: `${local}/v2/` }, [200])
  expect(ports.heard[1]?.url).toBe(`${local}/token?tenant=a&scope=repository%3Aa%3Apull%2Cpush`)
})

test('if the repository to mount from is refused, the token is requested without it', async () => {
  const ports = world(BEARER, { token: () => (tokens(ports).length === 1 ? { status: 403 } : {}) })
  await authorization(ports, USER, { mountFrom: 'base/os' }).send(THING, [200])
  expect(tokens(ports).map(scopes)).toEqual([
    ['repository:own/app:pull,push', 'repository:base/os:pull'],
    ['repository:own/app:pull,push'],
  ])
})

test.each([
  ['does not work', { status: 503 }, 'doubtful'],
  ['gives no token', { body: {} }, 'doubtful'],
  ['is too busy', { status: 429 }, 'limited'],
  ['breaks off', new Error('reset'), 'doubtful'],
])('a token server that %s gets one request, and another for the next request', async (_, said, failure) => {
  let down = true
  const ports = answeredBy(({ url, headers }) => {
    if (!url.startsWith(REGISTRY)) return down ? said : { body: { token: 't' } }
    return headers.authorization ? {} : asked(BEARER)
  })
  const registry = authorization(ports, USER, { mountFrom: 'base/os' })
  await expect(registry.send(THING, [200])).rejects.toMatchObject({ failure })
  expect(tokens(ports)).toHaveLength(1)
  down = false
  expect(await registry.send(THING, [200])).toMatchObject({ status: 200 })
})

test('an identity token is sent in a form, never in an address or header', async () => {
  const ports = world(BEARER)
  await authorization(ports, { identityToken: 'hush+1' }, { mountFrom: 'base/os' }).send(THING, [200])
  const [request] = tokens(ports)
  expect(request).toMatchObject({ method: 'POST', url: REALM })
  expect(JSON.stringify([request?.url, request?.headers])).not.toMatch(/hush|uthorization/)
  expect(Object.fromEntries(new URLSearchParams(request?.text))).toEqual({
    grant_type: 'refresh_token',
    service: 'registry, the',
    client_id: 'slipway',
    refresh_token: 'hush+1',
    scope: 'repository:own/app:pull,push repository:base/os:pull',
  })
})

test('without a login, a token to pull is requested anonymously', async () => {
  const ports = world(BEARER)
  await authorization(ports, null).send(THING, [200])
  expect(tokens(ports).map((each) => [scopes(each), each.headers.authorization])).toEqual([
    [['repository:own/app:pull'], undefined],
  ])
})

const CHALLENGES: [challenge: string, credentials: Credentials | null, header: string | null][] = [
  ['Basic realm="x"', USER, BASIC],
  ['basic', USER, BASIC],
  ['Basic realm="x"', null, null],
  ['Basic realm="x"', { identityToken: 'hush' }, null],
  ['Negotiate', USER, null],
  ['', USER, null],
  [`bearer  service=s , realm="${REALM}"`, USER, 'Bearer t1'],
  [`Bearer realm="${REALM}", Basic realm="x"`, USER, 'Bearer t1'],
  [`Basic realm="x", Bearer realm="${REALM}"`, USER, BASIC],
]

test.each(CHALLENGES)('the challenge %j is answered', async (challenge, credentials, header) => {
  const ports = world(challenge)
  const failure = await authorization(ports, credentials)
    .send(THING, [200])
    .then(() => null)
    .catch((cause) => cause)
  expect(ports.heard.map((each) => each.headers.authorization)).toContain(header ?? undefined)
  if (header !== null) return expect(failure).toBeNull()
  expect(failure).toMatchObject({ failure: 'denied', status: 401 })
  expect(failure.message).toContain(credentials ? 'refuses the password' : 'asks for a login')
  expect(failure.message).not.toContain('hush')
  expect(ports.heard).toHaveLength(1)
})

test('another origin, to which an upload may be redirected, gets no login, whatever its challenge', async () => {
  for (const url of ['https://storage.example.invalid/1', 'http://registry.example.invalid/1', `${REGISTRY}:8443/1`]) {
    for (const challenge of [BEARER, 'Basic realm="x"']) {
      const ports = answeredBy((request) => {
        if (request.url === url) return asked(challenge)
        if (!request.url.startsWith(REGISTRY)) return { body: { token: 't1' } }
        return request.headers.authorization ? {} : asked(BEARER)
      })
      const registry = authorization(ports)
      await registry.send(THING, [200])
      await expect(registry.send({ method: 'PATCH', url }, [202])).rejects.toMatchObject({ failure: 'denied' })
      expect(ports.heard.slice(3)).toEqual([expect.objectContaining({ url })])
      expect(ports.heard[3]?.headers).not.toHaveProperty('authorization')
    }
  }
})
