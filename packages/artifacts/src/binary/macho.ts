import { type Binary, isOfPython, type Part, type Slice } from './binary.ts'
import { BinaryError, type Bytes, Fields, PartOfBytes } from './bytes.ts'
import { namesInTrie } from './export-trie.ts'

/** Source of all numbers: Apple, `mach-o/loader.h`, `mach-o/fat.h` and `mach-o/nlist.h`; `mach/machine.h`. */
const MACHINES: Record<number, string> = { 7: 'i386', 16777223: 'x86_64', 16777228: 'arm64' }

/** First bytes of a file for one processor, as big-endian numbers: of 32 and 64 bits. All processors here are little-endian. */
const THIN = [0xcefaedfe, 0xcffaedfe]
/** First bytes of a universal file, whose header is big-endian: with offsets of 32 and 64 bits. */
const UNIVERSAL = [0xcafebabe, 0xcafebabf]
/** More than any universal file has; a Java class, which begins alike, has a larger number here. */
const MAX_SLICES = 16

const SYMBOLS = 0x2 // LC_SYMTAB
const MIN_MACOS = 0x24 // LC_VERSION_MIN_MACOSX
const BUILD_VERSION = 0x32 // LC_BUILD_VERSION
const PLATFORM_MACOS = 1
/** LC_LOAD_DYLIB, LC_REEXPORT_DYLIB, LC_LOAD_UPWARD_DYLIB; weak libraries may be missing. */
const LIBRARIES = [0xc, 0x8000001f, 0x80000023]
/** Where the commands with an export trie have its place: LC_DYLD_INFO, LC_DYLD_INFO_ONLY, LC_DYLD_EXPORTS_TRIE. */
const EXPORTS: Record<number, number> = { 34: 40, 2147483682: 40, 2147483699: 8 }

/** Bits of a symbol's type: N_STAB, N_PEXT, N_TYPE and N_EXT; and of its description: N_WEAK_REF. */
const DEBUGGING = 0xe0
const PRIVATE = 0x10
const KIND = 0x0e
const EXTERNAL = 0x01
const WEAK = 0x40

/** A load command: its number and its fields, from the number on. */
interface Command {
  command: number
  fields: Fields
}

function versionText(packed: number): string {
  return `${packed >>> 16}.${(packed >>> 8) & 0xff}`
}

/** Returns the oldest macOS that a command names, if it names one. */
function macosOf({ command, fields }: Command): string | null {
  if (command === MIN_MACOS) return versionText(fields.u32(8))
  return command === BUILD_VERSION && fields.u32(8) === PLATFORM_MACOS ? versionText(fields.u32(12)) : null
}

/** A file for one processor. */
interface Thin {
  bytes: Bytes
  is64: boolean
  machine: number
  commands: Command[]
}

function openThin(bytes: Bytes): Thin {
  const magic = THIN.indexOf(bytes.read(0, 4).readUInt32BE(0))
  if (magic < 0) throw new BinaryError('one of its slices is no Mach-O file')
  const is64 = magic === 1
  const header = new Fields(bytes.read(0, 28))
  const all = bytes.read(is64 ? 32 : 28, header.u32(20))
  const table = new Fields(all)
  const commands: Command[] = []
  for (let at = 0, left = header.u32(16); left > 0; left--) {
    const length = table.u32(at + 4)
    if (length < 8 || at + length > all.length) throw new BinaryError('its load commands are damaged')
    commands.push({ command: table.u32(at), fields: new Fields(all.subarray(at, at + length)) })
    at += length
  }
  return { bytes, is64, machine: header.u32(4), commands }
}

/** Returns the symbols of Python in the symbol table, without the underscore that C's names get. */
function symbolsOf({ bytes, is64, commands }: Thin): { imports: string[]; exports: string[] } {
  const found = commands.find((each) => each.command === SYMBOLS)?.fields
  const imports: string[] = []
  const exports: string[] = []
  if (!found) return { imports, exports }
  const size = is64 ? 16 : 12
  const table = new Fields(bytes.read(found.u32(8), found.u32(12) * size))
  const names = new Fields(bytes.read(found.u32(16), found.u32(20)))
  for (let at = 0; at < table.length; at += size) {
    const type = table.u8(at + 4)
    if (type & DEBUGGING || !(type & EXTERNAL)) continue
    const name = names.text(table.u32(at)).replace(/^_/, '')
    // A symbol without a definition, but with a value, is one that the linker allocates.
    const isUndefined = (type & KIND) === 0 && table.u32(at + 8) === 0
    if (!isOfPython(name)) continue
    if (isUndefined && !(table.u16(at + 6) & WEAK)) imports.push(name)
    if (!isUndefined && !(type & PRIVATE)) exports.push(name)
  }
  return { imports, exports }
}

/** Returns the symbols of Python in the export trie, which dyld reads instead of the symbol table; null without one. */
function exportsOf({ bytes, commands }: Thin): string[] | null {
  for (const { command, fields } of commands) {
    const at = EXPORTS[command]
    if (at === undefined || fields.u32(at + 4) === 0) continue
    const trie = bytes.read(fields.u32(at), fields.u32(at + 4))
    return ['_Py', '__Py'].flatMap((prefix) => namesInTrie(trie, prefix)).map((name) => name.slice(1))
  }
  return null
}

function sliceOf(bytes: Bytes): Slice {
  const thin = openThin(bytes)
  const symbols = symbolsOf(thin)
  return {
    machine: MACHINES[thin.machine] ?? null,
    needed: thin.commands.flatMap(({ command, fields }) =>
      LIBRARIES.includes(command) ? [fields.text(fields.u32(8))] : [],
    ),
    glibc: null,
    macos: thin.commands.map(macosOf).find((each) => each !== null) ?? null,
    imports: symbols.imports,
    exports: exportsOf(thin) ?? symbols.exports,
  }
}

/** Whether a file is a Mach-O file, by its first 8 bytes. */
export function isMachO(start: Buffer): boolean {
  if (start.length < 8) return false
  const magic = start.readUInt32BE(0)
  if (THIN.includes(magic)) return true
  return UNIVERSAL.includes(magic) && start.readUInt32BE(4) <= MAX_SLICES
}

/** Returns the file of each processor, with its place in the whole. */
function slicesIn(bytes: Bytes): { at: number; bytes: Bytes }[] {
  const start = new Fields(bytes.read(0, 8), true)
  const magic = UNIVERSAL.indexOf(start.u32(0))
  if (magic < 0) return [{ at: 0, bytes }]
  const size = magic === 0 ? 20 : 32
  const table = new Fields(bytes.read(8, start.u32(4) * size), true)
  return Array.from({ length: start.u32(4) }, (_, index) => {
    const word = (nth: number) =>
      magic === 0 ? table.u32(index * size + 8 + nth * 4) : table.u64(index * size + 8 + nth * 8)
    return { at: word(0), bytes: new PartOfBytes(bytes, word(0), word(1)) }
  })
}

/** Reads a Mach-O file, universal or for one processor. @throws BinaryError when its headers contradict each other */
export function readMachO(bytes: Bytes): Binary {
  return { format: 'Mach-O', slices: slicesIn(bytes).map((each) => sliceOf(each.bytes)) }
}

/** The commands that describe a segment, and the layout of it and of its sections: LC_SEGMENT, LC_SEGMENT_64. */
const SEGMENTS: Record<number, { at: number; length: number; count: number; size: number; section: number[] }> = {
  1: { at: 32, length: 36, count: 48, size: 56, section: [68, 36, 40] },
  25: { at: 40, length: 48, count: 64, size: 72, section: [80, 40, 48] },
}

/** Returns the sections of a Mach-O file, and its segments without any. @throws BinaryError as `readMachO` does */
export function partsOfMachO(bytes: Bytes): Part[] {
  return slicesIn(bytes).flatMap(({ at: start, bytes: slice }) => {
    const { is64, commands } = openThin(slice)
    const word = (fields: Fields, at: number) => (is64 ? fields.u64(at) : fields.u32(at))
    return commands.flatMap(({ command, fields }): Part[] => {
      const layout = SEGMENTS[command]
      if (!layout) return []
      const count = fields.u32(layout.count)
      const segment = fields.name(8)
      const whole = { name: segment, at: start + word(fields, layout.at), length: word(fields, layout.length) }
      if (count === 0) return whole.length > 0 ? [whole] : []
      const [size = 0, length = 0, place = 0] = layout.section
      const sections = Array.from({ length: count }, (_, index) => {
        const at = layout.size + index * size
        const name = `${segment},${fields.name(at)}`
        return { name, at: fields.u32(at + place), length: word(fields, at + length) }
      })
      // A section of zeros, such as `__bss`, has no bytes in the file, and its place there is 0.
      return sections.filter((each) => each.at > 0).map((each) => ({ ...each, at: start + each.at }))
    })
  })
}
