import { expect, test } from '@jest/globals'
import { tested } from './harness.ts'
import { described, INDEX, refusal, Spoken } from './oci-client.ts'

test('tags are listed in order and in pages', async () => {
  const repo = await Spoken.open(await tested(), 'dockerhub', 'own/app')
  expect(await refusal(await repo.send('GET', 'tags/list'))).toEqual([404, 'NAME_UNKNOWN'])
  const image = await repo.image('layer')
  const list = async (query: string) => {
    const response = await repo.send('GET', `tags/list${query}`)
    const { name, tags } = (await response.json()) as { name: string; tags: string[] }
    expect([response.status, name]).toEqual([200, 'own/app'])
    return { tags, link: response.headers.get('link') }
  }
  expect(await list('')).toEqual({ tags: [], link: null })
  for (const tag of ['b', 'latest', 'A', '1.10', '1.9']) await repo.put(tag, image)
  const all = ['1.10', '1.9', 'A', 'b', 'latest']
  expect(await list('')).toEqual({ tags: all, link: null })
  expect(await list('?n=5')).toEqual({ tags: all, link: null })
  expect(await list('?n=0')).toEqual({ tags: [], link: null })
  expect(await list('?last=A')).toEqual({ tags: ['b', 'latest'], link: null })
  expect(await list('?n=1&last=a')).toEqual({ tags: ['b'], link: '</v2/own/app/tags/list?n=1&last=b>; rel="next"' })
  const seen: string[] = []
  for (let query: string | undefined = '?n=2'; query !== undefined; ) {
    const { tags, link } = await list(query)
    seen.push(...tags)
    query = /(\?[^>]*)>; rel="next"$/.exec(link ?? '')?.[1]
  }
  expect(seen).toEqual(all)
  expect((await repo.send('GET', 'tags/list?n=-1')).status).toBe(400)
})

test('referrers of a manifest are listed, also of a missing one, and filtered by type', async () => {
  const repo = await Spoken.open(await tested(), 'dockerhub', 'own/app')
  const image = await repo.image('layer')
  const subject = described(image)
  const annotations = { 'org.example.kind': 'test' }
  const sbom = { ...image, subject, artifactType: 'application/x.sbom', annotations }
  const plain = { ...image, subject, layers: [] }
  const index = { schemaVersion: 2, mediaType: INDEX, manifests: [], subject }
  const put = await repo.put(described(sbom).digest, sbom)
  expect([put.status, put.headers.get('oci-subject')]).toEqual([201, subject.digest])
  await repo.put(described(plain).digest, plain)
  await repo.put('an-index', index)
  expect((await repo.put('1.0', image)).headers.get('oci-subject')).toBeNull()
  const list = async (query = '') => {
    const response = await repo.send('GET', `referrers/${subject.digest}${query}`)
    expect(response.headers.get('content-type')).toBe(INDEX)
    const { manifests } = (await response.json()) as { manifests: object[] }
    return { manifests, filters: response.headers.get('oci-filters-applied') }
  }
  const first = { ...described(sbom), artifactType: 'application/x.sbom', annotations }
  const second = { ...described(plain), artifactType: image.config.mediaType }
  expect(await list()).toEqual({ manifests: [first, second, described(index)], filters: null })
  expect(await list('?artifactType=application/x.sbom')).toEqual({ manifests: [first], filters: 'artifactType' })
  expect(await list('?artifactType=none')).toEqual({ manifests: [], filters: 'artifactType' })
  const none = await repo.send('GET', `referrers/${described(sbom).digest}`)
  expect(await none.json()).toEqual({ schemaVersion: 2, mediaType: INDEX, manifests: [] })
  expect(await refusal(await repo.send('GET', 'referrers/sha256:abc'))).toEqual([400, 'DIGEST_INVALID'])
})
