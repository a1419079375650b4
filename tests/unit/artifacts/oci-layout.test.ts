import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { readManifest, writeManifest } from '@slipway/artifacts/manifest'
import { joinPlatforms } from '@slipway/artifacts/oci/join'
import {
  blobFile,
  describeImage,
  imageConfigs,
  readLayout,
  verifyLayout,
  writeLayout,
} from '@slipway/artifacts/oci/layout'
import { MANIFEST_SCHEMA } from '@slipway/core/artifact'
import { ProblemError } from '@slipway/core/problem'
import { plantLayout, putBlob, putImage, putIndex, sha256, TYPES } from './oci-images.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'layout-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Writes index.json with these manifests. */
async function name(manifests: unknown): Promise<void> {
  await writeFile(path.join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }))
}

test('an image for one platform has its config and layers, each once', async () => {
  const root = await plantLayout(folder, ['one', 'two', 'one'])
  const layout = await readLayout(folder)
  expect(layout).toMatchObject({ folder, root, manifests: [root] })
  expect(layout.blobs.map((each) => each.mediaType)).toEqual([TYPES.config, TYPES.layer, TYPES.layer])
  expect(layout.blobs.slice(1).map((each) => each.digest)).toEqual([sha256('one'), sha256('two')])
})

test('children come before their index, and shared blobs are listed once', async () => {
  const amd64 = { ...(await putImage(folder, ['base', 'a'])), platform: { os: 'linux', architecture: 'amd64' } }
  const arm = {
    ...(await putImage(folder, ['base', 'b'], 'arm')),
    platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
  }
  const root = await putIndex(folder, [await putIndex(folder, [amd64]), arm, amd64])
  await writeLayout(folder, root)
  const layout = await readLayout(folder)
  expect(layout.manifests.map((each) => each.digest)).toEqual([
    amd64.digest,
    expect.any(String),
    arm.digest,
    root.digest,
  ])
  expect(layout.manifests).toContainEqual(arm)
  expect(layout.blobs.filter((each) => each.digest === sha256('base'))).toHaveLength(1)
  expect(await imageConfigs(layout)).toMatchObject([
    {
      os: 'linux',
      architecture: 'amd64',
      labels: { of: 'base+a' },
      diffIds: ['base', 'a'].map(sha256),
      manifest: amd64,
    },
    { os: 'linux', architecture: 'arm', labels: { of: 'base+b' }, diffIds: ['base', 'b'].map(sha256), manifest: arm },
  ])
})

test('an attestation is a manifest but not an image', async () => {
  const image = await putImage(folder, ['one'])
  const attestation = {
    ...(await putImage(folder, ['provenance'])),
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
  }
  await writeLayout(folder, await putIndex(folder, [image, attestation]))
  const layout = await readLayout(folder)
  expect(layout.manifests).toHaveLength(3)
  expect((await imageConfigs(layout)).map((each) => each.labels)).toEqual([{ of: 'one' }])
})

test('an image with two tags is one image', async () => {
  const root = await plantLayout(folder)
  await name([root, { ...root, annotations: { 'org.opencontainers.image.ref.name': 'latest' } }])
  expect((await readLayout(folder)).root).toEqual(root)
})

test('a manifest that is named many times is read once', async () => {
  let root = await putImage(folder, ['one'])
  for (let depth = 0; depth < 4; depth++) root = await putIndex(folder, Array<typeof root>(300).fill(root))
  await writeLayout(folder, root)
  expect((await readLayout(folder)).manifests).toHaveLength(5)
})

const digest = `sha256:${'0'.repeat(64)}`
const manifest = { mediaType: TYPES.manifest, digest, size: 2 }

test.each<[string, string, () => Promise<unknown>]>([
  ['no oci-layout', 'oci-layout is missing', () => rm(path.join(folder, 'oci-layout'))],
  [
    'another version',
    'an unknown version',
    () => writeFile(path.join(folder, 'oci-layout'), '{"imageLayoutVersion":"2"}'),
  ],
  ['no JSON', 'index.json is missing or not JSON', () => writeFile(path.join(folder, 'index.json'), '{')],
  ['a list', 'index.json is not a JSON object', () => writeFile(path.join(folder, 'index.json'), '[]')],
  ['no list of manifests', 'list of manifests in index.json is missing', () => name(null)],
  ['no image', 'names no image', () => name([])],
  ['two images', 'several images', async () => name([await putImage(folder, ['a']), await putImage(folder, ['b'])])],
  ['a missing manifest', `${digest} is missing`, () => name([manifest])],
  ['another type', 'neither a manifest nor an index', () => name([{ ...manifest, mediaType: 'text/html' }])],
  ['no type', 'no media type', () => name([{ digest, size: 1 }])],
  ['no size', 'has no size', () => name([{ ...manifest, size: -1 }])],
  ['a path for a digest', 'not a sha256 digest', () => name([{ ...manifest, digest: 'sha256:../../../etc/passwd' }])],
  ['a line after the digest', 'not a sha256 digest', () => name([{ ...manifest, digest: `${digest}\n` }])],
  ['upper case', 'not a sha256 digest', () => name([{ ...manifest, digest: `sha256:${'A'.repeat(64)}` }])],
  ['another algorithm', 'not a sha256 digest', () => name([{ ...manifest, digest: `sha512:${'0'.repeat(128)}` }])],
  ['a descriptor of null', 'no media type', () => name([null])],
  ['a missing layer', `its blob ${sha256('two')} is missing`, () => rm(blobFile(folder, sha256('two')))],
  [
    'a manifest that says it is an index',
    'its own mediaType differs',
    async () => name([{ ...(await putIndex(folder, [])), mediaType: TYPES.manifest }]),
  ],
  [
    'a manifest without layers',
    'list of layers',
    async () => name([await putBlob(folder, TYPES.manifest, { config: manifest })]),
  ],
  [
    'an index that contains itself',
    'nested',
    async () => {
      await writeFile(
        blobFile(folder, digest),
        JSON.stringify({ manifests: [{ ...manifest, mediaType: TYPES.index }] }),
      )
      await name([{ ...manifest, mediaType: TYPES.index }])
    },
  ],
  [
    'a manifest larger than registries accept',
    'missing or not JSON',
    async () => name([await putBlob(folder, TYPES.manifest, { layers: [], junk: 'x'.repeat(4 * 2 ** 20) })]),
  ],
])('a layout with %s is not an image', async (_, why, spoil) => {
  await plantLayout(folder)
  await spoil()
  const failure = await readLayout(folder).catch((cause) => cause)
  expect(failure).toBeInstanceOf(ProblemError)
  expect(failure.problems).toEqual([expect.objectContaining({ code: 'image-unreadable' })])
  expect(failure.message).toContain(why)
})

test('only a digest becomes a path', () => {
  expect(() => blobFile(folder, 'sha256:..')).toThrow('not a sha256 digest')
})

test.each([
  ['other bytes', 'eno'],
  ['more bytes', 'one and more'],
  ['fewer bytes', ''],
])('a layer with %s differs', async (_, text) => {
  await plantLayout(folder)
  expect(await verifyLayout(folder)).toEqual([])
  await writeFile(blobFile(folder, sha256('one')), text)
  expect((await verifyLayout(folder)).map((each) => each.code)).toEqual(['image-differs'])
})

test('a layer with a wrong size in the manifest differs', async () => {
  const config = await putBlob(folder, TYPES.config, {})
  const layer = await putBlob(folder, TYPES.layer, 'one')
  await writeLayout(folder, await putBlob(folder, TYPES.manifest, { config, layers: [{ ...layer, size: 4 }] }))
  expect((await verifyLayout(folder)).map((each) => each.message)).toEqual([expect.stringContaining(layer.digest)])
})

test.each([
  ['qdash', '0.1.0-rc.1+x', 'qdash-0.1.0-rc.1+x.oci'],
  ['ghcr.io/owner/name:5000', '1', 'ghcr.io-owner-name-5000-1.oci'],
  ['../a', '1', 'a-1.oci'],
])('image %s %s is the artifact %s', async (project, version, filename) => {
  const root = await plantLayout(folder)
  const { blobs } = await readLayout(folder)
  expect(await describeImage(project, version, folder)).toEqual({
    kind: 'image',
    project,
    version,
    filename,
    path: folder,
    size: [root, ...blobs].reduce((sum, each) => sum + each.size, 0),
    sha256: root.digest.slice(7),
  })
})

test('a manifest gives back its image, unless the image has changed', async () => {
  const layout = path.join(folder, 'image.oci')
  await plantLayout(layout)
  const artifacts = [await describeImage('a', '1', layout)]
  await writeManifest(folder, {
    schema: MANIFEST_SCHEMA,
    version: '1',
    pythonVersion: '1',
    tag: 'v1',
    commit: null,
    artifacts,
  })
  expect((await readManifest(folder))?.artifacts).toEqual(artifacts)
  const differs = { problems: [expect.objectContaining({ code: 'artifact-differs' })] }
  const layer = await readFile(blobFile(layout, sha256('one')))
  await writeFile(blobFile(layout, sha256('one')), 'eno')
  await expect(readManifest(folder)).rejects.toMatchObject(differs)
  await writeFile(blobFile(layout, sha256('one')), layer)
  await writeLayout(layout, await putImage(layout, ['one']))
  await expect(readManifest(folder)).rejects.toMatchObject(differs)
  await rm(layout, { recursive: true })
  await expect(readManifest(folder)).rejects.toMatchObject(differs)
})

test('images for one platform each become one image for all of them', async () => {
  const images = [
    { platform: 'linux/amd64', folder: path.join(folder, 'a') },
    { platform: 'linux/arm/v7', folder: path.join(folder, 'b') },
  ]
  await plantLayout(path.join(folder, 'a'), ['base', 'a'])
  await plantLayout(path.join(folder, 'b'), ['base', 'b'])
  const out = path.join(folder, 'out')
  await joinPlatforms(images, out)
  const layout = await readLayout(out)
  expect(layout.manifests.map((each) => each.platform)).toEqual([
    { os: 'linux', architecture: 'amd64' },
    { os: 'linux', architecture: 'arm', variant: 'v7' },
    undefined,
  ])
  expect(await verifyLayout(out)).toEqual([])
  expect(layout.blobs).toHaveLength(5)
})
