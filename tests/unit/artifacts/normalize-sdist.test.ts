import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { normalizeSdist } from '@slipway/artifacts/normalize-sdist'
import { parseSdist } from '@slipway/artifacts/sdist'
import { readTarMembers } from '@slipway/artifacts/tar'
import { type RawEntry, sdist, tarGz } from './archives.ts'

const NAME = 'demo_py-1.0.0.tar.gz'
const normal = (bytes: Uint8Array, time = 1_000_000_000) => normalizeSdist(NAME, bytes, time)
const record = (key: string, value: string) => {
  const rest = ` ${key}=${value}\n`
  const length = [1, 2, 3, 4].map((digits) => digits + Buffer.byteLength(rest))
  return `${length.find((each, at) => String(each).length === at + 1)}${rest}`
}

/** Returns the members after normalizing, as `type mode path -> link: data`. */
function membersOf(entries: readonly RawEntry[], magic?: string): string[] {
  return readTarMembers(normal(tarGz(entries, magic))).map(({ type, mode, path, linkPath, data }) => {
    const link = linkPath.length > 0 ? ` -> ${linkPath}` : ''
    return `${type} ${mode.toString(8)} ${path}${link}${data.length > 0 ? `: ${Buffer.from(data)}` : ''}`
  })
}

test('the content of an sdist stays', () => {
  const bytes = sdist({ 'demo_py-1.0.0/src/demo.py': 'x = 1\n' })
  const before = parseSdist(NAME, bytes)
  const after = parseSdist(NAME, normal(bytes))
  expect(new Map(after.files)).toEqual(new Map([...before.files].sort()))
  expect(after).toMatchObject({ folders: before.folders, version: '1.0.0' })
  expect(after.metadata.get('Name')).toBe('Demo.Py')
})

test('order, modes, level and pax times do not change the bytes', () => {
  const one = tarGz([
    { name: 'd/b', data: 'b', mode: '0000664' },
    { name: 'd/', type: '5', mode: '0000700' },
    { name: 'x', type: 'x', data: record('mtime', '1700000000.25') + record('uname', 'somebody') },
    { name: 'd/a', data: 'a', mode: '0000775' },
  ])
  const other = tarGz(
    [
      { name: 'pax_global_header', type: 'g', data: record('comment', 'c'.repeat(40)) },
      { name: 'd', type: '5', mode: '0040755' },
      { name: 'd/a', data: 'a', mode: '0000700' },
      { name: 'd/b', data: 'b', mode: '0000600' },
    ],
    'ustar  \0',
    1,
  )
  expect(normal(one)).toEqual(normal(other))
  expect(normal(normal(one))).toEqual(normal(one))
})

test('headers follow gzip and ustar', () => {
  const bytes = normal(tarGz([{ name: 'd/a', data: 'a' }]))
  // RFC 1952: no flags, so no name; no time; level 9; Unix.
  expect([...bytes.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3])
  const tar = gunzipSync(bytes)
  expect(tar.length).toBe(10240)
  const text = (from: number, to: number) => tar.subarray(from, to).toString('latin1')
  expect(text(100, 124)).toBe('0000644\x000000000\x000000000\0')
  expect(text(136, 148)).toBe('07346545000\0')
  expect(text(257, 329)).toBe('ustar\x0000'.padEnd(72, '\0'))
})

test('long and non-ASCII paths, and links, stay', () => {
  const long = `d/${'n'.repeat(300)}`
  const pathOf = (length: number) => `d/${'p'.repeat(length - 2)}`
  expect(
    membersOf([
      { name: 'x', type: 'x', data: record('path', long) + record('atime', '1.5') },
      { name: 'd/cut', data: '1' },
      { name: 'x', type: 'x', data: record('path', 'd/ä') },
      { name: 'd/cut', data: '2' },
      { name: 'file', prefix: 'd/folder', data: '3' },
      { name: 'x', type: 'x', data: record('linkpath', `${'../'.repeat(40)}a`) },
      { name: 'd/link', type: '2' },
      { name: pathOf(100), data: '4' },
      { name: 'd/🦀', data: '5' },
    ]),
  ).toEqual([
    '0 644 d/folder/file: 3',
    `2 777 d/link -> ${'../'.repeat(40)}a`,
    `0 644 ${long}: 1`,
    `0 644 ${pathOf(100)}: 4`,
    '0 644 d/ä: 2',
    '0 644 d/🦀: 5',
  ])
  const gnu = [
    { name: '././@LongLink', type: 'L', data: `${long}\0` },
    { name: '././@LongLink', type: 'K', data: `${long}/target\0` },
    { name: 'd/cut', type: '2' },
  ]
  expect(membersOf(gnu, 'ustar  \0')).toEqual([`2 777 ${long} -> ${long}/target`])
})

test.each([90, 91, 95, 96, 97, 98, 99, 100, 101, 102, 990, 991, 992])(
  'the pax record of a non-ASCII path of %i bytes has the right length',
  (size) => {
    const path = `ä${'x'.repeat(size - 2)}`
    expect(membersOf([{ name: 'x', type: 'x', data: record('path', path) }, { name: 'cut' }])).toEqual([
      `0 644 ${path}`,
    ])
  },
)

test('a path that is not UTF-8 keeps its bytes', () => {
  const raw = tarGz([{ name: 'd/?', data: 'a' }])
  const tar = Buffer.from(gunzipSync(raw))
  tar[2] = 0xff
  tar.write(
    `${tar
      .subarray(0, 512)
      .reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  )
  const [member] = readTarMembers(normal(gzipSync(tar)))
  expect(member?.path).toEqual(Buffer.from([0x64, 0x2f, 0xff]))
  expect([...(member?.keys ?? [])]).toEqual(['hdrcharset', 'path'])
})

test('a hard link becomes a copy of its file, and members with the same name keep their order', () => {
  const link = (name: string, target: string): RawEntry[] => [
    { name: 'x', type: 'x', data: record('linkpath', target) },
    { name, type: '1' },
  ]
  expect(
    membersOf([
      { name: 'z', data: 'z', mode: '0000755' },
      ...link('a', 'z'),
      ...link('b', 'a'),
      { name: 'z', data: 'new' },
    ]),
  ).toEqual(['0 755 a: z', '0 755 b: z', '0 755 z: z', '0 644 z: new'])
})

test.each<[string, RawEntry[], string]>([
  ['a device', [{ name: 'd/null', type: '3' }], 'd/null is neither'],
  ['a sparse file of GNU', [{ name: 'd/s', type: 'S' }], 'd/s is a sparse file'],
  [
    'a sparse file of pax',
    [
      { name: 'x', type: 'x', data: record('GNU.sparse.map', '0,1') },
      { name: 'd/s', data: '1' },
    ],
    'd/s is a sparse file',
  ],
  ['a hard link to nothing', [{ name: 'd/l', type: '1' }], 'd/l is a link to '],
])('%s is a problem', (_, entries, words) => {
  expect(() => normal(tarGz(entries))).toThrow(words)
})

test('a file that is not an archive is a problem', () => {
  expect(() => normal(new Uint8Array(10))).toThrow(`${NAME} cannot be read as a sdist`)
  expect(() => normal(gzipSync(Buffer.alloc(512, 1)))).toThrow('no tar header at byte 0')
})

test('a time out of range becomes the nearest valid time', () => {
  const bytes = sdist()
  expect(normal(bytes, -1)).toEqual(normal(bytes, 0))
  expect(normal(bytes, 1e15)).toEqual(normal(bytes, 0o77777777777))
})
