import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Fault } from '@slipway/sandbox/fault'
import { startSandbox } from '@slipway/sandbox/start'
import { temporaryFolder, tested } from './harness.ts'
import { digestOf, effects, Spoken } from './oci-client.ts'

test('uploads, pushed content and tokens survive a restart', async () => {
  const dir = temporaryFolder()
  const first = await startSandbox({ dir, cargoUpstream: null })
  const repo = await Spoken.open(first.description, 'dockerhub', 'own/app')
  const location = await repo.begin()
  await repo.send('PATCH', location, { body: 'before ' })
  const image = await repo.image('layer')
  expect((await repo.put('1.0', image)).status).toBe(201)
  await first.close()
  const again = await tested({ dir })
  // By now fetch has noticed that its connections are closed.
  await again.steer.counters()
  expect(again.dockerhub).toEqual(first.description.dockerhub)
  expect((await repo.send('GET', location)).headers.get('range')).toBe('0-6')
  await repo.send('PATCH', location, { body: 'after' })
  expect((await repo.close(location, digestOf('before after'))).status).toBe(201)
  expect(await repo.pulled(digestOf('before after'))).toBe('before after')
  expect(await (await repo.send('GET', 'manifests/1.0')).json()).toEqual(image)
})

/** Sends a chunk; returns the status, or how the connection ended. */
async function chunk(repo: Spoken, location: string): Promise<number | string> {
  try {
    return (await repo.send('PATCH', location, { body: 'abc', signal: AbortSignal.timeout(1000) })).status
  } catch (error) {
    const { name, cause } = error as Error
    return (cause as { code?: string } | undefined)?.code ?? name
  }
}

test.each<[Fault, number | string, string]>([
  [{ kind: 'status', status: 503 }, 503, '0-0'],
  [{ kind: 'reset-before' }, 'ECONNRESET', '0-0'],
  [{ kind: 'reset-after' }, 'ECONNRESET', '0-2'],
  [{ kind: 'lost-answer' }, 'TimeoutError', '0-2'],
])('a chunk meets %j', async (fault, ends, range) => {
  const sandbox = await tested()
  const repo = await Spoken.open(sandbox, 'dockerhub', 'own/app')
  const location = await repo.begin()
  await sandbox.steer.setFault({ service: 'dockerhub', method: 'PATCH', path: '/blobs/uploads/', times: 1, fault })
  expect(await chunk(repo, location)).toBe(ends)
  expect((await repo.send('GET', location)).headers.get('range')).toBe(range)
  expect((await repo.send('DELETE', location)).status).toBe(204)
})

test('the folder of an older version gets missing services and keeps the rest', async () => {
  const dir = temporaryFolder()
  const first = await startSandbox({ dir, cargoUpstream: null })
  await first.close()
  const file = join(dir, 'services.json')
  const { ports, tokens } = JSON.parse(readFileSync(file, 'utf8'))
  for (const name of ['dockerhub', 'ghcr']) {
    delete ports[name]
    delete tokens[name]
  }
  writeFileSync(file, JSON.stringify({ ports, tokens }))
  const again = await tested({ dir })
  expect([again.cargo, again.github]).toEqual([first.description.cargo, first.description.github])
  expect(again.dockerhub.password).toMatch(/^dckr_pat_[\w-]{32}$/)
  expect(again.ghcr.password).toMatch(/^ghp_[\w-]{32}$/)
  const repo = await Spoken.open(again, 'ghcr', 'own/app')
  const { digest } = await repo.blob('x')
  expect(await effects(again, 'ghcr')).toEqual([`blob ${digest} in own/app`])
  const log = readFileSync(join(dir, 'log.jsonl'), 'utf8')
  expect(log).toContain('/v2/own/app/')
  expect(log).not.toContain(again.ghcr.password)
})
