import { type Binary, isOfPython, type Part } from './binary.ts'
import { BinaryError, type Bytes, Fields } from './bytes.ts'

/** ELF's own names are in comments. Source of all numbers: the System V gABI and, for symbol versions, the Linux Standard Base. */
const MACHINES: Record<string, string> = {
  '3-32-little': 'i686', // EM_386
  '62-64-little': 'x86_64', // EM_X86_64
  '40-32-little': 'armv7l', // EM_ARM; versions 6 and 7 differ in an optional section only
  '183-64-little': 'aarch64', // EM_AARCH64
  '21-64-little': 'ppc64le', // EM_PPC64
  '21-64-big': 'ppc64',
  '22-64-big': 's390x', // EM_S390
  '243-64-little': 'riscv64', // EM_RISCV
}

const SECTION_DYNAMIC = 6 // SHT_DYNAMIC
const SECTION_SYMBOLS = 11 // SHT_DYNSYM
const SECTION_VERSIONS = 0x6ffffffe // SHT_GNU_verneed
const SEGMENT_INTERPRETER = 3 // PT_INTERP
const TAG_NEEDED = 1 // DT_NEEDED
const BIND_GLOBAL = 1 // STB_GLOBAL
const BIND_WEAK = 2 // STB_WEAK
/** Visibilities that other files do not see: STV_INTERNAL and STV_HIDDEN. */
const HIDDEN = [1, 2]
/** A version that only weak symbols have, which the loader does not require (VER_FLG_WEAK). */
const VERSION_WEAK = 2

/** Where the fields of a header or table entry are, which depends on the class of the file. */
const LAYOUTS = {
  32: {
    header: {
      size: 52,
      segments: 28,
      sections: 32,
      segmentSize: 42,
      segmentCount: 44,
      sectionSize: 46,
      count: 48,
      names: 50,
    },
    segment: { at: 4, length: 16 },
    section: { at: 16, length: 20, link: 24 },
    symbol: { size: 16, info: 12, other: 13, section: 14 },
    dynamic: { size: 8, value: 4 },
  },
  64: {
    header: {
      size: 64,
      segments: 32,
      sections: 40,
      segmentSize: 54,
      segmentCount: 56,
      sectionSize: 58,
      count: 60,
      names: 62,
    },
    segment: { at: 8, length: 32 },
    section: { at: 24, length: 32, link: 40 },
    symbol: { size: 24, info: 4, other: 5, section: 6 },
    dynamic: { size: 16, value: 8 },
  },
} as const

/** A table of the file that its section headers list. */
interface Section {
  /** Where its name is in the table of the names of sections. */
  name: number
  type: number
  at: number
  length: number
  /** The section with the names of this one. */
  link: number
}

/** An open ELF file. */
interface Elf {
  bytes: Bytes
  bits: 32 | 64
  fields(at: number, length: number): Fields
  /** Reads a number as wide as an address. */
  word(fields: Fields, at: number): number
  header: Fields
  sections: Section[]
}

function openElf(bytes: Bytes): Elf {
  const ident = bytes.read(0, 16)
  const bits = ident[4] === 1 ? 32 : 64
  const isBig = ident[5] === 2
  const fields = (at: number, length: number) => new Fields(bytes.read(at, length), isBig)
  const word = (from: Fields, at: number) => (bits === 32 ? from.u32(at) : from.u64(at))
  const { header: layout, section } = LAYOUTS[bits]
  const header = fields(0, layout.size)
  const [at, size, count] = [word(header, layout.sections), header.u16(layout.sectionSize), header.u16(layout.count)]
  const table = fields(at, size * count)
  const sections = Array.from({ length: count }, (_, index): Section => {
    const from = index * size
    const [start, length] = [word(table, from + section.at), word(table, from + section.length)]
    return { name: table.u32(from), type: table.u32(from + 4), at: start, length, link: table.u32(from + section.link) }
  })
  return { bytes, bits, fields, word, header, sections }
}

/** Returns a table with its names; null if the file has none of this type. */
function tableOf({ fields, sections }: Elf, type: number): { table: Fields; names: Fields } | null {
  const section = sections.find((each) => each.type === type)
  const names = sections[section?.link ?? -1]
  if (!section || !names) return null
  return { table: fields(section.at, section.length), names: fields(names.at, names.length) }
}

/** Returns the libraries that the dynamic section names. */
function neededBy(elf: Elf): string[] {
  const { table, names } = tableOf(elf, SECTION_DYNAMIC) ?? {}
  const { size, value } = LAYOUTS[elf.bits].dynamic
  const needed: string[] = []
  for (let at = 0; table && names && at + size <= table.length; at += size) {
    if (elf.word(table, at) === TAG_NEEDED) needed.push(names.text(elf.word(table, at + value)))
  }
  return needed
}

/** Returns the program that loads an executable: `ld-linux-x86-64.so.2`. */
function interpreterOf({ bits, bytes, fields, header, word }: Elf): string[] {
  const { header: layout, segment } = LAYOUTS[bits]
  const [size, count] = [header.u16(layout.segmentSize), header.u16(layout.segmentCount)]
  const table = fields(word(header, layout.segments), size * count)
  for (let at = 0; at + size <= table.length; at += size) {
    if (table.u32(at) !== SEGMENT_INTERPRETER) continue
    const path = bytes.read(word(table, at + segment.at), word(table, at + segment.length)).toString('latin1')
    return [path.replace(/\0.*$/s, '').replace(/^.*\//, '')]
  }
  return []
}

/** Returns the symbols of Python that the file needs and provides. */
function symbolsOf(elf: Elf): { imports: string[]; exports: string[] } {
  const { table, names } = tableOf(elf, SECTION_SYMBOLS) ?? {}
  const layout = LAYOUTS[elf.bits].symbol
  const imports: string[] = []
  const exports: string[] = []
  for (let at = 0; table && names && at + layout.size <= table.length; at += layout.size) {
    const bind = table.u8(at + layout.info) >> 4
    if (bind !== BIND_GLOBAL && bind !== BIND_WEAK) continue
    const isUndefined = table.u16(at + layout.section) === 0
    const name = names.text(table.u32(at))
    if (!isOfPython(name)) continue
    if (isUndefined && bind === BIND_GLOBAL) imports.push(name)
    if (!isUndefined && !HIDDEN.includes(table.u8(at + layout.other) & 3)) exports.push(name)
  }
  return { imports, exports }
}

/** The longest list of files, and of versions of one file, that is read. Bounds the work on hostile input. */
const MAX_VERSIONS = 2 ** 11

/** Yields the places of the entries of a list, each of which has the distance to the next one; the last one has 0. */
function* linked(table: Fields, start: number, distanceAt: number): Generator<number> {
  let at = start
  for (let count = 0; count < MAX_VERSIONS; count++) {
    yield at
    const distance = table.u32(at + distanceAt)
    if (distance === 0) return
    at += distance
  }
  throw new BinaryError('its list of versions is too long')
}

/** Yields the versions of symbols that the file needs (LSB Core, "Symbol Version Requirements"). */
function* versionsOf(elf: Elf): Generator<string> {
  const { table, names } = tableOf(elf, SECTION_VERSIONS) ?? {}
  if (!table || !names || table.length === 0) return
  for (const file of linked(table, 0, 12)) {
    for (const version of linked(table, file + table.u32(file + 8), 12)) {
      if (!(table.u16(version + 4) & VERSION_WEAK)) yield names.text(table.u32(version + 8))
    }
  }
}

/** Files with relative relocations in their compact form need this version of glibc, which has a name instead of a number. */
const NAMED_VERSIONS: Record<string, string> = { GLIBC_ABI_DT_RELR: 'GLIBC_2.36' }

/** Returns the newest version of glibc among versions of symbols. */
function newestGlibc(versions: Iterable<string>): string | null {
  let newest = -1
  for (const each of versions) {
    const minor = /^GLIBC_2\.(\d+)/.exec(NAMED_VERSIONS[each] ?? each)?.[1]
    if (minor !== undefined) newest = Math.max(newest, Number(minor))
  }
  return newest < 0 ? null : `2.${newest}`
}

/** Whether a file is an ELF file, by its first bytes. */
export function isElf(start: Buffer): boolean {
  return start.length >= 4 && start.readUInt32BE(0) === 0x7f454c46
}

/**
 * Reads an ELF file by its section headers, as readelf does. One without them has neither libraries nor symbols here.
 * @throws BinaryError when its headers contradict each other
 */
export function readElf(bytes: Bytes): Binary {
  const elf = openElf(bytes)
  const order = bytes.read(5, 1)[0] === 2 ? 'big' : 'little'
  const machine = MACHINES[`${elf.header.u16(18)}-${elf.bits}-${order}`] ?? null
  const needed = [...neededBy(elf), ...interpreterOf(elf)]
  const glibc = newestGlibc(versionsOf(elf))
  return { format: 'ELF', slices: [{ machine, needed, glibc, macos: null, ...symbolsOf(elf) }] }
}

/** A section that takes no room in the file (SHT_NOBITS). */
const WITHOUT_BYTES = 8

/** Returns the sections of an ELF file that have bytes, with their names. @throws BinaryError as `readElf` does */
export function partsOfElf(bytes: Bytes): Part[] {
  const { bits, fields, header, sections } = openElf(bytes)
  const named = sections[header.u16(LAYOUTS[bits].header.names)]
  if (!named) return []
  const names = fields(named.at, named.length)
  const filled = sections.filter((each) => each.type !== WITHOUT_BYTES && each.length > 0)
  return filled.map(({ name, at, length }) => ({ name: names.text(name), at, length }))
}
