import { readdirSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { BinaryError, MemoryBytes } from '@slipway/artifacts/binary/bytes'
import { namesInTrie } from '@slipway/artifacts/binary/export-trie'
import { isNative, readBinary } from '@slipway/artifacts/binary/read'
import { Spool } from '@slipway/artifacts/binary/spool'
import { temporaryFolder } from '../../sandbox/harness.ts'
import { elf, MACHINES } from './elf-file.ts'
import { MACHINES as MACH, machO, universal } from './macho-file.ts'
import { pe } from './pe-file.ts'

const read = (bytes: Buffer) => readBinary(new MemoryBytes(bytes))

test.each<[string, Parameters<typeof elf>[0]]>([
  ['64 bits, little-endian', { machine: MACHINES.x86_64 }],
  ['32 bits, little-endian', { machine: MACHINES.i686, bits: 32 }],
  ['64 bits, big-endian', { machine: MACHINES.s390x, isBig: true }],
])('ELF of %s', (_, parts) => {
  const imports = ['PyList_New', '_Py_Dealloc', 'malloc']
  const bytes = elf({
    ...parts,
    needed: ['libm.so.6', 'libc.so.6'],
    versions: ['GLIBC_2.9', 'GLIBC_2.17', 'GLIBC_PRIVATE', 'GCC_9.0'],
    imports,
    weak: ['PyMaybe_Missing'],
    exports: ['PyInit_demo', 'other'],
    hidden: ['PyInit_hidden'],
    interpreter: '/lib64/ld-linux-x86-64.so.2',
  })
  const { format, slices } = read(bytes) ?? {}
  expect(format).toBe('ELF')
  expect(slices).toEqual([
    {
      machine: Object.entries(MACHINES).find(([, number]) => number === parts?.machine)?.[0],
      needed: ['libm.so.6', 'libc.so.6', 'ld-linux-x86-64.so.2'],
      glibc: '2.17',
      macos: null,
      imports: ['PyList_New', '_Py_Dealloc'],
      exports: ['PyInit_demo'],
    },
  ])
})

test.each([
  ['PE32+', 'win_amd64', 0x8664],
  ['PE32', 'win32', 0x14c],
  ['an unknown processor', null, 0x1c4],
])('%s', (_, machine, number) => {
  const bytes = pe({ machine: number, imports: { 'Python312.dll': ['PyList_New'], 'KERNEL32.dll': ['PyNot'] } })
  const needed = ['Python312.dll', 'KERNEL32.dll']
  const slice = { machine, needed, glibc: null, macos: null, imports: ['PyList_New'], exports: ['PyInit_demo'] }
  expect(read(bytes)).toEqual({ format: 'PE', slices: [slice] })
})

test.each(['trie', 'symbols'] as const)('Mach-O with its exports in the %s', (exportsIn) => {
  const bytes = machO({
    macos: [10, 13],
    versionCommand: 'minimum',
    needed: ['@rpath/libown.dylib'],
    weakLibraries: ['/opt/libmaybe.dylib'],
    imports: ['PyList_New', 'malloc'],
    weak: ['PyMaybe_Missing'],
    exports: ['PyInit_demo', 'PyInit_other'],
    exportsIn,
  })
  const [slice] = read(bytes)?.slices ?? []
  slice?.exports.sort()
  expect(slice).toEqual({
    machine: 'arm64',
    needed: ['@rpath/libown.dylib'],
    glibc: null,
    macos: '10.13',
    imports: ['PyList_New'],
    exports: ['PyInit_demo', 'PyInit_other'],
  })
})

test('a universal Mach-O file has a slice for each processor', () => {
  const slices = Object.values(MACH).map((machine) => ({ machine, bytes: machO({ machine }) }))
  expect(read(universal(...slices))?.slices.map(({ machine }) => machine)).toEqual(['x86_64', 'arm64'])
})

test('other files are not native', () => {
  for (const text of ['', 'M', 'INPUT(libdemo.so.1)', '#!/bin/sh\n']) expect(read(Buffer.from(text))).toBeNull()
  // A Java class begins as a universal file does.
  expect(isNative(Buffer.from('cafebabe00000034', 'hex'))).toBe(false)
  expect(isNative(Buffer.from('!<arch>\n'))).toBe(true)
})

/** Reads a file that may be damaged. */
function attempt(bytes: Buffer): void {
  try {
    read(bytes)
  } catch (cause) {
    expect(cause).toBeInstanceOf(BinaryError)
  }
}

test.each([
  ['ELF', elf()],
  ['PE', pe()],
  ['Mach-O', machO()],
  ['universal', universal({ machine: MACH.arm64, bytes: machO() })],
])('a damaged %s file is refused or read, but never fails differently', (_, bytes) => {
  // Beyond its headers, a universal file is mostly padding.
  const places = [...bytes.keys()].filter((at) => at >= 8 && (bytes[at] !== 0 || bytes[at - 1] !== 0))
  for (const at of places) {
    for (const value of [0, 0xff]) {
      const damaged = Buffer.from(bytes)
      damaged[at] = value
      attempt(damaged)
    }
    attempt(bytes.subarray(0, at))
  }
})

test('an export trie that leads back is refused', () => {
  expect(() => namesInTrie(Buffer.from([0, 1, 0x5f, 0, 0]), '_')).toThrow(BinaryError)
})

test('a large file is read from a temporary file, which is removed', () => {
  const folder = temporaryFolder()
  const bytes = Buffer.concat([elf(), Buffer.alloc(2 ** 24)])
  const spool = new Spool(bytes.length, folder)
  expect(readdirSync(folder)).toHaveLength(1)
  for (let at = 0; at < bytes.length; at += 2 ** 16) spool.write(bytes.subarray(at, at + 2 ** 16))
  expect(spool.read(readBinary)).toEqual(read(bytes))
  spool.close()
  expect(readdirSync(folder)).toEqual([])
})
