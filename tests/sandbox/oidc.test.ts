import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from '@jest/globals'
import { startSandbox } from '@slipway/sandbox/start'
import { succeed, type Tested, temporaryFolder, tested, write } from './harness.ts'

/** Requests an ID token as a job does; returns the status and the token. */
async function request(sandbox: Pick<Tested, 'oidc'>, token = sandbox.oidc.token, more = '') {
  const response = await fetch(sandbox.oidc.request + more, { headers: { authorization: `Bearer ${token}` } })
  return { status: response.status, ...((await response.json()) as { value?: string; message?: string }) }
}

interface Jwk extends JsonWebKey {
  kid: string
}

const part = (text = '') => JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))

/** Verifies a token as a relying party does, starting from the discovery document; returns the claims. */
async function verified(issuer: string, token = ''): Promise<Record<string, unknown>> {
  const document = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()
  expect(document).toMatchObject({ issuer, id_token_signing_alg_values_supported: ['RS256'] })
  const { keys } = (await (await fetch((document as { jwks_uri: string }).jwks_uri)).json()) as { keys: Jwk[] }
  const [header, claims, signature = ''] = token.split('.')
  const { alg, kid } = part(header)
  const key = keys.find((each) => each.kid === kid)
  expect([alg, key?.alg, key?.use, key?.d]).toEqual(['RS256', 'RS256', 'sig', undefined])
  const publicKey = createPublicKey({ key: key as Jwk, format: 'jwk' })
  const isGood = (text: string) =>
    verify('RSA-SHA256', Buffer.from(text), publicKey, Buffer.from(signature, 'base64url'))
  expect([isGood(`${header}.${claims}`), isGood(`${header}.${claims}x`)]).toEqual([true, false])
  return part(claims)
}

test('a token has GitHub’s claims, each a string, and is valid for five minutes', async () => {
  const sandbox = await tested()
  const { status, value } = await request(sandbox, undefined, '&audience=crates.io')
  expect(status).toBe(200)
  const { iat, nbf, exp, ...claims } = await verified(sandbox.oidc.issuer, value)
  expect(Math.abs(Number(iat) - Date.now() / 1000)).toBeLessThan(60)
  expect([Number(exp) - Number(iat), Number(iat) - Number(nbf)]).toEqual([300, 600])
  expect(claims).toMatchObject({
    iss: sandbox.oidc.issuer,
    aud: 'crates.io',
    sub: 'repo:someone/project:ref:refs/tags/v1.0.0',
    repository: 'someone/project',
    repository_owner: 'someone',
    ref: 'refs/tags/v1.0.0',
    ref_type: 'tag',
    workflow_ref: 'someone/project/.github/workflows/release.yml@refs/tags/v1.0.0',
    event_name: 'push',
    run_id: '1',
    run_attempt: '1',
  })
  expect(claims).not.toHaveProperty('environment')
  expect(claims).not.toHaveProperty('environment_node_id')
  expect(Object.entries(claims).filter(([, each]) => typeof each !== 'string')).toEqual([])
  expect((await verified(sandbox.oidc.issuer, (await request(sandbox)).value)).aud).toBe('https://github.com/someone')
  expect((await sandbox.steer.log()).flatMap((each) => each.effect ?? [])[0]).toBe(`ID token issued to ${claims.sub}`)
})

test.each<[Record<string, string>, Record<string, string>]>([
  [
    { repository: 'o/n', environment: 'a:b' },
    { sub: 'repo:o/n:environment:a%3Ab', environment: 'a:b', environment_node_id: 'EN_1', check_run_id: '1' },
  ],
  [{ ref: 'refs/heads/main' }, { sub: 'repo:someone/project:ref:refs/heads/main', ref_type: 'branch' }],
  [{ event_name: 'pull_request', ref: 'refs/pull/1/merge' }, { sub: 'repo:someone/project:pull_request' }],
  [
    { sub: 'mine', run_attempt: '3' },
    { sub: 'mine', run_attempt: '3', run_id: '1' },
  ],
  [
    { sha: 'a'.repeat(40), workflow_ref: 'o/n/x.yml@refs/heads/main', job_workflow_ref: 'o/other/y.yml@v1' },
    {
      workflow_sha: 'a'.repeat(40),
      workflow_ref: 'o/n/x.yml@refs/heads/main',
      job_workflow_ref: 'o/other/y.yml@v1',
      job_workflow_sha: '1'.repeat(40),
    },
  ],
  [
    { sha: 'a'.repeat(40), job_workflow_ref: 'someone/project/.github/workflows/called.yml@refs/tags/v1.0.0' },
    {
      workflow_ref: 'someone/project/.github/workflows/release.yml@refs/tags/v1.0.0',
      job_workflow_sha: 'a'.repeat(40),
    },
  ],
])('the claims %j result in %j', async (given, claims) => {
  const sandbox = await tested()
  await sandbox.steer.setClaims(given)
  expect(part((await request(sandbox)).value?.split('.')[1])).toMatchObject(claims)
})

test('each job can have a separate token', async () => {
  const sandbox = await tested()
  const build = await sandbox.steer.idRequestToken({ repository: 'o/n' })
  const publish = await sandbox.steer.idRequestToken({ repository: 'o/n', environment: 'release' })
  await sandbox.steer.setClaims({ repository: 'other/one' })
  for (const [token, sub] of [
    [build, 'repo:o/n:ref:refs/tags/v1.0.0'],
    [publish, 'repo:o/n:environment:release'],
    [sandbox.oidc.token, 'repo:other/one:ref:refs/tags/v1.0.0'],
  ] as const)
    expect(await verified(sandbox.oidc.issuer, (await request(sandbox, token)).value)).toMatchObject({ sub })
})

test('only a request token of this sandbox gets an ID token', async () => {
  const sandbox = await tested()
  const { oidc, steer, actions } = sandbox
  const good = await steer.idRequestToken({})
  const foreign = await (await tested()).steer.idRequestToken({})
  for (const token of [foreign, good.slice(0, -2), actions.token, `${oidc.token}x`, ''])
    expect(await request(sandbox, token)).toMatchObject({ status: 401, message: expect.any(String) })
  expect((await fetch(oidc.request)).status).toBe(401)
  await expect(steer.setClaims({ run_id: 1 } as never)).rejects.toThrow('run_id must be a string')
})

test('key, claims and tokens survive a restart; the key is created on first use, readable by its owner only', async () => {
  const dir = temporaryFolder()
  const { description, close } = await startSandbox({ dir, cargoUpstream: null })
  const key = join(dir, 'oidc/key.pem')
  expect(existsSync(key)).toBe(false)
  const before = (await request(description)).value
  await close()
  const made = readFileSync(key, 'utf8')
  expect(statSync(key).mode & 0o077).toBe(0)
  const after = await tested({ dir })
  expect(after.oidc).toEqual(description.oidc)
  await after.steer.setClaims({ repository: 'o/n' })
  expect(await verified(after.oidc.issuer, before)).toMatchObject({ repository: 'someone/project' })
  expect(readFileSync(key, 'utf8')).toBe(made)
})

test('getIDToken of @actions/core gets a token', async () => {
  const sandbox = await tested()
  const folder = temporaryFolder()
  const core = pathToFileURL(join(import.meta.dirname, '../../node_modules/@actions/core/lib/core.js'))
  const script = `import { getIDToken } from '${core}'\nconsole.log('token ' + await getIDToken(process.argv[2]))\n`
  write(folder, { 'job.mjs': script })
  const env = { ACTIONS_ID_TOKEN_REQUEST_URL: sandbox.oidc.request, ACTIONS_ID_TOKEN_REQUEST_TOKEN: sandbox.oidc.token }
  const { stdout } = await succeed([process.execPath, join(folder, 'job.mjs'), 'test pypi'], { env })
  const token = /^token (\S+)$/m.exec(stdout)?.[1]
  expect(await verified(sandbox.oidc.issuer, token)).toMatchObject({ aud: 'test pypi' })
})
