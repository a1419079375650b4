/** What a PE file needs and provides; as in a small extension module by default. */
export interface PeParts {
  machine?: number
  /** Names that it imports, by library. */
  imports?: Record<string, string[]>
  exports?: string[]
  /** Whether it is of .NET. */
  isManaged?: boolean
}

/** Numbers of processors (Microsoft, "PE Format", Machine Types). */
export const MACHINES = { win32: 0x14c, win_amd64: 0x8664, win_arm64: 0xaa64 }

/** Where the only section is in memory and in the file. */
const ADDRESS = 0x1000
const PLACE = 0x400

/** The content of the section, with the addresses of what was added. */
class Section {
  bytes = Buffer.alloc(0)

  add(part: Buffer): number {
    const address = ADDRESS + this.bytes.length
    this.bytes = Buffer.concat([this.bytes, part])
    return address
  }

  text = (text: string) => this.add(Buffer.from(`${text}\0`))
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => {
    bytes.writeUInt32LE(value, index * 4)
  })
  return bytes
}

/** Makes a small PE file: PE32 for 32 bits, else PE32+ (Microsoft, "PE Format"). */
export function pe(parts: PeParts = {}): Buffer {
  const { machine = MACHINES.win_amd64, imports = { 'python312.dll': ['PyModule_Create2'] } } = parts
  const { exports = ['PyInit_demo'], isManaged = false } = parts
  const isWide = machine !== MACHINES.win32
  const section = new Section()
  const descriptors = Object.entries(imports).map(([library, names]) => {
    const hints = names.map((name) => section.add(Buffer.from(`\0\0${name}\0`)))
    // One is imported by its number, which has no name.
    const ordinal = isWide ? [1, 0x80000000] : [0x80000001]
    const thunks = [...hints.map((each) => (isWide ? [each, 0] : [each])), ordinal, isWide ? [0, 0] : [0]]
    const lookup = section.add(numbers(...thunks.flat()))
    return numbers(lookup, 0, 0, section.text(library), lookup)
  })
  const importTable = section.add(Buffer.concat([...descriptors, numbers(0, 0, 0, 0, 0)]))
  const names = section.add(numbers(...exports.map(section.text)))
  const exportTable = section.add(numbers(0, 0, 0, 0, 1, exports.length, exports.length, 0, names, 0))

  const directories = Buffer.alloc(16 * 8)
  numbers(exportTable, 40, importTable, 20).copy(directories)
  if (isManaged) numbers(ADDRESS, 72).copy(directories, 14 * 8)
  const fixed = Buffer.alloc(isWide ? 112 : 96)
  fixed.writeUInt16LE(isWide ? 0x20b : 0x10b)
  fixed.writeUInt32LE(16, fixed.length - 4)
  const coff = Buffer.alloc(24)
  coff.write('PE\0\0')
  coff.writeUInt16LE(machine, 4)
  coff.writeUInt16LE(1, 6)
  coff.writeUInt16LE(fixed.length + directories.length, 20)
  const table = Buffer.alloc(40)
  table.write('.rdata')
  numbers(section.bytes.length, ADDRESS, section.bytes.length, PLACE).copy(table, 8)
  const dos = Buffer.alloc(64)
  dos.write('MZ')
  dos.writeUInt32LE(dos.length, 0x3c)
  const head = Buffer.concat([dos, coff, fixed, directories, table])
  return Buffer.concat([head, Buffer.alloc(PLACE - head.length), section.bytes])
}
