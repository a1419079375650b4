import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { answers, readDescription, type SandboxDescription } from '@slipway/sandbox/description'
import { startSandbox } from '@slipway/sandbox/start'
import { temporaryFolder, tested, testedProcess } from './harness.ts'

const repo = '/repos/someone/project'

/** Creates a draft; returns its id. */
async function draft({ github }: SandboxDescription): Promise<number> {
  const response = await fetch(`${github.api}${repo}/releases`, {
    method: 'POST',
    headers: { authorization: `Bearer ${github.token}` },
    body: JSON.stringify({ tag_name: 'v1', draft: true }),
  })
  return ((await response.json()) as { id: number }).id
}

/** Attaches an asset; returns the status. Rejects without an answer. */
async function attach({ github }: SandboxDescription, id: number, name: string, body: string): Promise<number> {
  const headers = { authorization: `Bearer ${github.token}`, 'content-type': 'text/plain' }
  const url = `${github.uploads}${repo}/releases/${id}/assets?name=${name}`
  return (await fetch(url, { method: 'POST', headers, body })).status
}

/** Returns the assets of a release, with the digest of their downloaded bytes. */
async function assets({ github }: SandboxDescription, id: number) {
  const headers = { authorization: `Bearer ${github.token}` }
  const found: { name: string; digest: string; url: string }[] = []
  for (let page = 1; found.length === (page - 1) * 100; page += 1) {
    const response = await fetch(`${github.api}${repo}/releases/${id}/assets?per_page=100&page=${page}`, { headers })
    found.push(...((await response.json()) as typeof found))
  }
  return Promise.all(
    found.map(async ({ name, digest, url }) => {
      const bytes = await fetch(url, { headers: { ...headers, accept: 'application/octet-stream' } })
      const actual = createHash('sha256')
        .update(Buffer.from(await bytes.arrayBuffer()))
        .digest('hex')
      return { name, digest, actual: `sha256:${actual}` }
    }),
  )
}

test('a restart keeps state, ports, tokens and log; the description exists only while the sandbox runs', async () => {
  const dir = temporaryFolder()
  const first = await startSandbox({ dir, cargoUpstream: null })
  const id = await draft(first.description)
  expect(await attach(first.description, id, 'a.txt', 'content')).toBe(201)
  expect(await readDescription(dir)).toEqual(first.description)
  expect(await answers(first.description)).toBe(true)
  expect(await answers({ ...first.description, pid: process.pid + 1 })).toBe(false)
  await expect(startSandbox({ dir, cargoUpstream: null })).rejects.toThrow('already running')
  expect(statSync(join(dir, 'sandbox.json')).mode & 0o077).toBe(0)
  await first.close()
  expect(await answers(first.description)).toBe(false)
  expect(await readDescription(dir)).toBeNull()

  // A line cut off by a kill.
  appendFileSync(join(dir, 'log.jsonl'), '{"n":9')
  const again = await tested({ dir })
  const { steer, dir: _, ...description } = again
  expect(description).toEqual(first.description)
  expect(await assets(again, id)).toMatchObject([{ name: 'a.txt' }])
  expect((await steer.log()).map((each) => each.n)).toEqual([1, 2, 3, 4])
  expect(readFileSync(join(dir, 'log.jsonl'), 'utf8')).toContain('\n{"n":9\n{"n":3,')
  expect(await steer.counters()).toEqual({ requests: 4, uploadBytes: 'content'.length })
})

test('a taken port is replaced', async () => {
  const dir = temporaryFolder()
  const first = await startSandbox({ dir, cargoUpstream: null })
  await first.close()
  const other = createServer()
  await new Promise<void>((resolve) =>
    other.listen(Number(new URL(first.description.pypi.simple).port), '127.0.0.1', resolve),
  )
  try {
    const again = await tested({ dir })
    expect(again.pypi.simple).not.toBe(first.description.pypi.simple)
    expect(again.pypi.token).toBe(first.description.pypi.token)
    expect(again.cargo).toEqual(first.description.cargo)
  } finally {
    other.close()
  }
})

test('the ports of a process that is being killed are reused', async () => {
  const dir = temporaryFolder()
  for (let n = 0; n < 5; n += 1) {
    const sandbox = await testedProcess(dir)
    sandbox.process.kill('SIGKILL')
    // The test does not wait for its end.
    const { description, close } = await startSandbox({ dir, cargoUpstream: null })
    await close()
    expect([description.github, description.control]).toEqual([sandbox.github, sandbox.control])
  }
})

test('a sandbox killed between effect and answer has the effect and the log line', async () => {
  const dir = temporaryFolder()
  const sandbox = await testedProcess(dir)
  const id = await draft(sandbox)
  await sandbox.steer.setFault({
    service: 'uploads',
    method: 'POST',
    path: '.',
    times: 1,
    fault: { kind: 'lost-answer' },
  })
  const lost = attach(sandbox, id, 'a.txt', 'content').catch(() => 'no answer')
  while ((await sandbox.steer.counters()).uploadBytes === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  await sandbox.kill()
  expect(await lost).toBe('no answer')
  // The dead process blocks nothing, and its description is recognizably stale.
  const stale = await readDescription(dir)
  expect(stale && (await answers(stale))).toBe(false)
  const again = await tested({ dir })
  const [asset, ...others] = await assets(again, id)
  expect(others).toEqual([])
  expect(asset?.digest).toBe(asset?.actual)
  expect((await again.steer.log()).at(-3)).toMatchObject({ effect: 'asset a.txt added', status: 0, accepted: true })
})

test('a sandbox killed at any instant keeps all answered uploads and no partial one', async () => {
  const dir = temporaryFolder()
  const answered: string[] = []
  let id: number | null = null
  for (const answers of [1, 4, 9, 16]) {
    const sandbox = await testedProcess(dir)
    id ??= await draft(sandbox)
    const release = id
    const enough = answered.length + answers
    // Kill the sandbox after this many answers, whatever state the other lanes are in.
    const lanes = [0, 1, 2, 3].map(async (lane) => {
      for (let n = 0; ; n += 1) {
        const name = `${answers}-${lane}-${n}.txt`
        const status = await attach(sandbox, release, name, `bytes of ${name} `.repeat(2000))
        if (status === 201) answered.push(name)
        if (answered.length >= enough) void sandbox.kill()
      }
    })
    await Promise.allSettled(lanes)
    await sandbox.kill()
  }
  const sandbox = await tested({ dir })
  const kept = await assets(sandbox, id ?? 0)
  expect(answered.length).toBeGreaterThanOrEqual(1 + 4 + 9 + 16)
  expect(kept.every((each) => each.digest === each.actual)).toBe(true)
  const names = new Set(kept.map((each) => each.name))
  expect(answered.filter((each) => !names.has(each))).toEqual([])
  const logged = readFileSync(join(dir, 'log.jsonl'), 'utf8')
  expect(answered.filter((each) => !logged.includes(`asset ${each} added`))).toEqual([])
})
