import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { HttpRequest, HttpResponse } from '@slipway/core/ports'
import { workflowCache } from '@slipway/runtime/cache-store'
import { duration } from '@slipway/runtime/markdown'

const ENV = {
  ACTIONS_RESULTS_URL: 'http://example.invalid/',
  ACTIONS_RUNTIME_TOKEN: 'token',
  ACTIONS_CACHE_SERVICE_V2: 'true',
}

const json = (body: unknown, status = 200): HttpResponse => ({
  status,
  headers: {},
  body: Buffer.from(JSON.stringify(body)),
})

/** A store whose requests get these answers in turn, and what it sent. */
function store(answers: (HttpResponse | Error)[], env: Record<string, string> = ENV) {
  const sent: HttpRequest[] = []
  const slept: number[] = []
  const cache = workflowCache({
    env,
    log: { info() {}, debug() {}, problem() {} },
    clock: { now: () => 0, sleep: async (time) => void slept.push(time) },
    http: async (request) => {
      sent.push(request)
      const answer = answers[sent.length - 1]
      if (answer === undefined) throw new Error('no recorded answer')
      if (answer instanceof Error) throw answer
      return answer
    },
  })
  if (cache === null) throw new Error('no cache')
  return { cache, sent, slept }
}

const key = { key: 'k-1', prefixes: ['k-'], version: 'v' }

test('an entry is looked up and downloaded', async () => {
  const { cache, sent } = store([
    json({ ok: true, signed_download_url: 'http://blob.invalid/1?sig=s', matched_key: 'k-0' }),
    json(''),
  ])
  expect(await cache.restore(key, '/archive')).toBe('k-0')
  expect(sent[0]).toMatchObject({
    method: 'POST',
    url: 'http://example.invalid/twirp/github.actions.results.api.v1.CacheService/GetCacheEntryDownloadURL',
    headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
  })
  expect(JSON.parse(Buffer.from(sent[0]?.body as Uint8Array).toString())).toEqual({
    key: 'k-1',
    restore_keys: ['k-'],
    version: 'v',
  })
  // The signature is the login of the download.
  expect(sent[1]).toMatchObject({ method: 'GET', url: 'http://blob.invalid/1?sig=s', saveTo: '/archive' })
  expect(sent[1]?.headers).toBe(undefined)
})

test('no entry is null, and the JSON may have either spelling', async () => {
  expect(await store([json({ ok: false })]).cache.restore(key, '/a')).toBe(null)
  const camel = json({ ok: true, signedDownloadUrl: 'http://blob.invalid/', matchedKey: 'k-2' })
  expect(await store([camel, json('')]).cache.restore(key, '/a')).toBe('k-2')
})

test('temporary failures are repeated twice, others are not', async () => {
  const down = new Error('refused')
  const { cache, sent, slept } = store([json({}, 503), down, json({ ok: false })])
  expect(await cache.restore(key, '/a')).toBe(null)
  expect([sent.length, slept]).toEqual([3, [1000, 2000]])
  await expect(store([down, down, down]).cache.restore(key, '/a')).rejects.toThrow('refused')
  const denied = store([json({ msg: 'cache read denied: policy' }, 403)])
  await expect(denied.cache.restore(key, '/a')).rejects.toThrow(
    'GetCacheEntryDownloadURL: HTTP 403: cache read denied: policy',
  )
  const gone = store([json({ ok: true, signed_download_url: 'http://blob.invalid/?sig=s' }), json('', 404)])
  await expect(gone.cache.restore(key, '/a')).rejects.toThrow('the download of the entry answered HTTP 404')
})

test('an entry is reserved, uploaded and completed; an existing one is left alone', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'slipway-cache-')), 'archive')
  await writeFile(file, 'bytes')
  const created = json({ ok: true, signed_upload_url: 'http://blob.invalid/2?sig=s' })
  const { cache, sent } = store([created, json('', 201), json({ ok: true, entry_id: '1' })])
  expect(await cache.save(key, file)).toBe(true)
  expect(sent.map(({ method, url }) => `${method} ${url.split('/').at(-1)?.split('?')[0]}`)).toEqual([
    'POST CreateCacheEntry',
    'PUT 2',
    'POST FinalizeCacheEntryUpload',
  ])
  expect(sent[1]?.headers).toMatchObject({ 'x-ms-blob-type': 'BlockBlob' })
  expect(JSON.parse(Buffer.from(sent[2]?.body as Uint8Array).toString())).toEqual({
    key: 'k-1',
    version: 'v',
    size_bytes: '5',
  })
  expect(await store([json({ ok: false, message: 'exists' })]).cache.save(key, file)).toBe(false)
  expect(await store([json({ code: 'already_exists' }, 409)]).cache.save(key, file)).toBe(false)
  await expect(
    store([json({ ok: false, message: 'cache write denied: policy' })]).cache.save(key, file),
  ).rejects.toThrow('write denied')
  await expect(store([created, json('', 403)]).cache.save(key, file)).rejects.toThrow('HTTP 403')
  await expect(store([created, json('', 201), json({ ok: false })]).cache.save(key, file)).rejects.toThrow(
    'did not accept',
  )
})

test('only a runner of GitHub’s clouds has the service', () => {
  const ports = (env: Record<string, string>) => ({ ...({} as Parameters<typeof workflowCache>[0]), env })
  for (const name of Object.keys(ENV)) expect(workflowCache(ports({ ...ENV, [name]: '' }))).toBe(null)
  expect(workflowCache(ports({ ...ENV, GITHUB_SERVER_URL: 'https://git.example.invalid' }))).toBe(null)
})

test('durations are short', () => {
  expect([0, 340, 12_340, 59_949, 60_000, 125_400].map(duration)).toEqual([
    '0.0 s',
    '0.3 s',
    '12.3 s',
    '59.9 s',
    '1 min 0 s',
    '2 min 5 s',
  ])
})
