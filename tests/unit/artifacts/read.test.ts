import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { readCrate, sameCrateContent } from '@slipway/artifacts/crate'
import { parseMetadata } from '@slipway/artifacts/metadata'
import { parseRecord } from '@slipway/artifacts/record'
import { parseSdist } from '@slipway/artifacts/sdist'
import { readTarGz } from '@slipway/artifacts/tar'
import { readWheel, readWheelMetadata } from '@slipway/artifacts/wheel'
import { temporaryFolder } from '../../sandbox/harness.ts'
import { crate, METADATA, sdist, tarGz, WHEEL_NAME, wheelFiles, zip } from './archives.ts'

/** Writes a file into a temporary folder and returns its path. */
function written(name: string, bytes: Uint8Array): string {
  const file = path.join(temporaryFolder(), name)
  writeFileSync(file, bytes)
  return file
}

test('reads a wheel', async () => {
  const wheel = await readWheel(written(WHEEL_NAME, zip(wheelFiles())))
  expect(wheel.metadata.get('name')).toBe('Demo.Py')
  expect(wheel.wheelTags).toEqual(['cp38-abi3-manylinux2014_x86_64', 'cp38-abi3-manylinux_2_17_x86_64'])
  expect(wheel.record.map((each) => each.path).sort()).toEqual([...wheel.files.keys()].sort())
  expect(wheel.distInfo).toBe('demo_py-1.0.0.dist-info')
})

test.each([
  ['another name', 'demo.whl', zip(wheelFiles()), 'is not the name of a wheel'],
  ['no archive', WHEEL_NAME, new Uint8Array(10), 'it is not a ZIP archive'],
  [
    'no METADATA',
    WHEEL_NAME,
    zip(wheelFiles({ 'demo_py-1.0.0.dist-info/METADATA': null })),
    'has no demo_py-1.0.0.dist',
  ],
  [
    'METADATA under another name',
    WHEEL_NAME,
    zip(wheelFiles({}, 'demo_py-1.0.dist-info')),
    'has no demo_py-1.0.0.dist',
  ],
  ['two .dist-info', WHEEL_NAME, zip(wheelFiles({ 'other-1.0.dist-info/METADATA': '' })), 'other-1.0.dist-info'],
])('a wheel with %s is a problem', async (_, name, bytes, words) => {
  await expect(readWheel(written(name, bytes))).rejects.toThrow(words)
})

test('reading only the metadata unpacks nothing else', async () => {
  const bytes = Buffer.from(zip(wheelFiles({ 'demo/large.py': 'x'.repeat(1000) })))
  // A block of the reserved type, which no inflater accepts.
  bytes.fill(0xff, bytes.indexOf('demo/large.py') + 'demo/large.py'.length, bytes.indexOf('demo/large.py') + 20)
  const file = written(WHEEL_NAME, bytes)
  await expect(readWheel(file)).rejects.toThrow('cannot be read')
  expect((await readWheelMetadata(file)).metadata.get('Name')).toBe('Demo.Py')
})

test('a missing wheel is not an unreadable one', async () => {
  await expect(readWheel(path.join(temporaryFolder(), WHEEL_NAME))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('reads metadata: case, repeats, folds, body', () => {
  const metadata = parseMetadata(
    'Name: a\r\nClassifier: x :: y\r\nclassifier: z\r\nLicense: MIT\r\n       |second\r\nnot a field\r\n\r\nBody\r\n\r\nmore\r\n',
  )
  expect(metadata.get('NAME')).toBe('a')
  expect(metadata.all('Classifier')).toEqual(['x :: y', 'z'])
  expect(metadata.get('License')).toBe('MIT\nsecond')
  expect(metadata.get('Version')).toBeNull()
  expect(metadata.description).toBe('Body\n\nmore\n')
})

test('the description may be a field, or missing', () => {
  expect(parseMetadata('Name: a\nDescription: one\n        two\n').description).toBe('one\ntwo')
  expect(parseMetadata('Name: a\n\n\n').description).toBeNull()
})

test('reads RECORD with quoted paths', () => {
  expect(parseRecord('"a ""b"", c.py",sha256=x,1\r\nplain.py,sha256=y,2\nd/RECORD,,\n')).toEqual([
    { path: 'a "b", c.py', hash: 'sha256=x', size: 1 },
    { path: 'plain.py', hash: 'sha256=y', size: 2 },
    { path: 'd/RECORD', hash: null, size: null },
  ])
})

test('reads long paths in tar: ustar prefix, pax, GNU', () => {
  const pax = 'path=p/ä'
  const record = `${Buffer.byteLength(pax) + 4} ${pax}\n`
  const posix = tarGz([
    { name: 'file', prefix: 'some/folder' },
    { name: 'x', type: 'x', data: record },
    { name: 'cut', data: 'pax' },
    { name: 'next', data: 'n' },
    { name: 'folder/', type: '5' },
    { name: 'link', type: '2' },
  ])
  expect(readTarGz(posix).map((each) => [each.path, each.type])).toEqual([
    ['some/folder/file', 'file'],
    ['p/ä', 'file'],
    ['next', 'file'],
    ['folder/', 'folder'],
    ['link', 'other'],
  ])
  const gnu = tarGz(
    [
      { name: '././@LongLink', type: 'L', data: 'g/long\0' },
      { name: 'cut' },
      { name: 'plain', prefix: 'not a prefix' },
    ],
    'ustar  \0',
  )
  expect(readTarGz(gnu).map((each) => each.path)).toEqual(['g/long', 'plain'])
})

test.each([
  ['in two parts', (tar: Buffer) => Buffer.concat([gzipSync(tar.subarray(0, 700)), gzipSync(tar.subarray(700))])],
  ['of 1 MiB', (tar: Buffer) => gzipSync(Buffer.concat([tar, Buffer.alloc(2 ** 20)]))],
])('reads a gzipped tar archive %s', (_, packed) => {
  const archive = packed(gunzipSync(tarGz([{ name: 'a', data: 'x'.repeat(2000) }, { name: 'b' }])))
  expect(readTarGz(archive).map((each) => [each.path, each.data.length])).toEqual([
    ['a', 2000],
    ['b', 0],
  ])
})

test('a gzipped file that lies about its size is refused', () => {
  const archive = Buffer.from(tarGz([{ name: 'a' }]))
  archive.writeUInt32LE(0xfffffff0, archive.length - 4)
  expect(() => readTarGz(archive)).toThrow('incorrect length check')
  expect(() => readTarGz(Buffer.from('a'))).toThrow('unexpected end of file')
})

test('reads an sdist', () => {
  const read = parseSdist('demo_py-1.0.0.tar.gz', sdist())
  expect(read).toMatchObject({ distribution: 'demo_py', version: '1.0.0', folders: ['demo_py-1.0.0'] })
  expect(read.metadata.description).toBe('# Demo\n')
})

test.each([
  ['another name', 'demo.tar.gz', sdist(), 'is not the name of an sdist'],
  ['no archive', 'demo_py-1.0.0.tar.gz', new Uint8Array(10), 'cannot be read as a sdist'],
  ['no PKG-INFO', 'demo_py-1.0.0.tar.gz', sdist({}, null), 'has no demo_py-1.0.0/PKG-INFO'],
])('an sdist with %s is a problem', (_, name, bytes, words) => {
  expect(() => parseSdist(name, bytes)).toThrow(`${name} ${words}`)
})

test('reads a crate', () => {
  const read = readCrate(crate({ '.cargo_vcs_info.json': '{"git":{"sha1":"abc"},"path_in_vcs":""}', 'src/lib.rs': '' }))
  expect(read).toMatchObject({ folders: ['demo-1.0.0'], commit: 'abc', cargoToml: '[package]\nname = "demo"\n' })
  expect([...read.entries.keys()]).toEqual(['Cargo.toml', '.cargo_vcs_info.json', 'src/lib.rs'])
  expect(read.text('src/lib.rs')).toBe('')
  expect(read.text('src/main.rs')).toBeNull()
})

test('a crate without a manifest, and a file that is not an archive, are problems', () => {
  expect(() => readCrate(tarGz([{ name: 'a-1.0.0/x' }]))).toThrow('no Cargo.toml')
  expect(() => readCrate(Buffer.from(METADATA), 'a.crate')).toThrow('a.crate cannot be read as a crate')
})

const lib = { 'src/lib.rs': 'x' }
test.each([
  ['another commit', crate({ ...lib, '.cargo_vcs_info.json': '{}' }), true],
  [
    'another compression and order',
    crate({ 'Cargo.toml': '[package]\nname = "demo"\n', ...lib }, 'demo-1.0.0', 1),
    true,
  ],
  ['another file', crate({ 'src/lib.rs': 'y' }), false],
  ['an additional file', crate({ ...lib, 'src/a.rs': '' }), false],
  ['another version', crate(lib, 'demo-1.0.1'), false],
])('a crate with %s: same content is %p', (_, other, same) => {
  const mine = crate({ ...lib, '.cargo_vcs_info.json': '{"git":{"sha1":"a"}}' })
  expect(sameCrateContent(mine, other)).toBe(same)
})
