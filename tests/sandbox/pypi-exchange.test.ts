import { expect, test } from '@jest/globals'
import { makeWheel, type Tested, tested } from './harness.ts'
import { type Exchanged, forged, idToken, inSeconds, mint, workflow } from './trusted.ts'
import { form, upload } from './upload-form.ts'

const made = { name: 'made', version: '1.0' }
const projects = (...names: string[]) => names.map((project) => ({ project, ...workflow }))

/** Exchanges the ID token of a job; returns status and message. */
async function answer(sandbox: Tested, claims: Record<string, string> = {}): Promise<[number, string]> {
  const { status, words } = await mint(sandbox, await idToken(sandbox, 'pypi', claims))
  return [status, words]
}

const unmatched = (why: string) => `invalid-publisher: valid token, but no corresponding publisher (${why})`
const NOT_FOUND = unmatched('Publisher with matching claims was not found')
const DAYS = 24 * 60 * 60 * 1000

test('each index has its audience, and exchanges an ID token once', async () => {
  const sandbox = await tested()
  for (const service of ['pypi', 'testpypi'] as const) {
    const address = new URL('/_/oidc/audience', sandbox[service].upload)
    expect(await (await fetch(address)).json()).toEqual({ audience: service })
    await sandbox.steer.setPypiPublishers(service, projects('made'))
    const jwt = await idToken(sandbox, service)
    const { status, token, expires = 0 } = await mint(sandbox, jwt, service)
    expect([status, token.slice(0, 5)]).toEqual([200, 'pypi-'])
    expect(Math.abs(expires - inSeconds(900))).toBeLessThan(60)
    const again: Exchanged = await mint(sandbox, jwt, service)
    expect([again.status, again.words]).toEqual([422, 'invalid-reuse-token: invalid token: already used'])
  }
  expect(await mint(sandbox, await idToken(sandbox, 'pypi'), 'testpypi')).toMatchObject({
    status: 422,
    words: 'invalid-token: malformed or invalid token',
  })
})

test('a token from another issuer or for another audience is refused', async () => {
  const sandbox = await tested()
  await sandbox.steer.setPypiPublishers('pypi', projects('made'))
  const invalid = 'invalid-token: malformed or invalid token'
  const forge = (claims: Record<string, unknown>, header = {}) => forged(sandbox, 'pypi', claims, header)
  const cases: [string, string][] = [
    ['nothing', 'invalid-payload: malformed JWT'],
    [await forge({ iss: undefined }), 'invalid-payload: malformed JWT'],
    [await forge({ iss: 'https://issuer.example.invalid' }), 'invalid-payload: unknown trusted publishing issuer'],
    [`${(await idToken(sandbox, 'pypi')).slice(0, -8)}AAAAAAAA`, invalid],
    [await idToken(sandbox, 'crates.io'), invalid],
    [await forge({ exp: inSeconds(-60) }), invalid],
    [await forge({ nbf: inSeconds(600) }), invalid],
    [await forge({ iat: undefined }), invalid],
    [await forge({ aud: ['pypi'] }), invalid],
    [await forge({}, { alg: 'none' }), invalid],
    [await forge({}, { kid: 'other' }), invalid],
    [await forge({}, { kid: undefined }), invalid],
    [await forge({ event_name: undefined }), unmatched("Missing claim 'event_name'")],
  ]
  for (const [jwt, words] of cases) expect(await mint(sandbox, jwt)).toMatchObject({ status: 422, words })
  expect(await mint(sandbox, await forge({ exp: inSeconds(-10) }))).toMatchObject({ status: 200 })
  const url = new URL('/_/oidc/mint-token', sandbox.pypi.upload)
  for (const body of ['{', '{}', '{"token":1}']) {
    const response = await fetch(url, { method: 'POST', body })
    expect([response.status, await response.json()]).toEqual([
      422,
      { message: 'Token request failed', errors: [{ code: 'invalid-payload', description: expect.any(String) }] },
    ])
  }
})

test('trusted publishing can be switched off', async () => {
  const sandbox = await tested()
  await sandbox.steer.setPypiPublishers('pypi', projects('made'))
  await sandbox.steer.setTrustedPublishing('pypi', false)
  const audience = await fetch(new URL('/_/oidc/audience', sandbox.pypi.upload))
  expect([audience.status, await audience.json()]).toEqual([
    403,
    { message: 'Trusted publishing functionality not enabled' },
  ])
  expect(await answer(sandbox)).toEqual([422, 'not-enabled: github trusted publishing functionality not enabled'])
  await sandbox.steer.setTrustedPublishing('pypi', true)
  expect(await answer(sandbox)).toEqual([200, ''])
})

test('a publisher is found by repository, owner and the file that the job is in', async () => {
  const sandbox = await tested()
  await sandbox.steer.setPypiPublishers('pypi', [{ project: 'made', ...workflow, ownerId: 1 }])
  const file = (path: string, ref = 'refs/tags/v1.0.0') => ({ job_workflow_ref: `${path}@${ref}` })
  const own = 'someone/project/.github/workflows/release.yml'
  const mismatch = (got: string) =>
    unmatched(
      `The job_workflow_ref claim does not match, expecting one of ['${own}@${'0'.repeat(40)}', '${own}@refs/tags/v1.0.0'], got '${got}'`,
    )
  const cases: [Record<string, string>, string][] = [
    [{ repository: 'someone/other' }, NOT_FOUND],
    [{ repository: 'Someone/project' }, NOT_FOUND],
    [{ repository_owner_id: '2' }, NOT_FOUND],
    [{ repository_owner: 'other' }, unmatched("Check failed for required claim 'repository_owner'")],
    [file('someone/project/.github/workflows/ci.yml'), NOT_FOUND],
    [file('someone/project/release'), unmatched('Could not job extract workflow filename from OIDC claims')],
    [file('other/tools/.github/workflows/publish.yml', 'v1'), NOT_FOUND],
    // A called workflow of another repository with the registered file name.
    [
      file('other/tools/.github/workflows/release.yml', 'refs/tags/v1'),
      mismatch('other/tools/.github/workflows/release.yml@refs/tags/v1'),
    ],
    [file(own, 'refs/heads/main'), mismatch(`${own}@refs/heads/main`)],
    [{ ref: '', sha: '', ...file(own, '') }, unmatched('The ref and sha claims are empty')],
    [
      { event_name: 'pull_request_target' },
      unmatched("Publishing from a workflow invoked via 'pull_request_target' is not supported."),
    ],
  ]
  for (const [claims, words] of cases) expect(await answer(sandbox, claims)).toEqual([422, words])
  expect(await answer(sandbox, file(own, '0'.repeat(40)))).toEqual([200, ''])
  // A called workflow of the caller's own repository counts as the registered one, whoever calls it.
  expect(
    await answer(sandbox, { workflow_ref: 'someone/project/.github/workflows/ci.yml@refs/tags/v1.0.0', ...file(own) }),
  ).toEqual([200, ''])
})

test('a publisher with an environment requires it, one without accepts any', async () => {
  const sandbox = await tested()
  await sandbox.steer.setPypiPublishers('pypi', [{ project: 'made', ...workflow, environment: 'Release' }])
  expect(await answer(sandbox)).toEqual([422, NOT_FOUND])
  expect(await answer(sandbox, { environment: 'test' })).toEqual([422, NOT_FOUND])
  expect(await answer(sandbox, { environment: 'release' })).toEqual([200, ''])
  await sandbox.steer.setPypiPublishers('pypi', [
    ...projects('general'),
    { project: 'made', ...workflow, environment: 'release' },
  ])
  const file = makeWheel(made)
  const uploaded = async (environment: string) => {
    const { token } = await mint(sandbox, await idToken(sandbox, 'pypi', { environment }))
    return (await upload(sandbox, form(made, file), token))[0]
  }
  expect([await uploaded('other'), await uploaded('release')]).toEqual([403, 200])
})

test('a pending publisher creates its project on first use, within 30 days', async () => {
  const sandbox = await tested()
  const pending = (created: number, name = made.name) =>
    sandbox.steer.setPypiPublishers('pypi', [
      { project: name, ...workflow, pending: true, created: new Date(created).toISOString() },
    ])
  const page = async () => (await fetch(`${sandbox.pypi.simple}made/`)).status
  await pending(Date.now() - 31 * DAYS)
  expect(await answer(sandbox)).toEqual([422, NOT_FOUND])
  await pending(Date.now() - 29 * DAYS)
  expect([await page(), await answer(sandbox, { environment: 'any' }), await page()]).toEqual([404, [200, ''], 200])
  // It is an ordinary publisher now.
  const { token } = await mint(sandbox, await idToken(sandbox, 'pypi'))
  expect(await upload(sandbox, form(made, makeWheel(made)), token)).toEqual([200, ''])
})

test('a pending publisher fails if its project exists, or for another project name', async () => {
  const sandbox = await tested()
  const pending = { ...workflow, pending: true }
  await sandbox.steer.setPypiPublishers('pypi', [{ project: 'Made', ...pending }])
  await upload(sandbox, form(made, makeWheel(made)))
  expect(await answer(sandbox)).toEqual([422, 'invalid-pending-publisher: valid token, but project already exists'])
  expect(await answer(sandbox)).toEqual([422, NOT_FOUND])
  await sandbox.steer.setPypiPublishers('pypi', [{ project: 'maed', ...pending }])
  const { token } = await mint(sandbox, await idToken(sandbox, 'pypi'))
  const first = { name: 'first', version: '1.0' }
  expect(await upload(sandbox, form(first, makeWheel(first)), token)).toEqual([
    400,
    expect.stringMatching(/^Non-user identities cannot create new projects\. This was probably caused by /),
  ])
})
