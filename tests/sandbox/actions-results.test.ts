import { type ChildProcess, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from '@jest/globals'
import { opened } from '@slipway/sandbox/jwt'
import { startSandbox } from '@slipway/sandbox/start'
import { type Tested, temporaryFolder, tested, write } from './harness.ts'

const SERVICE = 'twirp/github.actions.results.api.v1.ArtifactService'
const script = fileURLToPath(new URL('./artifact-client.ts', import.meta.url))

/** The client's result or error. */
interface ClientResult {
  // biome-ignore lint/suspicious/noExplicitAny: the client's own types differ by method.
  result?: any
  error?: string
}

let child: ChildProcess | undefined
afterAll(() => {
  child?.kill()
})

/** Calls the real client as a job with this runtime token does, in a separate process with the job's environment. */
async function client({ actions }: Pick<Tested, 'actions'>, token: string, method: string, ...args: unknown[]) {
  child ??= fork(script, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] })
  const env = {
    ACTIONS_RUNTIME_TOKEN: token,
    ACTIONS_RESULTS_URL: `${actions.results}/`,
    GITHUB_WORKSPACE: temporaryFolder(),
  }
  child.send({ env, method, args })
  const [result] = (await once(child, 'message')) as [ClientResult]
  return result
}

/** Uploads files of a new folder as an artifact. */
async function upload(
  sandbox: Tested,
  token: string,
  name: string,
  files: Record<string, string>,
): Promise<ClientResult> {
  const folder = temporaryFolder()
  write(folder, files)
  const paths = Object.keys(files).map((each) => join(folder, each))
  return client(sandbox, token, 'uploadArtifact', name, paths, folder)
}

/** Downloads a file of the newest artifact of a name and returns its text; null when there is no artifact. */
async function newest(sandbox: Tested, token: string, name: string, file: string): Promise<string | null> {
  const found = await client(sandbox, token, 'getArtifact', name)
  if (found.error?.startsWith('Artifact not found')) return null
  const { id, digest } = found.result.artifact
  const path = temporaryFolder()
  const { result } = await client(sandbox, token, 'downloadArtifact', id, { path, expectedHash: digest })
  expect(result).toEqual({ downloadPath: path, digestMismatch: false })
  return readFileSync(join(path, file), 'utf8')
}

const names = ({ result }: ClientResult) => result.artifacts.map(({ name }: { name: string }) => name)

/** Returns the backend ids in a token, as the client reads them. */
function idsOf(token: string) {
  const { scp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { scp: string }
  const [, run, job] = scp.split(':')
  return { workflow_run_backend_id: run, workflow_job_run_backend_id: job }
}

interface Answered {
  code?: string
  signed_url?: string
  signed_upload_url?: string
  artifacts?: object[]
}

/** Calls a method without the client; returns the status and Twirp's code. */
async function call({ actions }: Pick<Tested, 'actions'>, method: string, token: string, body: object) {
  const response = await fetch(`${actions.results}/${SERVICE}/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, ...((await response.json()) as Answered) }
}

test('a job with the description’s token uploads, lists, downloads and deletes an artifact', async () => {
  const sandbox = await tested()
  const { token } = sandbox.actions
  const files = { 'a.txt': 'one', 'sub/b.txt': 'two'.repeat(100_000) }
  const sent = (await upload(sandbox, token, 'dist', files)).result
  expect(sent).toEqual({ id: 1, size: expect.any(Number), digest: expect.stringMatching(/^[0-9a-f]{64}$/) })
  const { artifacts } = (await client(sandbox, token, 'listArtifacts')).result
  const { id, size, digest } = sent
  expect(artifacts).toEqual([{ name: 'dist', id, size, digest: `sha256:${digest}`, createdAt: expect.any(String) }])
  expect(await newest(sandbox, token, 'dist', 'sub/b.txt')).toBe(files['sub/b.txt'])
  expect(await client(sandbox, token, 'deleteArtifact', 'dist')).toEqual({ result: { id } })
  expect(names(await client(sandbox, token, 'listArtifacts'))).toEqual([])
  const log = await sandbox.steer.log()
  expect(log.flatMap((each) => each.effect ?? [])).toEqual([
    'artifact dist begun',
    'artifact dist uploaded',
    'artifact dist deleted',
  ])
  // Blob addresses work like credentials, so the log must not hold their signatures.
  expect(log.filter((each) => /sig=(?!…)/.test(each.path))).toEqual([])
  expect(await sandbox.steer.counters()).toMatchObject({ uploadBytes: 0 })
})

test('blocks are joined in the order of the list', async () => {
  const sandbox = await tested()
  const folder = temporaryFolder()
  const bytes = Buffer.alloc(20 * 2 ** 20)
  for (let at = 0; at < bytes.length; at += 4096) bytes.writeUInt32LE(at, at)
  writeFileSync(join(folder, 'big.bin'), bytes)
  const args = ['big', [join(folder, 'big.bin')], folder, { compressionLevel: 0 }]
  const { result } = await client(sandbox, sandbox.actions.token, 'uploadArtifact', ...args)
  expect(result.size).toBeGreaterThan(bytes.length)
  const blocks = (await sandbox.steer.log()).filter((each) => each.path.includes('comp=block&'))
  expect(blocks.length).toBeGreaterThan(2)
  expect(await newest(sandbox, sandbox.actions.token, 'big', 'big.bin')).toBe(bytes.toString('utf8'))
})

test('an unzipped file keeps its type, name and bytes', async () => {
  const sandbox = await tested()
  const folder = temporaryFolder()
  write(folder, { 'plan é.json': '{"a":1}', 'empty.txt': '' })
  for (const [file, type, text] of [
    ['plan é.json', 'application/json', '{"a":1}'],
    ['empty.txt', 'text/plain', ''],
  ] as const) {
    const { result } = await client(
      sandbox,
      sandbox.actions.token,
      'uploadArtifact',
      'x',
      [join(folder, file)],
      folder,
      {
        skipArchive: true,
      },
    )
    expect(result.digest).toBe(createHash('sha256').update(text).digest('hex'))
    expect(await newest(sandbox, sandbox.actions.token, file, file)).toBe(text)
    const ids = idsOf(sandbox.actions.token)
    const { signed_url = '' } = await call(sandbox, 'GetSignedArtifactURL', sandbox.actions.token, {
      ...ids,
      name: file,
    })
    expect((await fetch(signed_url)).headers.get('content-type')).toBe(type)
  }
})

test('a name cannot be uploaded twice in one attempt, not even by another job, until it is deleted', async () => {
  const sandbox = await tested()
  const { steer } = sandbox
  const [build, other] = [
    await steer.runtimeToken({ run: 7, job: 'a' }),
    await steer.runtimeToken({ run: 7, job: 'b' }),
  ]
  expect((await upload(sandbox, build, 'dist', { f: '1' })).result).toBeDefined()
  for (const token of [build, other])
    expect((await upload(sandbox, token, 'dist', { f: '2' })).error).toMatch(
      /\(409\) Conflict: an artifact with this name/,
    )
  expect(await newest(sandbox, other, 'dist', 'f')).toBe('1')
  // Any job of the run can replace it.
  await client(sandbox, other, 'deleteArtifact', 'dist')
  expect((await upload(sandbox, other, 'dist', { f: '2' })).result).toBeDefined()
  expect(await newest(sandbox, build, 'dist', 'f')).toBe('2')
})

test('“re-run failed jobs” sees the artifacts of earlier attempts, and the newest of a name wins', async () => {
  const sandbox = await tested()
  const { steer } = sandbox
  const first = await steer.runtimeToken({ run: 7 })
  await upload(sandbox, first, 'dist', { f: '1' })
  await upload(sandbox, first, 'plan', { f: '1' })
  const second = await steer.runtimeToken({ run: 7, attempt: 2, sees: 'earlier' })
  expect(await newest(sandbox, second, 'dist', 'f')).toBe('1')
  expect((await upload(sandbox, second, 'dist', { f: '2' })).result).toBeDefined()
  expect((await upload(sandbox, second, 'dist', { f: '3' })).error).toMatch('409')
  const third = await steer.runtimeToken({ run: 7, attempt: 3 })
  expect(await newest(sandbox, third, 'dist', 'f')).toBe('2')
  expect(names(await client(sandbox, third, 'listArtifacts'))).toEqual(['dist', 'plan', 'dist'])
  expect(names(await client(sandbox, third, 'listArtifacts', { latest: true })).sort()).toEqual(['dist', 'plan'])
  // Earlier attempts do not see later artifacts.
  expect(await newest(sandbox, first, 'dist', 'f')).toBe('1')
})

test('“re-run all jobs” hides earlier attempts, also from later ones', async () => {
  const sandbox = await tested()
  const { steer } = sandbox
  await upload(sandbox, await steer.runtimeToken({ run: 7 }), 'dist', { f: '1' })
  const second = await steer.runtimeToken({ run: 7, attempt: 2, sees: 'none' })
  expect(names(await client(sandbox, second, 'listArtifacts'))).toEqual([])
  expect(await newest(sandbox, second, 'dist', 'f')).toBeNull()
  await upload(sandbox, second, 'dist', { f: '2' })
  const third = await steer.runtimeToken({ run: 7, attempt: 3, sees: 'earlier' })
  expect(names(await client(sandbox, third, 'listArtifacts'))).toEqual(['dist'])
  expect(await newest(sandbox, third, 'dist', 'f')).toBe('2')
  await expect(steer.runtimeToken({ run: 7, attempt: 2, sees: 'earlier' })).rejects.toThrow('began with sees: none')
})

test('a name of an earlier attempt can be refused', async () => {
  const sandbox = await tested()
  const { steer } = sandbox
  await upload(sandbox, await steer.runtimeToken({ run: 7 }), 'dist', { f: '1' })
  const second = await steer.runtimeToken({ run: 7, attempt: 2 })
  await steer.setArtifactConflicts(true)
  expect((await upload(sandbox, second, 'dist', { f: '2' })).error).toMatch(/\(409\) Conflict/)
  await steer.setArtifactConflicts(false)
  expect((await upload(sandbox, second, 'dist', { f: '2' })).result).toBeDefined()
})

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
