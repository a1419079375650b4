import { describe, expect, test } from '@jest/globals'
import { RemoteError } from '@slipway/core/publisher'
import { CratesClient } from '@slipway/registries/crates/client'
import { PUBLIC } from '@slipway/registries/endpoints'
import { GitHubClient } from '@slipway/registries/github/client'
import { OciClient } from '@slipway/registries/oci/client'
import { PyPIClient } from '@slipway/registries/pypi/client'
import { answeredBy, type Said } from './http.ts'

type Checked = { state: string; asked: string[]; authorization: string[] }

/** Checks a login against responses in order; returns the state, or the failure that was thrown. */
async function checked(
  answers: (Said | Error)[],
  client: (ports: ReturnType<typeof answeredBy>) => { checkLogin(): Promise<string> },
): Promise<Checked> {
  const ports = answeredBy((_, n) => answers[n] ?? new Error('nothing more is expected'))
  const state = await client(ports)
    .checkLogin()
    .catch((cause: unknown) => (cause instanceof RemoteError ? `thrown: ${cause.failure}` : `broken: ${cause}`))
  const asked = ports.heard.map(({ method, url, text }) =>
    [method, new URL(url).pathname, text].filter(Boolean).join(' '),
  )
  return { state, asked, authorization: ports.heard.map((each) => each.headers.authorization ?? '') }
}

describe('PyPI', () => {
  const check = (answers: (Said | Error)[], more: { upload?: string; token?: string | null; isPyPI?: boolean } = {}) =>
    checked(answers, (ports) => {
      const remote = { upload: PUBLIC.pypi.upload, simple: PUBLIC.pypi.simple, username: '__token__', token: 'pypi-1' }
      return new PyPIClient(ports, { ...remote, ...more })
    })
  const says = (status: number, message: string): Said => ({ status, body: { message } })
  const NO_NAME = "'' is an invalid value for Name. Error: This field is required. See … for more information."

  test('receives a form without name and file', async () => {
    const { asked, authorization, state } = await check([says(400, NO_NAME)])
    expect(asked).toEqual(['POST /legacy/ %3Aaction=file_upload&protocol_version=1'])
    expect(authorization).toEqual([`Basic ${btoa('__token__:pypi-1')}`])
    expect(state).toBe('accepted')
  })

  test.each<[string, Said | Error, string]>([
    ['to an unknown token', says(403, 'Invalid or non-existent authentication information. See …'), 'refused'],
    ['to a password', says(403, 'Access was denied to this resource.'), 'refused'],
    ['in read-only mode', says(403, 'Read-only mode: Uploads are temporarily disabled.'), 'not verified'],
    ['while uploads are closed', says(403, 'New uploads are temporarily disabled. See …'), 'not verified'],
    ['with another message', says(400, 'Bad request'), 'not verified'],
    ['with 429', says(429, 'Too many requests'), 'thrown: limited'],
    ['with 503', says(503, ''), 'thrown: doubtful'],
    ['never', new Error('silence'), 'thrown: doubtful'],
  ])('answers %s', async (_, answer, state) => {
    expect(await check([answer])).toMatchObject({ state })
  })

  test.each([
    ['another index', { upload: 'https://index.example.invalid/legacy/' }],
    ['an index, without a token,', { token: null }],
    ['an index on this machine', { upload: 'http://127.0.0.1:1/legacy/' }],
    ['an index that is not PyPI', { isPyPI: false }],
  ])('%s receives no request', async (_, more) => {
    expect(await check([], more)).toEqual({ state: 'not verified', asked: [], authorization: [] })
  })

  test('a stand-in receives the same request', async () => {
    const more = { upload: 'http://127.0.0.1:1/legacy/', isPyPI: true }
    expect(await check([says(400, NO_NAME)], more)).toMatchObject({ state: 'accepted' })
  })

  test('Test PyPI receives the same request', async () => {
    expect(await check([says(400, NO_NAME)], { upload: PUBLIC.testpypi.upload })).toMatchObject({ state: 'accepted' })
  })
})

describe('crates.io', () => {
  const CONFIG: Said = { body: { dl: 'https://dl.example.invalid', api: 'https://api.example.invalid' } }
  const check = (
    answers: (Said | Error)[],
    more: { index?: string; token?: string | null; isCratesIo?: boolean } = {},
  ) => checked(answers, (ports) => new CratesClient(ports, { index: PUBLIC.crates.index, token: 'cio1', ...more }))
  const says = (status: number, detail: string): Said => ({ status, body: { errors: [{ detail }] } })

  test('is asked for an API token that nobody has', async () => {
    const { asked, authorization, state } = await check([CONFIG, says(404, 'Not Found')])
    expect(asked).toEqual(['GET /config.json', 'GET /api/v1/me/tokens/0'])
    expect(authorization).toEqual(['', 'cio1'])
    expect(state).toBe('accepted')
  })

  test('a stand-in receives the same request', async () => {
    const more = { index: 'sparse+http://127.0.0.1:1/index/', isCratesIo: true }
    expect(await check([CONFIG, says(404, 'Not Found')], more)).toMatchObject({ state: 'accepted' })
  })

  test.each<[string, Said | Error, string]>([
    [
      'to a token with scopes',
      says(403, 'this token does not have the required permissions to perform this action'),
      'accepted',
    ],
    ['to an unknown, expired or revoked token', says(403, 'authentication failed'), 'refused'],
    [
      'to a token of another form',
      says(401, 'The given API token does not match the format used by crates.io.'),
      'refused',
    ],
    ['to a locked account', says(403, 'This account is indefinitely locked. Reason: spam'), 'refused'],
    ['to blocked traffic', { status: 403, body: 'We are unable to process your request.' }, 'thrown: denied'],
    ['401 without a message', { status: 401 }, 'refused'],
    ['like a web server', { status: 404, body: '<html>' }, 'not verified'],
    ['with 429', says(429, 'later'), 'thrown: limited'],
    ['never', new Error('silence'), 'thrown: doubtful'],
  ])('answers %s', async (_, answer, state) => {
    expect(await check([CONFIG, answer])).toMatchObject({ state })
  })

  test.each([
    ['another registry', { index: 'sparse+https://registry.example.invalid/index/' }],
    ['crates.io, without a token,', { token: null }],
    ['a registry on this machine', { index: 'sparse+http://127.0.0.1:1/index/' }],
    ['a registry that is not crates.io', { isCratesIo: false }],
    ['crates.io, with a token of trusted publishing,', { token: 'cio_tp_1' }],
  ])('%s receives no request', async (_, more) => {
    expect(await check([], more)).toEqual({ state: 'not verified', asked: [], authorization: [] })
  })
})

describe('GitHub', () => {
  const check = (answers: (Said | Error)[], token: string | null = 'ghp_1') =>
    checked(
      answers,
      (ports) => new GitHubClient(ports, { api: 'https://api.example.invalid', repository: 'o/r', token }),
    )
  const repository = (push: boolean | undefined, scopes: string | null, isPrivate = false): Said => ({
    body: { private: isPrivate, ...(push !== undefined && { permissions: { push } }) },
    ...(scopes !== null && { headers: { 'x-oauth-scopes': scopes } }),
  })

  test('is asked for the repository', async () => {
    const { asked, authorization, state } = await check([repository(true, 'repo, workflow')])
    expect(asked).toEqual(['GET /repos/o/r'])
    expect(authorization).toEqual(['Bearer ghp_1'])
    expect(state).toBe('accepted')
  })

  test.each<[string, Said | Error, string]>([
    ['a public repository and public_repo', repository(true, 'public_repo'), 'accepted'],
    ['a private repository and public_repo', repository(true, 'public_repo', true), 'refused'],
    ['no scope for repositories', repository(true, 'gist, read:org'), 'refused'],
    ['no scopes', repository(true, null), 'not verified'],
    ['no permissions', repository(undefined, 'repo'), 'not verified'],
    ['for a user who may not push', repository(false, 'repo'), 'refused'],
    ['401', { status: 401, body: { message: 'Bad credentials' } }, 'refused'],
    ['403', { status: 403, body: { message: 'Resource protected by organization SAML enforcement.' } }, 'refused'],
    ['404', { status: 404, body: { message: 'Not Found' } }, 'refused'],
    ['a rate limit', { status: 403, body: { message: 'API rate limit exceeded for user ID 1.' } }, 'thrown: denied'],
    ['a secondary limit', { status: 403, headers: { 'retry-after': '60' }, body: {} }, 'thrown: limited'],
    ['nothing', new Error('silence'), 'thrown: doubtful'],
  ])('answers a classic token with %s', async (_, answer, state) => {
    expect(await check([answer])).toMatchObject({ state })
  })

  test.each([
    ['a job’s token', 'ghs_1', repository(false, null)],
    ['a fine-grained token', 'github_pat_1', repository(true, null)],
  ])('does not report whether %s may write', async (_, token, answer) => {
    expect(await check([answer], token)).toMatchObject({ state: 'not verified' })
  })

  test('receives no request without a token', async () => {
    expect(await check([], null)).toEqual({ state: 'not verified', asked: [], authorization: [] })
  })
})

describe('an image registry', () => {
  const REGISTRY = 'https://registry.example.invalid'
  const challenge = (value: string): Said => ({ status: 401, headers: { 'www-authenticate': value } })
  const BEARER = challenge(`Bearer realm="${REGISTRY}/token",service="s"`)
  const PASSWORD = { username: 'me', password: 'secret' }
  const check = (
    answers: (Said | Error)[],
    credentials: ConstructorParameters<typeof OciClient>[1]['credentials'] = PASSWORD,
  ) =>
    checked(answers, (ports) => {
      return new OciClient(ports, { registry: REGISTRY, repository: 'own/app', credentials, mountFrom: null })
    })
  const granting = (...actions: string[]): Said => {
    const access = [{ type: 'repository', name: 'own/app', actions }]
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    return { body: { token: `${part({ alg: 'RS256' })}.${part({ access })}.signature` } }
  }

  test('is queried at its root, with a token to push', async () => {
    const { asked, authorization, state } = await check([BEARER, granting('pull', 'push'), {}])
    expect(asked).toEqual(['GET /v2/', 'GET /token', 'GET /v2/'])
    expect(authorization).toEqual(['', `Basic ${btoa('me:secret')}`, expect.stringMatching(/^Bearer /)])
    expect(state).toBe('accepted')
  })

  test.each<[string, (Said | Error)[], string]>([
    ['grants no push', [BEARER, granting('pull'), {}], 'refused'],
    ['does not say what it grants', [BEARER, { body: { token: 'opaque' } }, {}], 'not verified'],
    ['refuses the password at its token server', [BEARER, { status: 401 }], 'refused'],
    ['refuses the account at its token server', [BEARER, { status: 403 }], 'refused'],
    ['refuses the token that it gave', [BEARER, granting('pull', 'push'), { status: 401 }], 'refused'],
    ['accepts the password itself', [challenge('Basic realm="r"'), {}], 'not verified'],
    ['refuses the password itself', [challenge('Basic realm="r"'), challenge('Basic realm="r"')], 'refused'],
    ['needs no login', [{}], 'not verified'],
    ['has a failing token server', [BEARER, { status: 503 }], 'thrown: doubtful'],
    ['does not answer', [new Error('silence')], 'thrown: doubtful'],
  ])('that %s', async (_, answers, state) => {
    expect(await check(answers)).toMatchObject({ state })
  })

  test('that refuses an identity token', async () => {
    const refused: Said = { status: 400, body: { error: 'invalid_grant' } }
    expect(await check([BEARER, refused], { identityToken: 'old' })).toMatchObject({ state: 'refused' })
  })

  test('receives no request without a login', async () => {
    expect(await check([], null)).toEqual({ state: 'not verified', asked: [], authorization: [] })
  })
})
