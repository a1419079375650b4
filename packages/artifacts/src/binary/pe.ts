import { type Binary, isOfPython, type Part } from './binary.ts'
import { BinaryError, type Bytes, Fields, textAt } from './bytes.ts'

/** Source of all numbers: Microsoft, "PE Format". */
const MACHINES: Record<number, string> = { 332: 'win32', 34404: 'win_amd64', 43620: 'win_arm64' }

/** Indexes of data directories. */
const EXPORTS = 0
const IMPORTS = 1
/** The header of .NET code, which runs on every processor. */
const CLR = 14

/** An open PE file. */
interface Pe {
  bytes: Bytes
  machine: number
  /** Whether addresses have 64 bits (PE32+). */
  isWide: boolean
  /** Returns where a data directory begins in memory; 0 if it is empty. */
  directory(index: number): number
  /** Returns the place in the file of an address relative to the image. */
  place(address: number): number
  parts: Part[]
}

function openPe(bytes: Bytes): Pe {
  const start = new Fields(bytes.read(0x3c, 4)).u32(0)
  const coff = new Fields(bytes.read(start, 24))
  if (coff.u32(0) !== 0x4550) throw new BinaryError('its PE header is missing')
  const [count, size] = [coff.u16(6), coff.u16(20)]
  const optional = new Fields(bytes.read(start + 24, size))
  const isWide = optional.u16(0) === 0x20b
  const directories = isWide ? 112 : 96
  const sections = new Fields(bytes.read(start + 24 + size, count * 40))
  return {
    bytes,
    parts: Array.from({ length: count }, (_, index) => {
      const [name, at] = [sections.name(index * 40, 8), index * 40]
      return { name, at: sections.u32(at + 20), length: sections.u32(at + 16) }
    }),
    machine: coff.u16(4),
    isWide,
    directory: (index) => (index < optional.u32(directories - 4) ? optional.u32(directories + index * 8) : 0),
    place(address) {
      for (let at = 0; at < sections.length; at += 40) {
        const offset = address - sections.u32(at + 12)
        if (offset >= 0 && offset < sections.u32(at + 16)) return sections.u32(at + 20) + offset
      }
      throw new BinaryError('one of its addresses is in none of its sections')
    },
  }
}

/** The most libraries, and the most names of one library, that are read. Bounds the work on hostile input. */
const MAX_LIBRARIES = 2 ** 10
const MAX_NAMES = 2 ** 14

/** Yields the names that are imported from one library; those imported by number have none. */
function* importedNames({ bytes, isWide, place }: Pe, table: number): Generator<string> {
  const width = isWide ? 8 : 4
  const start = place(table)
  for (let index = 0; index < MAX_NAMES; index++) {
    const entry = new Fields(bytes.read(start + index * width, width))
    const [low, high] = [entry.u32(0), entry.u32(width - 4)]
    if (low === 0 && high === 0) return
    const isNumber = high >= 2 ** 31
    // Two bytes with a hint precede the name.
    if (!isNumber) yield textAt(bytes, place(low) + 2)
  }
}

/** Returns the libraries that the file needs, and what it imports from that of Python. */
function importsOf(pe: Pe): { needed: string[]; imports: string[] } {
  const needed: string[] = []
  const imports: string[] = []
  const address = pe.directory(IMPORTS)
  for (let index = 0; address > 0 && index < MAX_LIBRARIES; index++) {
    const entry = new Fields(pe.bytes.read(pe.place(address) + index * 20, 20))
    const [lookup, name, thunks] = [entry.u32(0), entry.u32(12), entry.u32(16)]
    if (name === 0) break
    const library = textAt(pe.bytes, pe.place(name))
    needed.push(library)
    if (/^python/i.test(library)) imports.push(...importedNames(pe, lookup || thunks))
  }
  return { needed, imports }
}

function exportsOf({ bytes, directory, place }: Pe): string[] {
  const address = directory(EXPORTS)
  if (address === 0) return []
  const table = new Fields(bytes.read(place(address), 40))
  const count = table.u32(24)
  if (count === 0) return []
  const names = new Fields(bytes.read(place(table.u32(32)), count * 4))
  const exports: string[] = []
  for (let at = 0; at < names.length; at += 4) {
    const name = textAt(bytes, place(names.u32(at)))
    if (isOfPython(name)) exports.push(name)
  }
  return exports
}

/** Whether a file may be a PE file, by its first bytes. */
export function isPe(start: Buffer): boolean {
  return start.toString('latin1', 0, 2) === 'MZ'
}

/**
 * Reads a PE file. Libraries that are loaded on first use (delay-load) are left out.
 * @throws BinaryError when its headers contradict each other
 */
export function readPe(bytes: Bytes): Binary {
  const pe = openPe(bytes)
  const machine = pe.directory(CLR) > 0 ? 'any' : (MACHINES[pe.machine] ?? null)
  const slice = { machine, glibc: null, macos: null, ...importsOf(pe), exports: exportsOf(pe) }
  return { format: 'PE', slices: [slice] }
}

/** Returns the sections of a PE file. @throws BinaryError as `readPe` does */
export function partsOfPe(bytes: Bytes): Part[] {
  return openPe(bytes).parts
}
