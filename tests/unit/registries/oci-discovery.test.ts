import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { OciClient } from '@slipway/registries/oci/client'
import { answeredBy, type Said } from './http.ts'

const BASE = 'https://registry.example.invalid/v2/own/app'
const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`
const INDEX = 'application/vnd.oci.image.index.v1+json'
const CONTENT = '{"schemaVersion":2}'
const DIGEST = digestOf(CONTENT)

/** Returns a client whose registry gives these responses in order. */
function scripted(answers: Said[]) {
  const ports = answeredBy((_, n) => answers[n] ?? new Error('nothing more is expected'))
  const remote = {
    registry: BASE.replace('/v2/own/app', ''),
    repository: 'own/app',
    credentials: null,
    mountFrom: null,
  }
  return { client: new OciClient(ports, remote), heard: ports.heard }
}

const held = (body: string, type = INDEX): Said => ({ headers: { 'content-type': type }, body })

test('a digest is queried by a request that does not count as a pull', async () => {
  const { client, heard } = scripted([{ headers: { 'docker-content-digest': DIGEST } }])
  expect(await client.digestOf('1.0')).toBe(DIGEST)
  expect(heard).toMatchObject([{ method: 'HEAD', url: `${BASE}/manifests/1.0`, headers: { accept: /.*/ } }])
  for (const type of ['vnd.oci.image.index', 'vnd.oci.image.manifest', 'vnd.docker.distribution.manifest']) {
    expect(heard[0]?.headers.accept).toContain(type)
  }
})

test('without a digest in the response, the manifest is fetched and hashed', async () => {
  const { client, heard } = scripted([{}, held(CONTENT)])
  expect(await client.digestOf('1.0')).toBe(DIGEST)
  expect(heard.map((each) => each.method)).toEqual(['HEAD', 'GET'])
  // Gone in between.
  expect(await scripted([{}, { status: 404 }]).client.digestOf('1.0')).toBeNull()
})

test('a missing manifest is null', async () => {
  const gone = { status: 404 }
  const { client } = scripted([gone, gone, gone])
  expect(await client.digestOf('1.0')).toBeNull()
  expect(await client.manifest('1.0')).toBeNull()
  expect(await client.hasBlob(DIGEST)).toBe(false)
})

test('a manifest has its bytes and its type, without parameters', async () => {
  const { client } = scripted([held(CONTENT, `${INDEX}; charset=utf-8`)])
  const content = new TextEncoder().encode(CONTENT)
  expect(await client.manifest('1.0')).toEqual({ digest: DIGEST, mediaType: INDEX, content })
})

test('a manifest or blob with another digest is not accepted', async () => {
  const changed = { failure: 'doubtful', message: `the content received for ${DIGEST} has another digest` }
  const { client } = scripted([held(`${CONTENT} `), { body: 'other' }, held(CONTENT), { body: CONTENT }])
  await expect(client.manifest(DIGEST)).rejects.toMatchObject(changed)
  await expect(client.blob(DIGEST)).rejects.toMatchObject(changed)
  expect(await client.manifest(DIGEST)).toMatchObject({ digest: DIGEST })
  expect(await client.blob(DIGEST)).toEqual(new TextEncoder().encode(CONTENT))
})

const page = (tags: string[] | null, link?: string): Said => ({
  body: { name: 'own/app', tags },
  ...(link !== undefined && { headers: { link } }),
})

test.each<[string, Said[], string[], string[]]>([
  ['on one page', [page(['1', '2'])], ['1', '2'], ['']],
  ['none', [page(null)], [], ['']],
  ['in a missing repository', [{ status: 404 }], [], ['']],
  [
    'on several pages',
    [
      page(['1'], '</v2/own/app/tags/list?n=1&last=1>; rel="next"'),
      page(['2'], '<list?last=2>; rel=next'),
      page(['3']),
    ],
    ['1', '2', '3'],
    ['', '?n=1&last=1', '?last=2'],
  ],
  ['on a page with other links', [page(['1'], '</v2/>; rel="prev"')], ['1'], ['']],
])('tags are listed: %s', async (_, answers, tags, queries) => {
  const { client, heard } = scripted(answers)
  expect(await client.tags()).toEqual(tags)
  expect(heard.map((each) => each.url)).toEqual(queries.map((each) => `${BASE}/tags/list${each}`))
})

test("a manifest is put with its type, and a refusal quotes the registry's message", async () => {
  const refusal = { status: 400, body: { errors: [{ code: 'MANIFEST_INVALID', message: 'manifest invalid' }] } }
  const { client, heard } = scripted([
    { status: 201 },
    refusal,
    { status: 404, body: { errors: [{ code: 'NAME_UNKNOWN' }] } },
  ])
  const manifest = { mediaType: INDEX, content: new TextEncoder().encode(CONTENT) }
  await client.putManifest('1.0', manifest)
  expect(heard).toMatchObject([
    { method: 'PUT', url: `${BASE}/manifests/1.0`, headers: { 'content-type': INDEX }, text: CONTENT },
  ])
  await expect(client.putManifest('1.0', manifest)).rejects.toThrow('HTTP 400: manifest invalid')
  await expect(client.putManifest('1.0', manifest)).rejects.toThrow('HTTP 404: NAME_UNKNOWN')
})
