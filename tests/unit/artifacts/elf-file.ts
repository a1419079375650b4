/** What an ELF file needs and provides; as in a small extension module by default. */
export interface ElfParts {
  /** Its number of the processor: EM_X86_64. */
  machine?: number
  bits?: 32 | 64
  isBig?: boolean
  needed?: string[]
  /** Versions of symbols that it needs of libc.so.6. */
  versions?: string[]
  /** Versions that only weak symbols need. */
  weakVersions?: string[]
  imports?: string[]
  /** Symbols that may be missing. */
  weak?: string[]
  exports?: string[]
  /** Symbols that other files do not see. */
  hidden?: string[]
  /** The program that loads it. */
  interpreter?: string
}

/** Numbers of processors (System V gABI, `e_machine`). */
export const MACHINES = { i686: 3, arm: 40, x86_64: 62, aarch64: 183, ppc64: 21, s390x: 22, riscv64: 243 }

/** Writes numbers in the byte order and the width of a file. */
class Writer {
  readonly #parts: Buffer[] = []
  readonly #isBig: boolean
  readonly #bits: 32 | 64

  constructor(isBig: boolean, bits: 32 | 64) {
    this.#isBig = isBig
    this.#bits = bits
  }

  #number(value: number, bytes: number): this {
    const little = Buffer.alloc(8)
    little.writeBigUInt64LE(BigInt(value))
    const part = Buffer.from(little.subarray(0, bytes))
    this.#parts.push(this.#isBig ? part.reverse() : part)
    return this
  }

  u8 = (value: number) => this.#number(value, 1)
  u16 = (value: number) => this.#number(value, 2)
  u32 = (value: number) => this.#number(value, 4)
  word = (value: number) => this.#number(value, this.#bits / 8)

  bytes(): Buffer {
    return Buffer.concat(this.#parts)
  }
}

/** Names in one string table, and their places. */
class Names {
  #text = '\0'

  at(name: string): number {
    const at = this.#text.length
    this.#text += `${name}\0`
    return at
  }

  bytes(): Buffer {
    return Buffer.from(this.#text, 'latin1')
  }
}

interface Symbol {
  name: string
  /** Global, or weak. */
  bind?: 1 | 2
  other?: number
  /** 0: defined in another file. */
  section?: number
}

/** Makes a small ELF file (System V gABI; LSB Core, "Symbol Versioning"). */
export function elf(parts: ElfParts = {}): Buffer {
  const { machine = MACHINES.x86_64, bits = 64, isBig = false, interpreter } = parts
  const is64 = bits === 64
  const write = () => new Writer(isBig, bits)
  const names = new Names()

  const needed = (parts.needed ?? ['libc.so.6']).map((each) => [1, names.at(each)] as const)
  const dynamic = write()
  for (const [tag, value] of [...needed, [0, 0] as const]) dynamic.word(tag).word(value)

  const all: Symbol[] = [
    { name: '' },
    ...(parts.imports ?? ['PyModule_Create2']).map((name): Symbol => ({ name, bind: 1 })),
    ...(parts.weak ?? []).map((name): Symbol => ({ name, bind: 2 })),
    ...(parts.exports ?? ['PyInit_demo']).map((name): Symbol => ({ name, bind: 1, section: 1 })),
    ...(parts.hidden ?? []).map((name): Symbol => ({ name, bind: 1, section: 1, other: 2 })),
  ]
  const symbols = write()
  for (const { name, bind = 0, other = 0, section = 0 } of all) {
    symbols.u32(name === '' ? 0 : names.at(name))
    if (is64)
      symbols
        .u8(bind << 4)
        .u8(other)
        .u16(section)
        .word(0)
        .word(0)
    else
      symbols
        .word(0)
        .word(0)
        .u8(bind << 4)
        .u8(other)
        .u16(section)
  }

  const versions = [
    ...(parts.versions ?? ['GLIBC_2.17']).map((name) => ({ name, flags: 0 })),
    ...(parts.weakVersions ?? []).map((name) => ({ name, flags: 2 })),
  ]
  const needs = write()
  if (versions.length > 0) needs.u16(1).u16(versions.length).u32(names.at('libc.so.6')).u32(16).u32(0)
  versions.forEach(({ name, flags }, index) => {
    needs
      .u32(0)
      .u16(flags)
      .u16(2)
      .u32(names.at(name))
      .u32(index === versions.length - 1 ? 0 : 16)
  })

  const tables = [
    { type: 0, bytes: Buffer.alloc(0), link: 0, info: 0 },
    { type: 3, bytes: names.bytes(), link: 0, info: 0 },
    { type: 6, bytes: dynamic.bytes(), link: 1, info: 0 },
    { type: 11, bytes: symbols.bytes(), link: 1, info: 1 },
    { type: 0x6ffffffe, bytes: needs.bytes(), link: 1, info: versions.length > 0 ? 1 : 0 },
  ]
  const [headerSize, segmentSize, sectionSize] = is64 ? [64, 56, 64] : [52, 32, 40]
  const path = Buffer.from(interpreter === undefined ? '' : `${interpreter}\0`)
  const segments = interpreter === undefined ? 0 : 1
  const pathAt = headerSize + segments * segmentSize
  let at = pathAt + path.length
  const sections = write()
  for (const { type, bytes, link, info } of tables) {
    sections.u32(0).u32(type).word(0).word(0).word(at).word(bytes.length).u32(link).u32(info).word(0).word(0)
    at += bytes.length
  }
  const segment = write()
  if (segments > 0 && is64) segment.u32(3).u32(4).word(pathAt).word(0).word(0).word(path.length).word(0).word(1)
  if (segments > 0 && !is64) segment.u32(3).word(pathAt).word(0).word(0).word(path.length).word(0).u32(4).word(1)
  const ident = Buffer.from([0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, isBig ? 2 : 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  const header = write().u16(3).u16(machine).u32(1).word(0)
  header
    .word(segments > 0 ? headerSize : 0)
    .word(at)
    .u32(0)
  header.u16(headerSize).u16(segmentSize).u16(segments).u16(sectionSize).u16(tables.length).u16(0)
  return Buffer.concat([
    ident,
    header.bytes(),
    segment.bytes(),
    path,
    ...tables.map(({ bytes }) => bytes),
    sections.bytes(),
  ])
}
