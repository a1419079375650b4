import { expect, test } from '@jest/globals'
import { type Tested, tested } from './harness.ts'
import { described, digestOf, effects, IMAGE, INDEX, refusal, Spoken } from './oci-client.ts'

const DOCKER_IMAGE = 'application/vnd.docker.distribution.manifest.v2+json'
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json'

/** Opens a repository in a new sandbox. */
async function opened(name = 'own/app'): Promise<{ sandbox: Tested; repo: Spoken }> {
  const sandbox = await tested()
  return { sandbox, repo: await Spoken.open(sandbox, 'dockerhub', name) }
}

test('a manifest is stored unchanged, by tag and digest, and logged once', async () => {
  const { sandbox, repo } = await opened()
  const image = await repo.image('layer')
  const { digest } = described(image)
  const put = await repo.put('1.0', image)
  expect([put.status, put.headers.get('location'), put.headers.get('docker-content-digest')]).toEqual([
    201,
    `${repo.origin}/v2/own/app/manifests/1.0`,
    digest,
  ])
  for (const reference of ['1.0', digest]) {
    const got = await repo.send('GET', `manifests/${reference}`)
    expect([got.headers.get('content-type'), got.headers.get('docker-content-digest')]).toEqual([IMAGE, digest])
    expect(digestOf(await got.text())).toBe(digest)
    const head = await repo.send('HEAD', `manifests/${reference}`)
    expect([head.status, Number(head.headers.get('content-length'))]).toEqual([200, described(image).size])
  }
  await repo.put('1.0', image)
  await repo.put(digest, image)
  await repo.put('latest', image)
  const other = await repo.image('other')
  await repo.put('latest', other)
  await repo.put(described(other).digest, other)
  expect((await effects(sandbox, 'dockerhub')).filter((each) => !each.startsWith('blob '))).toEqual([
    `manifest ${digest} in own/app; tag own/app:1.0 -> ${digest}`,
    `tag own/app:latest -> ${digest}`,
    `manifest ${described(other).digest} in own/app; tag own/app:latest -> ${described(other).digest}`,
  ])
  expect(await refusal(await repo.send('GET', `manifests/${digestOf('x')}`))).toEqual([404, 'MANIFEST_UNKNOWN'])
  expect(await refusal(await repo.send('GET', 'manifests/1.1'))).toEqual([404, 'MANIFEST_UNKNOWN'])
  for (const reference of ['1.0', digest]) {
    expect(await refusal(await repo.send('DELETE', `manifests/${reference}`))).toEqual([405, 'UNSUPPORTED'])
    expect((await repo.send('HEAD', `manifests/${reference}`)).status).toBe(200)
  }
})

test.each([
  [DOCKER_IMAGE, DOCKER_LIST],
  [IMAGE, INDEX],
])('an image of type %s fits a list of type %s, whose children must exist', async (imageType, listType) => {
  const { repo } = await opened()
  const image = { ...(await repo.image('layer')), mediaType: imageType }
  const list = { schemaVersion: 2, mediaType: listType, manifests: [described(image)] }
  expect(await refusal(await repo.put('1.0', list))).toEqual([400, 'MANIFEST_BLOB_UNKNOWN'])
  expect((await repo.put(described(image).digest, image)).status).toBe(201)
  expect((await repo.put('1.0', list)).status).toBe(201)
  expect((await repo.send('GET', 'manifests/1.0')).headers.get('content-type')).toBe(listType)
})

test('a manifest with missing parts is refused with all of them, without effect', async () => {
  const { sandbox, repo } = await opened()
  const elsewhere = await Spoken.open(sandbox, 'dockerhub', 'own/other')
  const image = await elsewhere.image('layer')
  const refused = await repo.put('1.0', image)
  expect(await refusal(refused)).toEqual([400, 'MANIFEST_BLOB_UNKNOWN', 'MANIFEST_BLOB_UNKNOWN'])
  await repo.blob('{}')
  expect(await refusal(await repo.put('1.0', image))).toEqual([400, 'MANIFEST_BLOB_UNKNOWN'])
  expect((await repo.send('HEAD', 'manifests/1.0')).status).toBe(404)
  // A layer that is only available elsewhere, and one that only claims so.
  const mediaType = 'application/vnd.oci.image.layer.nondistributable.v1.tar'
  const foreign = { mediaType, digest: digestOf('x'), size: 1 }
  expect(await refusal(await repo.put('1.0', { ...image, layers: [foreign] }))).toEqual([400, 'MANIFEST_BLOB_UNKNOWN'])
  const urls = ['http://layers.invalid/x']
  expect((await repo.put('1.0', { ...image, layers: [{ ...foreign, urls }] })).status).toBe(201)
})

const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf('{}'), size: 2 }
const fine = { schemaVersion: 2, mediaType: IMAGE, config, layers: [] }
test.each<[string, object | string, sentAs?: string]>([
  ['invalid JSON', '{'],
  ['no object', 'null'],
  ['no layers', { ...fine, layers: undefined }],
  ['no config', { ...fine, config: undefined }],
  ['schema 1', { ...fine, schemaVersion: 1 }],
  ['a different Content-Type', fine, DOCKER_IMAGE],
  ['an unknown type', { ...fine, mediaType: 'text/plain' }],
  ['a negative size', { ...fine, layers: [{ ...config, size: -1 }] }],
  ['an invalid digest', { ...fine, layers: [{ ...config, digest: 'sha256:abc' }] }],
  ['an invalid subject', { ...fine, subject: {} }],
  ['an index with layers', { ...fine, mediaType: INDEX }],
])('a manifest with %s is invalid', async (_, ...[manifest, sentAs]) => {
  const { repo } = await opened()
  await repo.blob('{}')
  expect(await refusal(await repo.put('1.0', manifest, sentAs))).toEqual([400, 'MANIFEST_INVALID'])
  expect((await repo.put('1.0', fine, `${IMAGE}; charset=utf-8`)).status).toBe(201)
})

test('a manifest has at most 4 MiB', async () => {
  const { repo } = await opened()
  await repo.blob('{}')
  const padded = (size: number) => {
    const text = JSON.stringify(fine)
    return text + ' '.repeat(size - text.length)
  }
  expect((await repo.put('1.0', padded(4 * 1024 * 1024))).status).toBe(201)
  expect(await refusal(await repo.put('1.0', padded(4 * 1024 * 1024 + 1)))).toEqual([413, 'MANIFEST_INVALID'])
})

test('a wrong digest, invalid tags and invalid names are refused', async () => {
  const { sandbox, repo } = await opened()
  const image = await repo.image('layer')
  expect(await refusal(await repo.put(digestOf('x'), image))).toEqual([400, 'DIGEST_INVALID'])
  expect(await refusal(await repo.put('sha256:abc', image))).toEqual([400, 'DIGEST_INVALID'])
  for (const tag of ['.0', '-x', 'a+b', 'x'.repeat(129)]) {
    expect([tag, ...(await refusal(await repo.put(tag, image)))]).toEqual([tag, 400, 'MANIFEST_INVALID'])
  }
  for (const tag of ['_0', '__proto__', 'A.b-c', 'x'.repeat(128)]) {
    expect([tag, (await repo.put(tag, image)).status]).toEqual([tag, 201])
    expect((await repo.send('HEAD', `manifests/${tag}`)).status).toBe(200)
  }
  const long = `own/${'x'.repeat(251)}`
  for (const name of ['Own/app', 'own/-app', 'own//app', 'own/a..b', 'own/a___b', `${long}x`]) {
    const answer = await repo.send('GET', `/v2/${name}/manifests/x`)
    expect([name, ...(await refusal(answer))]).toEqual([name, 400, 'NAME_INVALID'])
  }
  for (const name of ['own/a.b', 'own/a__b', 'own/a--b', 'a/manifests/b', 'constructor', long]) {
    const named = await Spoken.open(sandbox, 'dockerhub', name)
    expect([name, ...(await refusal(await named.send('GET', 'manifests/x')))]).toEqual([name, 404, 'NAME_UNKNOWN'])
    expect((await named.put('1.0', await named.image('x'))).status).toBe(201)
  }
})

test('immutable tags cannot move; the same image and new tags are accepted', async () => {
  const { sandbox, repo } = await opened()
  const [image, other] = [await repo.image('layer'), await repo.image('other')]
  await repo.put('1.0', image)
  await sandbox.steer.setImmutableTags('dockerhub', 'own/app', true)
  const before = (await effects(sandbox, 'dockerhub')).length
  expect(await refusal(await repo.put('1.0', other))).toEqual([403, 'DENIED'])
  expect((await repo.send('HEAD', `manifests/${described(other).digest}`)).status).toBe(404)
  expect((await repo.put('1.0', image)).status).toBe(201)
  expect((await effects(sandbox, 'dockerhub')).length).toBe(before)
  expect((await repo.put('1.1', other)).status).toBe(201)
  const elsewhere = await Spoken.open(sandbox, 'dockerhub', 'own/other')
  for (const content of ['one', 'two']) {
    expect((await elsewhere.put('1.0', await elsewhere.image(content))).status).toBe(201)
  }
  await sandbox.steer.setImmutableTags('dockerhub', 'own/app', false)
  expect((await repo.put('1.0', other)).status).toBe(201)
  await expect(sandbox.steer.setImmutableTags('ghcr', 'Own/app', true)).rejects.toThrow('not a repository name')
})
