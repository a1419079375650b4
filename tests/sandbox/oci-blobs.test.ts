import { expect, test } from '@jest/globals'
import { tested } from './harness.ts'
import { digestOf, effects, refusal, Spoken } from './oci-client.ts'

test.each([
  ['bytes=2-4', 206, 'cde', 'bytes 2-4/10'],
  ['bytes=7-', 206, 'hij', 'bytes 7-9/10'],
  ['bytes=7-99', 206, 'hij', 'bytes 7-9/10'],
  ['bytes=-3', 206, 'hij', 'bytes 7-9/10'],
  ['bytes=-99', 206, 'abcdefghij', 'bytes 0-9/10'],
  ['bytes=10-', 416, null, 'bytes */10'],
  ['bytes=-0', 416, null, 'bytes */10'],
  ['bytes=4-2', 200, 'abcdefghij', null],
  ['bytes=0-1,4-5', 200, 'abcdefghij', null],
  ['lines=1-2', 200, 'abcdefghij', null],
])('a blob with range %s: status %d', async (range, status, body, contentRange) => {
  const sandbox = await tested()
  const repo = await Spoken.open(sandbox, 'ghcr', 'own/app')
  const { digest } = await repo.blob('abcdefghij')
  const response = await repo.send('GET', `blobs/${digest}`, { headers: { range } })
  expect([response.status, response.headers.get('content-range')]).toEqual([status, contentRange])
  if (body !== null) expect(await response.text()).toBe(body)
})

test('HEAD of a blob returns size and digest; a missing blob is 404, deleting 405', async () => {
  const sandbox = await tested()
  const repo = await Spoken.open(sandbox, 'dockerhub', 'own/app')
  const { digest } = await repo.blob('abcdefghij')
  const { status, headers } = await repo.send('HEAD', `blobs/${digest}`)
  expect([status, headers.get('content-length'), headers.get('docker-content-digest')]).toEqual([200, '10', digest])
  expect(await refusal(await repo.send('GET', `blobs/${digestOf('x')}`))).toEqual([404, 'BLOB_UNKNOWN'])
  const elsewhere = await Spoken.open(sandbox, 'dockerhub', 'own/nowhere')
  expect(await refusal(await elsewhere.send('GET', `blobs/${digest}`))).toEqual([404, 'NAME_UNKNOWN'])
  expect(await refusal(await repo.send('DELETE', `blobs/${digest}`))).toEqual([405, 'UNSUPPORTED'])
  expect((await repo.send('HEAD', `blobs/${digest}`)).status).toBe(200)
})

test.each(['dockerhub', 'ghcr'] as const)(
  '%s mounts a blob for a caller who may pull it from the other repository',
  async (service) => {
    const sandbox = await tested()
    const from = await Spoken.open(sandbox, service, 'own/from')
    const { digest } = await from.blob('shared')
    const mount = `blobs/uploads/?mount=${digest}&from=own/from`
    const without = await Spoken.open(sandbox, service, 'own/to')
    const session = await without.send('POST', mount)
    expect([session.status, session.headers.get('range')]).toEqual([202, '0-0'])
    expect((await without.send('HEAD', `blobs/${digest}`)).status).toBe(404)
    const repo = await Spoken.open(sandbox, service, 'own/to', 'repository:own/from:pull')
    for (const other of [
      `mount=${digest}&from=own/nowhere`,
      `mount=${digestOf('x')}&from=own/from`,
      `mount=${digest}`,
    ]) {
      expect((await repo.send('POST', `blobs/uploads/?${other}`)).status).toBe(202)
    }
    const mounted = await repo.send('POST', mount)
    expect(mounted.status).toBe(201)
    expect(await (await repo.send('GET', mounted.headers.get('location') ?? '')).text()).toBe('shared')
    expect((await repo.send('POST', mount)).status).toBe(201)
    expect(await effects(sandbox, service)).toEqual([`blob ${digest} in own/from`, `blob ${digest} mounted in own/to`])
  },
)
