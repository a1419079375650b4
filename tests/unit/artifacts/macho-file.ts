/** What a Mach-O file needs and provides; as in a small extension module by default. */
export interface MachOParts {
  machine?: number
  needed?: string[]
  /** Libraries that may be missing. */
  weakLibraries?: string[]
  macos?: [major: number, minor: number]
  /** Which load command has the version: of today's tools, or of those before 2018. */
  versionCommand?: 'build' | 'minimum'
  imports?: string[]
  weak?: string[]
  exports?: string[]
  /** Where the exports are: in the trie that dyld reads, or only in the symbol table. */
  exportsIn?: 'trie' | 'symbols'
}

/** Numbers of processors (Apple, `mach/machine.h`). */
export const MACHINES = { x86_64: 0x01000007, arm64: 0x0100000c }

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => {
    bytes.writeUInt32LE(value >>> 0, index * 4)
  })
  return bytes
}

function padded(text: string): Buffer {
  return Buffer.from(text.padEnd(Math.ceil((text.length + 1) / 8) * 8, '\0'))
}

const library = (command: number) => (name: string) => {
  const text = padded(name)
  return Buffer.concat([numbers(command, 24 + text.length, 24, 0, 0, 0), text])
}

/** Makes an export trie in which all names share their first letter. */
function trie(names: readonly string[]): Buffer {
  if (names.length === 0) return Buffer.alloc(0)
  // A leaf has the length of its export, flags and address, and no children.
  const leaf = Buffer.from([2, 0, 0, 0])
  const edges = names.map((name) => Buffer.from(`${name.slice(1)}\0`))
  const root = Buffer.concat([Buffer.from([0, 1]), Buffer.from(`${names[0]?.[0]}\0`)])
  const inner = root.length + 1
  const innerSize = 2 + edges.reduce((sum, each) => sum + each.length + 2, 0)
  const children = edges.map((edge, index) => {
    const at = inner + innerSize + index * leaf.length
    // Two bytes of LEB128, also for small numbers.
    return Buffer.concat([edge, Buffer.from([(at & 0x7f) | 0x80, at >> 7])])
  })
  return Buffer.concat([root, Buffer.from([inner, 0, names.length]), ...children, ...names.map(() => leaf)])
}

/** Makes a small Mach-O file of 64 bits (Apple, `mach-o/loader.h`, `mach-o/nlist.h`). */
export function machO(parts: MachOParts = {}): Buffer {
  const { machine = MACHINES.arm64, needed = ['/usr/lib/libSystem.B.dylib'], weakLibraries = [] } = parts
  const { macos: [major, minor] = [11, 0], versionCommand = 'build', exportsIn = 'trie' } = parts
  const { imports = ['PyModule_Create2'], weak = [], exports = ['PyInit_demo'] } = parts
  const version = (major << 16) | (minor << 8)

  let names = '\0'
  const symbol = (name: string, type: number, section: number, description = 0) => {
    const entry = Buffer.alloc(16)
    entry.writeUInt32LE(names.length)
    entry.writeUInt8(type, 4)
    entry.writeUInt8(section, 5)
    entry.writeUInt16LE(description, 6)
    names += `_${name}\0`
    return entry
  }
  const symbols = Buffer.concat([
    ...imports.map((each) => symbol(each, 0x01, 0)),
    ...weak.map((each) => symbol(each, 0x01, 0, 0x40)),
    ...(exportsIn === 'symbols' ? exports.map((each) => symbol(each, 0x0f, 1)) : []),
  ])
  const exported = trie(exportsIn === 'trie' ? exports.map((each) => `_${each}`) : [])

  const tables = (at: number) => [
    numbers(0x2, 24, at, symbols.length / 16, at + symbols.length, names.length),
    numbers(0x80000033, 16, at + symbols.length + names.length, exported.length),
  ]
  const own = [
    versionCommand === 'build' ? numbers(0x32, 24, 1, version, version, 0) : numbers(0x24, 16, version, version),
    ...needed.map(library(0xc)),
    ...weakLibraries.map(library(0x80000018)),
  ]
  const size = Buffer.concat([...own, ...tables(0)]).length
  const commands = [...own, ...tables(32 + size)]
  const header = numbers(0xfeedfacf, machine, 0, 8, commands.length, size, 0, 0)
  return Buffer.concat([header, ...commands, symbols, Buffer.from(names), exported])
}

/** Makes a universal file of several (Apple, `mach-o/fat.h`). */
export function universal(...slices: { machine: number; bytes: Buffer }[]): Buffer {
  let at = 4096
  const entries = slices.flatMap(({ machine, bytes }) => {
    const entry = [machine, 0, at, bytes.length, 12]
    at += Math.ceil(bytes.length / 4096) * 4096
    return entry
  })
  const header = Buffer.alloc(4096)
  ;[0xcafebabe, slices.length, ...entries].forEach((value, index) => {
    header.writeUInt32BE(value, index * 4)
  })
  const rest = slices.map(({ bytes }) => Buffer.concat([bytes, Buffer.alloc((4096 - (bytes.length % 4096)) % 4096)]))
  return Buffer.concat([header, ...rest])
}
