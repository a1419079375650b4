import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { describeFile } from '@slipway/artifacts/artifact'
import { addToManifest, MANIFEST_FILE, readManifest, writeManifest } from '@slipway/artifacts/manifest'
import { sha256sums } from '@slipway/artifacts/sums'
import { MANIFEST_SCHEMA, type Manifest } from '@slipway/core/artifact'
import { ProblemError } from '@slipway/core/problem'

let folder: string
let manifest: Manifest
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'manifest-'))
  await mkdir(path.join(folder, 'wheels'))
  await writeFile(path.join(folder, 'wheels', 'b.whl'), 'abc')
  await writeFile(path.join(folder, 'a.txt'), '')
  const artifacts = [
    await describeFile('wheel', 'b', '1.0', path.join(folder, 'wheels', 'b.whl')),
    await describeFile('asset', 'a.txt', '1.0.0', path.join(folder, 'a.txt')),
  ]
  manifest = {
    schema: MANIFEST_SCHEMA,
    version: '1.0.0',
    pythonVersion: '1.0.0',
    tag: 'v1.0.0',
    commit: 'c',
    artifacts,
  }
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Returns the codes of the problems of reading the folder's manifest. */
async function codes(): Promise<string[]> {
  const failure = await readManifest(folder).catch((cause) => cause)
  expect(failure).toBeInstanceOf(ProblemError)
  return (failure as ProblemError).problems.map((each) => each.code)
}

test('describes a file', () => {
  expect(manifest.artifacts[0]).toEqual({
    kind: 'wheel',
    project: 'b',
    version: '1.0',
    filename: 'b.whl',
    path: path.join(folder, 'wheels', 'b.whl'),
    size: 3,
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  })
})

test('a manifest is read again, even after its folder has moved', async () => {
  await writeManifest(folder, manifest)
  expect(await readdir(folder)).toEqual(['a.txt', 'manifest.json', 'wheels'])
  expect(JSON.parse(await readFile(path.join(folder, MANIFEST_FILE), 'utf8')).artifacts[0].path).toBe('wheels/b.whl')
  expect(await readManifest(folder)).toEqual(manifest)
  const moved = `${folder}-moved`
  await rename(folder, moved)
  folder = moved
  expect((await readManifest(moved))?.artifacts[0]?.path).toBe(path.join(moved, 'wheels', 'b.whl'))
})

test('a folder without a manifest gives null', async () => {
  expect(await readManifest(folder)).toBeNull()
})

test('every changed file is a problem', async () => {
  await writeManifest(folder, manifest)
  await writeFile(path.join(folder, 'wheels', 'b.whl'), 'abd')
  await rm(path.join(folder, 'a.txt'))
  expect(await codes()).toEqual(['artifact-differs', 'artifact-differs'])
})

test.each([
  ['no JSON', '{'],
  ['null', 'null'],
  ['another schema', '{"schema": 99, "artifacts": []}'],
  ['a path that leaves its folder', '{"schema": 1, "version": "1.0.0", "artifacts": [{"path": "wheels/../../x"}]}'],
  ['an absolute path', '{"schema": 1, "version": "1.0.0", "artifacts": [{"path": "/x"}]}'],
])('a manifest that is %s is a problem', async (_, text) => {
  await writeFile(path.join(folder, MANIFEST_FILE), text)
  expect(await codes()).toEqual(['manifest-unreadable'])
})

test('a manifest cannot list files outside its folder', async () => {
  await expect(writeManifest(path.join(folder, 'wheels'), manifest)).rejects.toThrow('outside')
})

test('sums are sorted by name, as sha256sum writes them', () => {
  expect(sha256sums(manifest.artifacts)).toBe(
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.txt\n' +
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b.whl\n',
  )
})

test.each([
  ['version', { version: '1.0.1' }],
  ['commit', { commit: 'd' }],
  ['state without a commit', { commit: null }],
])('nothing is added to the manifest of another %s', async (_, change) => {
  await writeManifest(folder, manifest)
  const before = await readFile(path.join(folder, MANIFEST_FILE), 'utf8')
  await expect(addToManifest(folder, { ...manifest, ...change })).rejects.toMatchObject({
    problems: [{ code: 'manifest-of-other-release', message: expect.stringContaining(folder) }],
  })
  expect(await readFile(path.join(folder, MANIFEST_FILE), 'utf8')).toBe(before)
})
