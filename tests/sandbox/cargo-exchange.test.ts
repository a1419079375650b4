import { expect, test } from '@jest/globals'
import { publishVersion } from './crate-request.ts'
import { started, type Tested, tested } from './harness.ts'
import { exchange, forged, idToken, inSeconds, workflow } from './trusted.ts'

/** Starts a sandbox with a crate that a workflow may publish. */
async function withPublisher(more: { ownerId?: number; environment?: string } = {}) {
  const sandbox = await tested()
  await sandbox.steer.reserveCrate('made')
  await sandbox.steer.setCargoPublishers([{ crate: 'made', ...workflow, ...more }])
  return sandbox
}

/** Exchanges the ID token of a job; returns status and message. */
async function refused(sandbox: Tested, claims: Record<string, string>): Promise<[number, string]> {
  const { status, words } = await exchange(sandbox, await idToken(sandbox, 'crates.io', claims))
  return [status, words]
}

const revoke = async (sandbox: Tested, authorization?: string): Promise<[number, string]> => {
  const url = `${sandbox.cargo.api}/api/v1/trusted_publishing/tokens`
  const response = await fetch(url, { method: 'DELETE', ...(authorization && { headers: { authorization } }) })
  const text = await response.text()
  return [response.status, text && JSON.parse(text).errors[0].detail]
}

test('an ID token is exchanged once, also from a called workflow', async () => {
  const sandbox = await withPublisher()
  const jwt = await idToken(sandbox, 'crates.io')
  expect(await exchange(sandbox, jwt)).toMatchObject({
    status: 200,
    token: expect.stringMatching(/^cio_tp_[A-Za-z0-9]{32}$/),
  })
  expect(await exchange(sandbox, jwt)).toMatchObject({ status: 400, words: 'JWT has already been used' })
  const called = { job_workflow_ref: 'other/tools/.github/workflows/publish.yml@refs/tags/v1' }
  expect(await refused(sandbox, called)).toEqual([200, ''])
  expect(await refused(sandbox, { repository: 'Someone/Project' })).toEqual([200, ''])
  expect((await sandbox.steer.log()).flatMap((each) => each.effect ?? [])).toContain('temporary token for made issued')
})

test('an ID token with a mismatch can be used once the mismatch is fixed', async () => {
  const sandbox = await withPublisher({ environment: 'release' })
  const jwt = await idToken(sandbox, 'crates.io')
  expect(await exchange(sandbox, jwt)).toMatchObject({ status: 400 })
  await sandbox.steer.setCargoPublishers([{ crate: 'made', ...workflow }])
  expect(await exchange(sandbox, jwt)).toMatchObject({ status: 200 })
})

test('a token from another issuer or for another audience is refused', async () => {
  const sandbox = await withPublisher()
  const url = `${sandbox.cargo.api}/api/v1/trusted_publishing/tokens`
  const unread = [400, 'Failed to decode JWT']
  const cases: [string, unknown[]][] = [
    ['nothing', unread],
    ['a.b.c', unread],
    [await idToken(sandbox, 'pypi'), unread],
    [`${(await idToken(sandbox, 'crates.io')).slice(0, -8)}AAAAAAAA`, unread],
    [await forged(sandbox, 'crates.io', { exp: inSeconds(-90) }), unread],
    [await forged(sandbox, 'crates.io', { nbf: inSeconds(600) }), unread],
    [await forged(sandbox, 'crates.io', { iat: inSeconds(600) }), unread],
    [await forged(sandbox, 'crates.io', { aud: ['crates.io', 'pypi'] }), unread],
    [await forged(sandbox, 'crates.io', { workflow_ref: undefined }), unread],
    [await forged(sandbox, 'crates.io', {}, { alg: 'HS256' }), unread],
    [
      await forged(sandbox, 'crates.io', { iss: 'https://issuer.example.invalid' }),
      [400, 'Unsupported JWT issuer: https://issuer.example.invalid'],
    ],
    [await forged(sandbox, 'crates.io', {}, { kid: undefined }), [400, 'Missing JWT key ID']],
    [await forged(sandbox, 'crates.io', {}, { kid: 'other' }), [400, 'Invalid JWT key ID']],
  ]
  for (const [jwt, expected] of cases) {
    const { status, words } = await exchange(sandbox, jwt)
    expect([status, words]).toEqual(expected)
  }
  expect(await exchange(sandbox, await forged(sandbox, 'crates.io', { exp: inSeconds(-30) }))).toMatchObject({
    status: 200,
  })
  expect((await fetch(url, { method: 'POST', body: '{' })).status).toBe(400)
  expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(422)
})

test('crates.io cannot load keys while the issuer does not answer', async () => {
  const sandbox = await withPublisher()
  const jwt = await idToken(sandbox, 'crates.io')
  const fault = { kind: 'status', status: 503 } as const
  await sandbox.steer.setFault({ service: 'oidc', method: 'GET', path: 'jwks$', times: 1, fault })
  expect(await exchange(sandbox, jwt)).toMatchObject({ status: 500, words: 'Failed to load OIDC key set' })
  expect(await exchange(sandbox, jwt)).toMatchObject({ status: 200 })
})

test('a mismatch is reported with the message of crates.io', async () => {
  const sandbox = await withPublisher({ ownerId: 1, environment: 'Release' })
  const config = 'The Trusted Publishing config for repository `someone/project`'
  const event = (name: string) =>
    `Trusted Publishing does not support the \`${name}\` event trigger due to security concerns. Please use a different trigger such as \`push\`, \`release\`, or \`workflow_dispatch\`.`
  const cases: [Record<string, string>, string][] = [
    [{ event_name: 'pull_request_target' }, event('pull_request_target')],
    [{ event_name: 'workflow_run' }, event('workflow_run')],
    [{ workflow_ref: 'someone/project/release@refs/heads/main' }, 'Unexpected `workflow_ref` value'],
    [{ repository: 'project' }, 'Unexpected `repository` value'],
    [{ repository_owner_id: 'x' }, 'Unexpected `repository_owner_id` value'],
    [{ repository: 'someone/other' }, 'No Trusted Publishing config found for repository `someone/other`.'],
    [
      { repository_owner_id: '2' },
      `${config} does not match the repository owner ID (2) in the JWT. Expected owner IDs: 1. Please recreate the Trusted Publishing config to update the repository owner ID.`,
    ],
    [
      { workflow_ref: 'someone/project/.github/workflows/ci.yml@refs/heads/main' },
      `${config} does not match the workflow filename \`ci.yml\` in the JWT. Expected workflow filenames: \`release.yml\``,
    ],
    [{}, `${config} requires an environment, but the JWT does not specify one. Expected environments: \`Release\``],
    [
      { environment: 'test' },
      `${config} does not match the environment \`test\` in the JWT. Expected environments: \`Release\``,
    ],
  ]
  for (const [claims, words] of cases) expect(await refused(sandbox, claims)).toEqual([400, words])
  expect(await refused(sandbox, { environment: 'release' })).toEqual([200, ''])
  await sandbox.steer.setCargoPublishers([{ crate: 'never-published', ...workflow }])
  expect(await refused(sandbox, {})).toEqual([
    400,
    'No Trusted Publishing config found for repository `someone/project`.',
  ])
})

test('a temporary token revokes itself, any number of times', async () => {
  const sandbox = await withPublisher()
  const { token } = await exchange(sandbox, await idToken(sandbox, 'crates.io'))
  const unparsed = [401, 'Invalid `Authorization` header: Failed to parse token']
  expect(await revoke(sandbox)).toEqual([401, 'Missing `Authorization` header'])
  expect(await revoke(sandbox, `Basic ${token}`)).toEqual([
    401,
    'Invalid `Authorization` header: Found unexpected authentication scheme `Basic`',
  ])
  expect(await revoke(sandbox, `Bearer ${token}x`)).toEqual(unparsed)
  expect(await revoke(sandbox, sandbox.cargo.token)).toEqual(unparsed)
  expect(await publishVersion(sandbox, 'made', '1.0.0', token)).toMatchObject({ status: 200 })
  expect(await revoke(sandbox, `Bearer ${token}`)).toEqual([204, ''])
  expect(await revoke(sandbox, token)).toEqual([204, ''])
  expect(await publishVersion(sandbox, 'made', '1.0.1', `Bearer ${token}`)).toMatchObject({
    status: 403,
    words: 'Invalid authentication token',
  })
})

test('publishers, tokens and used ID tokens survive a restart', async () => {
  const before = await started()
  await before.steer.reserveCrate('made')
  await before.steer.setCargoPublishers([{ crate: 'made', ...workflow }])
  const jwt = await idToken(before, 'crates.io')
  const { token } = await exchange(before, jwt)
  await before.close()
  const after = await tested({ dir: before.dir })
  expect(await exchange(after, jwt)).toMatchObject({ words: 'JWT has already been used' })
  expect(await publishVersion(after, 'made', '1.0.0', token)).toMatchObject({ status: 200 })
  expect(await exchange(after, await idToken(after, 'crates.io'))).toMatchObject({ status: 200 })
})
