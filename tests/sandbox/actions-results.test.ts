import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { opened } from '@slipway/sandbox/jwt'
import { startSandbox } from '@slipway/sandbox/start'
import { type Tested, temporaryFolder, tested } from './harness.ts'
import { call, client, idsOf, names, newest, upload } from './results-client.ts'

test('another run finds nothing, and cannot act in the name of the first', async () => {
  const sandbox = await tested()
  const { steer } = sandbox
  const own = await steer.runtimeToken({ run: 7 })
  const foreign = await steer.runtimeToken({ run: 8, sees: 'earlier' })
  const { result } = await upload(sandbox, own, 'dist', { f: '1' })
  expect(names(await client(sandbox, foreign, 'listArtifacts'))).toEqual([])
  expect((await client(sandbox, foreign, 'downloadArtifact', result.id)).error).toMatch('No artifacts found')
  for (const method of [
    'CreateArtifact',
    'FinalizeArtifact',
    'ListArtifacts',
    'GetSignedArtifactURL',
    'DeleteArtifact',
  ])
    expect(await call(sandbox, method, foreign, { ...idsOf(own), name: 'dist' })).toMatchObject({
      status: 403,
      code: 'permission_denied',
    })
  // The right run, but another job: no artifact there has that name.
  const mixed = { ...idsOf(own), workflow_run_backend_id: idsOf(foreign).workflow_run_backend_id, name: 'dist' }
  expect(await call(sandbox, 'GetSignedArtifactURL', foreign, mixed)).toMatchObject({ status: 404, code: 'not_found' })
  expect(await call(sandbox, 'CreateArtifact', foreign, mixed)).toMatchObject({ status: 403 })
  expect(await newest(sandbox, own, 'dist', 'f')).toBe('1')
})

test('a damaged, foreign or missing token is refused', async () => {
  const sandbox = await tested()
  const other = await tested()
  const { token } = sandbox.actions
  const [header = '', claims = '', signature = ''] = token.split('.')
  const payload = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { attempt: number }
  const changed = Buffer.from(JSON.stringify({ ...payload, attempt: 2 })).toString('base64url')
  const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
  const bad = [
    `${header}.${changed}.${signature}`,
    `${header}.${claims}.${signature.slice(0, -2)}`,
    `${header}.${claims}`,
    `${none}.${claims}.`,
    other.actions.token,
    sandbox.github.token,
    sandbox.oidc.token,
    '',
  ]
  for (const each of bad)
    expect(await call(sandbox, 'ListArtifacts', each, idsOf(token))).toMatchObject({
      status: 401,
      code: 'unauthenticated',
    })
  expect((await upload(sandbox, bad[0] ?? '', 'dist', { f: '1' })).error).toMatch(/\(401\) Unauthorized/)
  expect(opened('another secret', token)).toBeNull()
})

test('a blob address grants one permission for an hour, and only as signed', async () => {
  const sandbox = await tested()
  const { token } = sandbox.actions
  const ids = { ...idsOf(token), name: 'dist' }
  const { signed_upload_url: url = '' } = await call(sandbox, 'CreateArtifact', token, { ...ids, version: 4 })
  const put = async (to: string, body = 'bytes') => (await fetch(to, { method: 'PUT', body })).status
  expect((await fetch(url)).status).toBe(403)
  expect(await put(url.replace(/sig=../, 'sig=xx'))).toBe(403)
  expect(await put(url.replace('sp=w', 'sp=r'))).toBe(403)
  expect(await put(url.replace(/se=\d{4}/, 'se=2999'))).toBe(403)
  expect(await put(url.replace(/\/1\?/, '/2?'))).toBe(403)
  expect(await call(sandbox, 'FinalizeArtifact', token, { ...ids, size: '5' })).toMatchObject({ status: 400 })
  expect(await put(`${url}&comp=blocklist`, '<BlockList><Latest>QQ==</Latest></BlockList>')).toBe(400)
  expect(await put(url)).toBe(201)
  // Bytes that differ from those that the client read.
  expect(await call(sandbox, 'FinalizeArtifact', token, { ...ids, size: '4' })).toMatchObject({ status: 400 })
  const wrong = { ...ids, size: '5', hash: `sha256:${'0'.repeat(64)}` }
  expect(await call(sandbox, 'FinalizeArtifact', token, wrong)).toMatchObject({ status: 400 })
  expect(await call(sandbox, 'ListArtifacts', token, ids)).toMatchObject({ artifacts: [] })
  for (let again = 0; again < 2; again++)
    expect(await call(sandbox, 'FinalizeArtifact', token, { ...ids, size: '5' })).toMatchObject({ ok: true })
  expect(await put(url, 'others')).toBe(409)
  // The other spelling of field names.
  const { workflow_run_backend_id: workflowRunBackendId, workflow_job_run_backend_id: workflowJobRunBackendId } = ids
  const camel = { workflowRunBackendId, workflowJobRunBackendId, nameFilter: 'dist' }
  expect((await call(sandbox, 'ListArtifacts', token, camel)).artifacts).toHaveLength(1)
  expect(await call(sandbox, 'toString', token, ids)).toMatchObject({ status: 404, code: 'bad_route' })
})

test('artifacts, attempts and tokens survive a restart', async () => {
  const dir = temporaryFolder()
  const { description, close } = await startSandbox({ dir, cargoUpstream: null })
  const before = { ...description, dir } as Tested
  await upload(before, description.actions.token, 'dist', { f: '1' })
  const control = `${description.control.url}/actions/token`
  const ask = async (sees: string) => {
    const response = await fetch(control, { method: 'POST', body: JSON.stringify({ run: 1, attempt: 2, sees }) })
    return (await response.json()) as { token: string }
  }
  const { token } = await ask('none')
  await close()
  const after = await tested({ dir })
  expect(after.actions).toEqual(description.actions)
  expect(await newest(after, after.actions.token, 'dist', 'f')).toBe('1')
  expect(names(await client(after, token, 'listArtifacts'))).toEqual([])
  expect(await ask('earlier')).toMatchObject({ message: expect.stringContaining('began with sees: none') })
  expect(await ask('none')).toEqual({ token })
  expect(existsSync(join(dir, 'actions/state.json'))).toBe(true)
})

test.each([
  [{}, 'run must be the number of a run.'],
  [{ run: 'x' }, 'run must be the number of a run.'],
  [{ run: 1, attempt: 0 }, 'attempt must be a whole number above 0.'],
  [{ run: 1, attempt: 1.5 }, 'attempt must be a whole number above 0.'],
  [{ run: 1, sees: 'all' }, 'sees must be earlier or none.'],
])('no token for %j', async (job, message) => {
  const { steer } = await tested()
  await expect(steer.runtimeToken(job as { run: number })).rejects.toThrow(message)
})
