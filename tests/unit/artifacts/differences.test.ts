import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { differencesOf } from '@slipway/artifacts/differences'
import { zipSync } from 'fflate'
import { temporaryFolder } from '../../sandbox/harness.ts'
import { type RawEntry, tarGz, zip } from './archives.ts'
import { machO } from './macho-file.ts'
import { pe } from './pe-file.ts'

const BASE = { 'demo/__init__.py': 'a = 1\nb = 2\nc = 3\n', 'demo/data.bin': '\0\u0001\u0002' }

/** Returns the differences of two files of one kind. */
function between(first: Uint8Array, second: Uint8Array, name = 'demo-1.0-py3-none-any.whl'): Promise<string[]> {
  const folder = temporaryFolder()
  const [a, b] = [join(folder, `a-${name}`), join(folder, `b-${name}`)]
  writeFileSync(a, first)
  writeFileSync(b, second)
  return differencesOf(a, b)
}

test.each<[string, Record<string, string>, string[]]>([
  ['a line', { ...BASE, 'demo/__init__.py': 'a = 1\nb = 3\nc = 3\n' }, ['demo/__init__.py in line 2']],
  ['a longer file', { ...BASE, 'demo/__init__.py': `${BASE['demo/__init__.py']}d\n` }, ['demo/__init__.py in line 4']],
  ['a byte', { ...BASE, 'demo/data.bin': '\0\u0001\u0003' }, ['demo/data.bin in byte 2']],
  ['a file', { 'demo/data.bin': BASE['demo/data.bin'] }, ['demo/__init__.py is only in the first']],
  ['another file', { ...BASE, 'demo/new.py': '' }, ['demo/new.py is only in the second']],
  ['the order', Object.fromEntries(Object.entries(BASE).reverse()), ['the order of its files']],
])('wheels that differ in %s', async (_, files, expected) => {
  expect(await between(zip(BASE), zip(files))).toEqual(expected)
})

test('a RECORD differs because other files do', async () => {
  const record = (of: string) => ({ 'demo-1.0.dist-info/RECORD': of })
  const changed = { ...BASE, 'demo/__init__.py': '' }
  expect(await between(zip({ ...BASE, ...record('a') }), zip({ ...changed, ...record('b') }))).toEqual([
    'demo/__init__.py in line 1',
  ])
  expect(await between(zip({ ...BASE, ...record('a') }), zip({ ...BASE, ...record('b') }))).toEqual([
    'demo-1.0.dist-info/RECORD in line 1',
  ])
})

test('wheels that differ in times, permissions and compression', async () => {
  const content = new TextEncoder().encode('a = 1\n'.repeat(100))
  const made = (options: object) => zipSync({ 'a.py': [content, { mtime: '2025-01-02T00:00:00', ...options }] })
  const plain = made({})
  expect(await between(plain, made({ mtime: '2025-01-03T00:00:00' }))).toEqual(['a.py in its time'])
  expect(await between(made({ os: 3, attrs: 0o100644 << 16 }), made({ os: 3, attrs: 0o100755 << 16 }))).toEqual([
    'a.py in its permissions',
  ])
  const other = new TextEncoder().encode('b = 1\n')
  const two = (second: Uint8Array, mtime: string) => zipSync({ 'a.py': content, 'b.py': second }, { mtime })
  expect(await between(two(content, '2025-01-02T00:00:00'), two(other, '2025-01-03T00:00:00'))).toEqual([
    'b.py in line 1',
    'a.py in its time',
    'b.py in its time',
  ])
  expect(await between(plain, made({ level: 0 }))).toEqual(['the compression, or the header of the archive'])
})

test.each<[string, RawEntry, string]>([
  ['permissions', { name: 'd/a', data: 'x', mode: '0000755' }, 'd/a in its permissions'],
  ['type', { name: 'd/a', type: '2', link: 'b' }, 'd/a in line 1'],
  ['content', { name: 'd/a', data: 'y' }, 'd/a in line 1'],
])('crates and sdists that differ in %s', async (_, entry, expected) => {
  const plain = tarGz([{ name: 'd/a', data: 'x' }])
  for (const name of ['d-1.0.tar.gz', 'd-1.0.crate']) {
    expect((await between(plain, tarGz([entry]), name))[0]).toBe(expected)
  }
})

test('sdists that differ in a time, an owner, and the header of gzip', async () => {
  const tar = gunzipSync(tarGz([{ name: 'd/a', data: 'x' }]))
  const changed = (at: number, text: string) => {
    const header = Buffer.from(tar)
    header.write(text, at)
    header.write(' '.repeat(8), 148)
    const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return gzipSync(header)
  }
  const name = 'd-1.0.tar.gz'
  expect(await between(gzipSync(tar), changed(136, '00000000001'), name)).toEqual(['d/a in its time'])
  expect(await between(gzipSync(tar), changed(265, 'somebody'), name)).toEqual(['d/a in its owner'])
  const later = Buffer.from(gzipSync(tar))
  later.writeUInt32LE(1735787045, 4)
  expect(await between(gzipSync(tar), later, name)).toEqual(['the compression, or the header of the archive'])
})

test('native code differs by its sections, in each format', async () => {
  const folder = temporaryFolder()
  const compiled = (text: string) => {
    writeFileSync(join(folder, 'a.c'), `const char *text(void) { return "${text}"; }\n`)
    const flags = ['-shared', '-fPIC', '-Wl,--build-id=none', '-o', join(folder, 'a.so'), join(folder, 'a.c')]
    execFileSync('cc', flags)
    return readFileSync(join(folder, 'a.so'))
  }
  const differ = async (a: Buffer, b: Buffer) => between(zip({ 'a.so': a }), zip({ 'a.so': b }))
  expect(await differ(compiled('/home/one'), compiled('/home/two'))).toEqual(['a.so in section .rodata'])
  expect(await differ(pe({ exports: ['PyInit_a'] }), pe({ exports: ['PyInit_b'] }))).toEqual([
    expect.stringMatching(/^a\.so in section \.\w+$/),
  ])
  const older = machO({ macos: [11, 0] })
  expect(await differ(older, machO({ macos: [12, 0] }))).toEqual([expect.stringMatching(/^a\.so in byte \d+$/)])
})

test('a section without bytes in a Mach-O file does not differ', async () => {
  const made = (text: string) => {
    const file = Buffer.alloc(1024)
    file.write(text, 512)
    const header = [0xfeedfacf, 0x0100000c, 0, 8, 1, 72 + 160]
    header.forEach((word, index) => {
      file.writeUInt32LE(word, 4 * index)
    })
    const segment = file.subarray(32)
    segment.writeUInt32LE(0x19)
    segment.writeUInt32LE(72 + 160, 4)
    segment.write('__DATA', 8)
    segment.writeUInt32LE(2, 64)
    for (const [index, name, at, length] of [
      [0, '__data', 512, 512],
      [1, '__bss', 0, 400],
    ] as const) {
      const section = segment.subarray(72 + 80 * index)
      section.write(name)
      section.writeUInt32LE(length, 40)
      section.writeUInt32LE(at, 48)
    }
    // Reserved by the format, and in no section.
    file.writeUInt32LE(text.length, 28)
    return zip({ 'a.so': file })
  }
  expect(await between(made('a'), made('bc'))).toEqual(['a.so in section __DATA,__data'])
  expect(await between(made('a'), made('a\0'))).toEqual(['a.so in byte 28'])
})

test('members that are larger than what is held in memory are compared, native ones by their sections', async () => {
  const stored = (name: string, content: Buffer) =>
    zipSync({ [name]: content }, { level: 0, mtime: '2025-01-02T00:00:00' })
  const lines = (at: number) => {
    const text = Buffer.alloc(2 ** 24 + 1, 'line\n')
    text.write('LINE', at)
    return stored('a.txt', text)
  }
  expect(await between(lines(5_000_000), lines(10_000_000))).toEqual(['a.txt in line 1000001'])
  const code = (name: string) => stored('a.pyd', Buffer.concat([pe({ exports: [name] }), Buffer.alloc(2 ** 26)]))
  expect(await between(code('PyInit_a'), code('PyInit_b'))).toEqual(['a.pyd in section .rdata'])
})

test('sections that overlap are not compared, since a small file could claim days of work', async () => {
  const overlapping = (last: string) => {
    const file = Buffer.concat([pe({ exports: ['PyInit_a'] }), Buffer.from(last)])
    const coff = file.readUInt32LE(0x3c)
    const first = coff + 24 + file.readUInt16LE(coff + 20)
    file.writeUInt16LE(2, coff + 6)
    for (const at of [first, first + 40]) {
      file.writeUInt32LE(file.length, at + 16)
      file.writeUInt32LE(0, at + 20)
    }
    return zip({ 'a.pyd': file })
  }
  expect(await between(overlapping('a'), overlapping('b'))).toEqual([expect.stringMatching(/^a\.pyd in byte \d+$/)])
})
