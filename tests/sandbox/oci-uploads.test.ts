import { expect, test } from '@jest/globals'
import { tested } from './harness.ts'
import { brokenOff, digestOf, effects, refusal, Spoken, withDigest } from './oci-client.ts'

const both = test.each(['dockerhub', 'ghcr'] as const)

both('%s takes a whole blob by one POST, or by POST and PUT', async (service) => {
  const sandbox = await tested()
  const repo = await Spoken.open(sandbox, service, 'own/app')
  const [one, two] = [digestOf('one'), digestOf('two')]
  expect((await repo.send('POST', `blobs/uploads/?digest=${one}`, { body: 'one' })).status).toBe(201)
  const closed = await repo.close(await repo.begin(), two, { body: 'two' })
  expect(closed.status).toBe(201)
  expect(await (await repo.send('GET', closed.headers.get('location') ?? '')).text()).toBe('two')
  expect(await repo.pulled(one)).toBe('one')
  expect(await effects(sandbox, service)).toEqual([`blob ${one} in own/app`, `blob ${two} in own/app`])
  const uploads = (await sandbox.steer.log()).filter((each) => each.upload)
  expect(uploads.map((each) => [each.method, each.bodyBytes])).toEqual([
    ['POST', 3],
    ['POST', 0],
    ['PUT', 3],
  ])
})

test('an existing blob is accepted again, and the log marks it', async () => {
  const sandbox = await tested()
  const repo = await Spoken.open(sandbox, 'ghcr', 'own/app')
  const { digest } = await repo.blob('same')
  expect((await repo.close(await repo.begin(), digest, { body: 'same' })).status).toBe(201)
  const other = await Spoken.open(sandbox, 'ghcr', 'own/other')
  await other.blob('same')
  expect(await effects(sandbox, 'ghcr')).toEqual([
    `blob ${digest} in own/app`,
    `blob ${digest} in own/app again`,
    `blob ${digest} in own/other`,
  ])
})

test.each([
  ['POST', 'the other bytes'],
  ['PUT', 'the other bytes'],
  ['PATCH', 'the other bytes'],
])('%s with another digest is refused without effect', async (way, body) => {
  const sandbox = await tested()
  const repo = await Spoken.open(sandbox, 'dockerhub', 'own/app')
  const digest = digestOf('the bytes')
  const location = await repo.begin()
  if (way === 'PATCH') await repo.send('PATCH', location, { body })
  const refused =
    way === 'POST'
      ? await repo.send('POST', `blobs/uploads/?digest=${digest}`, { body })
      : await repo.close(location, digest, way === 'PUT' ? { body } : {})
  expect(await refusal(refused)).toEqual([400, 'DIGEST_INVALID'])
  expect((await repo.send('HEAD', `blobs/${digest}`)).status).toBe(404)
  expect((await repo.send('HEAD', `blobs/${digestOf(body)}`)).status).toBe(404)
  expect((await repo.send('GET', location)).status).toBe(way === 'POST' ? 204 : 404)
  expect(await effects(sandbox, 'dockerhub')).toEqual([])
})

test.each(['', '?digest=', '?digest=sha256:abc', `?digest=${digestOf('x').replace('sha256', 'md5')}`])(
  'an upload is not closed with the query %j',
  async (query) => {
    const sandbox = await tested()
    const repo = await Spoken.open(sandbox, 'ghcr', 'own/app')
    const location = await repo.begin()
    expect(await refusal(await repo.send('PUT', location + query, { body: 'x' }))).toEqual([400, 'DIGEST_INVALID'])
    expect((await repo.close(location, digestOf('x'), { body: 'x' })).status).toBe(201)
  },
)

both('%s takes a blob in ordered chunks, and reports progress', async (service) => {
  const sandbox = await tested()
  const repo = await Spoken.open(sandbox, service, 'own/app')
  let location = await repo.begin()
  const chunk = async (range: string, body: string) => {
    const response = await repo.send('PATCH', location, { body, headers: { 'content-range': range } })
    location = response.headers.get('location') ?? location
    return [response.status, response.headers.get('range')]
  }
  const status = async () => {
    const response = await repo.send('GET', location)
    return [
      response.status,
      response.headers.get('range'),
      new URL(response.headers.get('location') ?? '', repo.origin),
    ]
  }
  expect(await chunk('1-3', 'abc')).toEqual([416, '0-0'])
  expect(await chunk('0-2', 'abc')).toEqual([202, '0-2'])
  expect(await chunk('0-2', 'abc')).toEqual([416, '0-2'])
  expect(await chunk('4-5', 'ef')).toEqual([416, '0-2'])
  expect((await chunk('3-5', 'de'))[0]).toBe(400)
  expect((await chunk('bytes 3-4/5', 'de'))[0]).toBe(400)
  expect(await status()).toEqual([204, '0-2', new URL(location, repo.origin)])
  expect(await chunk('3-4', 'de')).toEqual([202, '0-4'])
  // Without Content-Range, any body continues the upload.
  expect((await repo.send('PATCH', location, { body: 'fg' })).headers.get('range')).toBe('0-6')
  const digest = digestOf('abcdefgh')
  const late = { body: 'h', headers: { 'content-range': '8-8' } }
  expect((await repo.close(location, digest, late)).status).toBe(416)
  expect((await repo.close(location, digest, { body: 'h', headers: { 'content-range': '7-7' } })).status).toBe(201)
  expect(await repo.pulled(digest)).toBe('abcdefgh')
  expect((await status())[0]).toBe(404)
})

test('a cancelled or foreign upload is unknown', async () => {
  const sandbox = await tested()
  const repo = await Spoken.open(sandbox, 'ghcr', 'own/app')
  const other = await Spoken.open(sandbox, 'ghcr', 'own/other')
  const location = await repo.begin()
  expect(await refusal(await other.send('PATCH', location.replace('/app/', '/other/'), { body: 'x' }))).toEqual([
    404,
    'BLOB_UPLOAD_UNKNOWN',
  ])
  expect((await repo.send('PATCH', location, { body: 'x' })).status).toBe(202)
  expect((await repo.send('DELETE', location)).status).toBe(204)
  expect(await refusal(await repo.send('PATCH', location, { body: 'x' }))).toEqual([404, 'BLOB_UPLOAD_UNKNOWN'])
  expect((await repo.send('DELETE', location)).status).toBe(404)
})

test('Docker Hub returns absolute addresses with a required query, GHCR paths', async () => {
  const sandbox = await tested()
  const hub = await Spoken.open(sandbox, 'dockerhub', 'own/app')
  const location = await hub.begin()
  expect(location).toMatch(new RegExp(`^${hub.origin}/v2/own/app/blobs/uploads/[0-9a-f-]{36}\\?_state=\\w+$`))
  expect(await refusal(await hub.send('PATCH', location.replace(/\?.*/, ''), { body: 'x' }))).toEqual([
    404,
    'BLOB_UPLOAD_INVALID',
  ])
  expect((await hub.send('PATCH', location, { body: 'x' })).status).toBe(202)
  const ghcr = await Spoken.open(sandbox, 'ghcr', 'own/app')
  expect(await ghcr.begin()).toMatch(/^\/v2\/own\/app\/blobs\/uploads\/[0-9a-f-]{36}$/)
  await sandbox.steer.setAddresses({ dockerhub: 'http://hub.invalid', ghcr: 'http://ghcr.invalid' })
  expect(await hub.begin()).toMatch(/^http:\/\/hub\.invalid\/v2\/own\/app\/blobs\/uploads\//)
})

test.each(['PATCH', 'PUT'])(
  'the received part of a truncated %s stays, and a client continues there',
  async (method) => {
    const sandbox = await tested()
    const repo = await Spoken.open(sandbox, 'dockerhub', 'own/app')
    const content = 'abcdefghij'.repeat(100)
    const digest = digestOf(content)
    const location = await repo.begin()
    await repo.send('PATCH', location, { body: content.slice(0, 100) })
    const address = method === 'PUT' ? withDigest(location, digest) : location
    await repo.breakOff(method, address, 900, content.slice(100, 350), { 'content-range': '100-999' })
    expect(await brokenOff(sandbox)).toMatchObject({ method, bodyBytes: 250, upload: true, accepted: false })
    expect((await repo.send('GET', location)).headers.get('range')).toBe('0-349')
    const rest = { body: content.slice(350), headers: { 'content-range': '350-999' } }
    expect((await repo.send('PATCH', location, rest)).headers.get('range')).toBe('0-999')
    expect((await repo.close(location, digest)).status).toBe(201)
    expect(await repo.pulled(digest)).toBe(content)
  },
)

test('a truncated body that is out of order leaves nothing', async () => {
  const sandbox = await tested()
  const repo = await Spoken.open(sandbox, 'ghcr', 'own/app')
  const location = await repo.begin()
  await repo.send('PATCH', location, { body: 'abc' })
  await repo.breakOff('PATCH', location, 100, 'abcdef', { 'content-range': '0-99' })
  expect(await brokenOff(sandbox)).toMatchObject({ bodyBytes: 6, effect: null })
  expect((await repo.send('GET', location)).headers.get('range')).toBe('0-2')
})
