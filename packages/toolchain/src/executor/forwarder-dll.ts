/** Source of all numbers: Microsoft, "PE Format". */
const SECTION_AT = 0x1000
const FILE_ALIGNMENT = 0x200
const HEADERS = 0x200
const DIRECTORIES = 16

/**
 * Makes a DLL for x86_64 Windows without code, each export of which is forwarded to another DLL (PE Format, "Export Address
 * Table").
 * @param name its file name, `python3.dll`
 * @param exports where each export leads, `python312.PyList_New`, by its name
 */
export function forwarderDll(name: string, exports: ReadonlyMap<string, string>): Buffer {
  const section = exportSection(name, exports)
  const padded = align(section.length, FILE_ALIGNMENT)
  const file = Buffer.alloc(HEADERS + padded)
  section.copy(file, HEADERS)
  file.write('MZ', 0, 'latin1')
  const pe = 0x40
  file.writeUInt32LE(pe, 0x3c)
  file.write('PE\0\0', pe, 'latin1')
  const coff = pe + 4
  file.writeUInt16LE(0x8664, coff)
  file.writeUInt16LE(1, coff + 2)
  const optional = coff + 20
  const optionalSize = 112 + DIRECTORIES * 8
  file.writeUInt16LE(optionalSize, coff + 16)
  // Executable image, large addresses, DLL.
  file.writeUInt16LE(0x2022, coff + 18)
  file.writeUInt16LE(0x20b, optional)
  file.writeUInt32LE(padded, optional + 8)
  file.writeUInt32LE(SECTION_AT, optional + 20)
  file.writeBigUInt64LE(0x180000000n, optional + 24)
  file.writeUInt32LE(SECTION_AT, optional + 32)
  file.writeUInt32LE(FILE_ALIGNMENT, optional + 36)
  // Version 6.0 of Windows and of the subsystem, which is the console's.
  for (const at of [40, 48]) file.writeUInt16LE(6, optional + at)
  file.writeUInt32LE(SECTION_AT + align(section.length, SECTION_AT), optional + 56)
  file.writeUInt32LE(HEADERS, optional + 60)
  file.writeUInt16LE(3, optional + 68)
  // May be moved in memory, holds no code that runs on the stack.
  file.writeUInt16LE(0x0160, optional + 70)
  for (const [at, size] of [0x100000n, 0x1000n, 0x100000n, 0x1000n].entries()) {
    file.writeBigUInt64LE(size, optional + 72 + at * 8)
  }
  file.writeUInt32LE(DIRECTORIES, optional + 108)
  file.writeUInt32LE(SECTION_AT, optional + 112)
  file.writeUInt32LE(section.length, optional + 116)
  const header = optional + optionalSize
  file.write('.edata', header, 'latin1')
  file.writeUInt32LE(section.length, header + 8)
  file.writeUInt32LE(SECTION_AT, header + 12)
  file.writeUInt32LE(padded, header + 16)
  file.writeUInt32LE(HEADERS, header + 20)
  // Initialized data that can be read.
  file.writeUInt32LE(0x40000040, header + 36)
  return file
}

/** Returns the section of exports: the directory, its three tables, then the texts. An address within it is a forwarder. */
function exportSection(name: string, exports: ReadonlyMap<string, string>): Buffer {
  // The loader searches the names by halving, in the order of their bytes.
  const sorted = [...exports].sort(([a], [b]) => (a < b ? -1 : 1))
  const count = sorted.length
  const [functions, names, ordinals] = [40, 40 + count * 4, 40 + count * 8]
  const tables = Buffer.alloc(40 + count * 10)
  const texts: Buffer[] = []
  let next = tables.length
  const add = (text: string) => {
    const at = next
    const bytes = Buffer.from(`${text}\0`, 'latin1')
    texts.push(bytes)
    next += bytes.length
    return SECTION_AT + at
  }
  tables.writeUInt32LE(add(name), 12)
  tables.writeUInt32LE(1, 16)
  for (const at of [20, 24]) tables.writeUInt32LE(count, at)
  for (const [index, table] of [functions, names, ordinals].entries()) {
    tables.writeUInt32LE(SECTION_AT + table, 28 + index * 4)
  }
  for (const [index, [own, target]] of sorted.entries()) {
    tables.writeUInt32LE(add(target), functions + index * 4)
    tables.writeUInt32LE(add(own), names + index * 4)
    tables.writeUInt16LE(index, ordinals + index * 2)
  }
  return Buffer.concat([tables, ...texts])
}

function align(size: number, to: number): number {
  return Math.ceil(size / to) * to
}
