import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { fromDockerArchive, toDockerArchive } from '@slipway/artifacts/oci/docker-archive'
import { blobFile, imageConfigs, readLayout, verifyLayout } from '@slipway/artifacts/oci/layout'
import { ProblemError } from '@slipway/core/problem'
import { sha256, TYPES } from './oci-images.ts'

let folder: string
let out: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'archive-'))
  out = path.join(folder, 'out')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const TARS = ['first layer', 'second layer']
const CONFIG = JSON.stringify({
  architecture: 'amd64',
  os: 'linux',
  config: { Labels: { a: 'b' } },
  rootfs: { type: 'layers', diff_ids: [...TARS, TARS[0] as string].map(sha256) },
})

/** Writes a file of the archive and returns its name. */
async function put(name: string, content: string | Uint8Array): Promise<string> {
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
  await writeFile(path.join(folder, name), content)
  return name
}

async function list(images: unknown): Promise<void> {
  await put('manifest.json', JSON.stringify(images))
}

/** Writes an archive as Docker before 25 does: a repeated layer is a link to the first. */
async function classic(): Promise<void> {
  const Layers = [await put('aa/layer.tar', TARS[0] as string), await put('bb/layer.tar', TARS[1] as string)]
  await mkdir(path.join(folder, 'cc'))
  await symlink('../aa/layer.tar', path.join(folder, 'cc', 'layer.tar'))
  await list([{ Config: await put('config.json', CONFIG), RepoTags: null, Layers: [...Layers, 'cc/layer.tar'] }])
}

/** Writes an archive as later versions do: names are digests, of layers as they are in the engine's store. */
async function later(compress: (layer: string) => string | Uint8Array): Promise<void> {
  const blob = (content: string | Uint8Array) => put(`blobs/sha256/${sha256(content).slice(7)}`, content)
  const Layers: string[] = []
  for (const each of TARS) Layers.push(await blob(compress(each)))
  await put('oci-layout', '{"imageLayoutVersion":"1.0.0"}')
  await list([{ Config: await blob(CONFIG), RepoTags: ['x:1'], Layers: [...Layers, Layers[0]] }])
}

test.each<[string, () => Promise<void>, string]>([
  ['of Docker before 25', classic, '+gzip'],
  ['of a later Docker', () => later((layer) => layer), '+gzip'],
  ['with layers in gzip', () => later((layer) => gzipSync(layer, { level: 1 })), '+gzip'],
  ['with layers in zstd', () => later((layer) => zstdCompressSync(layer)), '+zstd'],
])('an archive %s becomes a layout', async (_, write, suffix) => {
  await write()
  await fromDockerArchive(folder, out, { note: 'x' })
  const layout = await readLayout(out)
  expect(await verifyLayout(out)).toEqual([])
  const [config, first, second, ...more] = layout.blobs
  // The image keeps its id.
  expect(config).toEqual({ mediaType: TYPES.config, digest: sha256(CONFIG), size: CONFIG.length })
  expect([first?.mediaType, second?.mediaType]).toEqual(
    [1, 2].map(() => `application/vnd.oci.image.layer.v1.tar${suffix}`),
  )
  expect(more).toEqual([])
  const manifest = JSON.parse(await readFile(blobFile(out, layout.root.digest), 'utf8'))
  expect(manifest.layers.map((each: { digest: string }) => each.digest)).toEqual(
    [first, second, first].map((each) => each?.digest),
  )
  expect(manifest.annotations).toEqual({ note: 'x' })
})

test('layers are compressed reproducibly, without a time', async () => {
  await classic()
  await fromDockerArchive(folder, out)
  const { root, blobs } = await readLayout(out)
  const layer = await readFile(blobFile(out, blobs[1]?.digest as string))
  expect(gunzipSync(layer).toString()).toBe(TARS[0])
  // RFC 1952: the time is in bytes 4 to 7.
  expect(layer.subarray(4, 8)).toEqual(Buffer.alloc(4))
  await fromDockerArchive(folder, path.join(folder, 'again'))
  expect((await readLayout(path.join(folder, 'again'))).root).toEqual(root)
})

test.each<[string, () => Promise<unknown>, string]>([
  ['no list', () => rm(path.join(folder, 'manifest.json')), 'no "manifest.json"'],
  ['a list that is not JSON', () => put('manifest.json', '['), 'JSON'],
  ['two images', () => list([{ Layers: [] }, { Layers: [] }]), 'not name exactly one image'],
  ['no layers', () => list([{ Config: 'config.json' }]), 'not name exactly one image'],
  [
    'fewer layers than its config',
    () => list([{ Config: 'config.json', Layers: ['aa/layer.tar'] }]),
    'a different number of layers',
  ],
  ['a layer of other bytes', () => put('bb/layer.tar', 'x'), 'layer bb/layer.tar differs from its digest'],
  ['a missing layer', () => rm(path.join(folder, 'bb', 'layer.tar')), 'no "bb/layer.tar"'],
  ['a config outside its folder', () => configOutside(), 'no "../'],
  ['a layer that is a link out of its folder', () => layerOutside(), 'no "bb/layer.tar"'],
])('an archive with %s is not an image', async (_, spoil, why) => {
  await classic()
  await spoil()
  const failure = await fromDockerArchive(folder, out).catch((cause) => cause)
  expect(failure).toBeInstanceOf(ProblemError)
  expect(failure.problems).toEqual([expect.objectContaining({ code: 'image-unreadable' })])
  expect(failure.message).toContain(why)
})

async function configOutside(): Promise<void> {
  await writeFile(`${folder}-elsewhere`, '{"rootfs":{"diff_ids":[]}}')
  await list([{ Config: `../${path.basename(folder)}-elsewhere`, Layers: [] }])
}

async function layerOutside(): Promise<void> {
  await writeFile(`${folder}-elsewhere`, TARS[1] as string)
  await rm(path.join(folder, 'bb', 'layer.tar'))
  await symlink(`${folder}-elsewhere`, path.join(folder, 'bb', 'layer.tar'))
}
afterEach(() => rm(`${folder}-elsewhere`, { force: true }))

test('a layout becomes an archive, which becomes the same layout', async () => {
  await later((layer) => gzipSync(layer))
  await fromDockerArchive(folder, out)
  const layout = await readLayout(out)
  const [config] = await imageConfigs(layout)
  const files = path.join(folder, 'files')
  await toDockerArchive(layout, config as NonNullable<typeof config>, 'name:tag', files)
  expect(JSON.parse(await readFile(path.join(files, 'manifest.json'), 'utf8'))).toMatchObject([
    { RepoTags: ['name:tag'] },
  ])
  const [packed, unpacked] = [path.join(folder, 'packed.tar'), path.join(folder, 'unpacked')]
  execFileSync('tar', ['--create', '--dereference', '--file', packed, '--directory', files, '.'])
  await mkdir(unpacked)
  execFileSync('tar', ['--extract', '--file', packed, '--directory', unpacked])
  const again = path.join(folder, 'again')
  await fromDockerArchive(unpacked, again)
  expect(await readLayout(again)).toEqual({ ...layout, folder: again })
})
