import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { temporaryFolder, tested, write } from './harness.ts'
import { call, client, idsOf, names, newest, upload } from './results-client.ts'

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
