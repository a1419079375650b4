import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { HttpRequest, Ports } from '@slipway/core/ports'
import { fetchPython } from '@slipway/toolchain/executor/fetch-python'
import { type ArchivedPython, archivedGlibc, archivedPythons } from '@slipway/toolchain/executor/python-archives'
import { zipSync } from 'fflate'
import { makeTarball, temporaryFolder } from '../../../sandbox/harness.ts'
import { realPorts } from '../ports.ts'

const SOURCES = {
  maven: ['https://maven.example.invalid/'],
  debian: ['https://one.example.invalid/', 'https://two.example.invalid/'],
}

const jar = Buffer.from(zipSync({ 'META-INF/MANIFEST.MF': Buffer.from(''), 'org/home/python.exe': Buffer.from('exe') }))

/** Makes a Debian package (deb(5)): an ar archive, whose members begin at even offsets. */
function deb(): Buffer {
  const member = (name: string, data: Uint8Array) => {
    const header = `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}`
    const even = data.length % 2 === 0 ? '' : '\n'
    return Buffer.concat([Buffer.from(`${header}${String(data.length).padEnd(10)}\`\n`), data, Buffer.from(even)])
  }
  const data = makeTarball('usr', { 'bin/python3': 'elf' })
  return Buffer.concat([
    Buffer.from('!<arch>\n'),
    member('debian-binary', Buffer.from('2.0\n')),
    member('control.tar.gz', Buffer.from('odd')),
    member('data.tar.gz', data),
  ])
}

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** A Python of two archives, one of each kind. */
const python = (change: Partial<ArchivedPython> = {}): ArchivedPython => ({
  path: 'org/home/python.exe',
  version: '3.99.1',
  implementation: 'cpython',
  freeThreaded: false,
  venv: false,
  archives: [
    { from: 'debian', path: 'pool/demo_1_arm64.deb', sha256: hash(deb()) },
    { from: 'maven', path: 'demo/1/demo.jar', sha256: hash(jar) },
  ],
  ...change,
})

/** Ports with a cache of their own, and what was asked of the servers. */
function portsWith(answer: (url: string) => Uint8Array | number): Ports & { asked: string[]; cache: string } {
  const cache = temporaryFolder()
  const asked: string[] = []
  const http = async ({ url, saveTo = '' }: HttpRequest) => {
    asked.push(url)
    const said = answer(url)
    if (typeof said === 'number') return { status: said, headers: {}, body: Buffer.alloc(0) }
    writeFileSync(saveTo, said)
    return { status: 200, headers: {}, body: Buffer.alloc(0) }
  }
  return { ...realPorts({ ...process.env, SLIPWAY_CACHE_DIR: cache }), http, asked, cache: join(cache, 'executors') }
}

const serve = (url: string) => (url.endsWith('.jar') ? jar : url.includes('two.') ? deb() : 404)

test('a Python is downloaded from the first source that has it, unpacked, completed, and found in the cache', async () => {
  const ports = portsWith(serve)
  const completed: string[] = []
  const complete = async (folder: string) => {
    completed.push(readFileSync(join(folder, 'org/home/python.exe'), 'utf8'))
  }
  const options = { sources: SOURCES, complete }
  const [folder, same] = await Promise.all([
    fetchPython(ports, python(), options),
    fetchPython(ports, python(), options),
  ])
  expect(same).toBe(folder)
  expect(readFileSync(join(folder, 'usr/bin/python3'), 'utf8')).toBe('elf')
  expect(existsSync(join(folder, 'META-INF'))).toBe(false)
  expect(completed).toEqual(['exe'])
  expect([...ports.asked].sort()).toEqual([
    'https://maven.example.invalid/demo/1/demo.jar',
    'https://one.example.invalid/pool/demo_1_arm64.deb',
    'https://two.example.invalid/pool/demo_1_arm64.deb',
  ])
  // Only the folder and its pointer stay.
  expect(readdirSync(ports.cache).length).toBe(2)
  expect(await fetchPython(ports, python(), { ...options, variant: 'other' })).not.toBe(folder)
})

test.each([
  [
    'has another hash',
    Buffer.from('other'),
    'python-archive-differs',
    /has the SHA-256 [0-9a-f]{64}, not [0-9a-f]{64}/,
  ],
  [
    'is on no server',
    404,
    'python-not-fetched',
    /cannot be downloaded \(GET one\.example\.invalid\/.*: HTTP 404; GET two\./,
  ],
] as const)('an archive that %s is refused, and nothing of it stays', async (_, answer, code, message) => {
  const ports = portsWith(() => answer)
  const [first] = python().archives
  const only = python({ archives: [first as NonNullable<typeof first>] })
  await expect(fetchPython(ports, only, { sources: SOURCES })).rejects.toMatchObject({
    problems: [{ code, message: expect.stringMatching(message) }],
  })
  expect(readdirSync(ports.cache)).toEqual([])
})

test('an archive that cannot be unpacked is refused', async () => {
  const text = Buffer.from('no archive')
  const ports = portsWith(() => text)
  const broken = python({ archives: [{ from: 'maven', path: 'demo.jar', sha256: hash(text) }] })
  await expect(fetchPython(ports, broken, { sources: SOURCES })).rejects.toMatchObject({
    problems: [{ code: 'python-not-fetched', message: expect.stringContaining('BadZipFile') }],
  })
})

test('the list has Pythons in order, each archive with its hash, and the C library that those for Linux need', () => {
  const windows = archivedPythons({ system: 'win32', processor: 'x86_64' })
  const arm = archivedPythons({ system: 'linux', processor: 'aarch64' })
  for (const all of [windows, arm]) {
    expect(all.length).toBeGreaterThan(1)
    const minors = all.map((each) => Number(each.version.split('.')[1]))
    expect(minors).toEqual([...new Set(minors)].sort((a, b) => a - b))
    for (const { from, path, sha256 } of all.flatMap((each) => each.archives)) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/)
      expect(path).toMatch(from === 'maven' ? /^org\/bytedeco\/.*\.jar$/ : /^pool\/main\/.*_arm64\.deb$/)
    }
  }
  expect(arm.every((each) => each.archives.some(({ path }) => path.includes('/libc6_')))).toBe(true)
  expect(archivedGlibc('aarch64')).toBe('2.36')
  expect(archivedGlibc('riscv64')).toBe(null)
})
