import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { pipeline } from 'node:stream'
import { MAX_ZIP_DIRECTORY_BYTES, MAX_ZIP_TEXT_BYTES, MAX_ZIP_UNPACKED_BYTES } from './limits.ts'

/** A member of a ZIP archive, as the archive's central directory describes it. */
export interface ZipMember {
  /** With `/`; a folder's path ends with one. */
  path: string
  /** Bytes when unpacked. */
  size: number
  /** Bytes in the archive. */
  packed: number
  /** 0: stored, 8: deflated. */
  method: number
  /** Where its local header begins. */
  at: number
}

/** Bytes of an archive that are in memory at a time. */
const PIECE = 2 ** 16

/** Signatures and lengths of the records that are read (APPNOTE.TXT 6.3.10, sections 4.3.7 and 4.3.12 to 4.3.16). */
const LOCAL = { signature: 0x04034b50, length: 30 }
const CENTRAL = { signature: 0x02014b50, length: 46 }
const END = { signature: 0x06054b50, length: 22 }
const LOCATOR = { signature: 0x07064b50, length: 20 }
const END_64 = { signature: 0x06064b50, length: 56 }

/** The longest comment of an archive, which comes after the end record. */
const MAX_COMMENT = 0xffff

/** A 32-bit field whose value is in a ZIP64 record instead (section 4.4.1.4). */
const IN_ZIP64 = 0xffffffff

/** Where the central directory is, and how long it is. */
interface Directory {
  at: number
  length: number
}

/**
 * Opens a ZIP archive, reads its central directory and passes both on; the file is closed when `use` has ended.
 * @throws Error when the file is not a ZIP archive, or its members are larger than Slipway unpacks
 */
export async function withZip<Result>(file: string, use: (zip: Zip) => Promise<Result>): Promise<Result> {
  const opened = openSync(file, 'r')
  try {
    return await use(new Zip(opened))
  } finally {
    closeSync(opened)
  }
}

/** A ZIP archive that is read by position, so that a large member is never in memory as a whole; see `withZip`. */
export class Zip {
  /** In the order of the central directory. */
  readonly members: readonly ZipMember[]
  readonly #file: number

  /** Reads the central directory of an open file. */
  constructor(file: number) {
    const { at, length } = findDirectory(file)
    if (length > MAX_ZIP_DIRECTORY_BYTES) throw new Error(`its list of files has ${length} bytes`)
    this.members = membersIn(readAt(file, at, length))
    const unpacked = this.members.reduce((sum, each) => sum + each.size, 0)
    if (unpacked > MAX_ZIP_UNPACKED_BYTES) throw new Error(`its files have ${unpacked} bytes when unpacked`)
    this.#file = file
  }

  /**
   * Yields the content of a member in pieces.
   * @throws Error when it is cut short, compressed in an unknown way, or has another size than its entry says
   */
  async *content(member: ZipMember): AsyncGenerator<Buffer> {
    let size = 0
    for await (const piece of await this.#unpacked(member)) {
      size += piece.length
      if (size > member.size) break
      yield piece
    }
    if (size !== member.size) throw new Error(`${member.path} has another size than its entry says`)
  }

  /** Returns a member as text (UTF-8). @throws Error also when it is too large to be held in memory */
  async text(member: ZipMember): Promise<string> {
    if (member.size > MAX_ZIP_TEXT_BYTES) throw new Error(`${member.path} has ${member.size} bytes`)
    const pieces: Buffer[] = []
    for await (const piece of this.content(member)) pieces.push(piece)
    return Buffer.concat(pieces).toString('utf8')
  }

  async #unpacked(member: ZipMember): Promise<Iterable<Buffer> | AsyncIterable<Buffer>> {
    const packed = this.#packed(member)
    if (member.method === 0) return packed
    if (member.method !== 8) throw new Error(`${member.path} is compressed by the unknown method ${member.method}`)
    // Imported only when an archive is read, to keep an action's start fast.
    const { createInflateRaw, inflateRawSync } = await import('node:zlib')
    // A stream takes longer than all else for a small file, and wheels have thousands.
    if (Math.max(member.packed, member.size) <= PIECE) {
      return [inflateRawSync(Buffer.concat([...packed]), { maxOutputLength: PIECE })]
    }
    // Its errors destroy the stream, and reading that throws them.
    return pipeline(packed, createInflateRaw({ chunkSize: PIECE }), () => {})
  }

  /** Yields the bytes of a member as they are in the archive. */
  *#packed({ at, packed }: ZipMember): Generator<Buffer> {
    const header = readAt(this.#file, at, LOCAL.length)
    if (header.readUInt32LE(0) !== LOCAL.signature) throw new Error(`no local header at byte ${at}`)
    const start = at + LOCAL.length + header.readUInt16LE(26) + header.readUInt16LE(28)
    for (let done = 0; done < packed; done += PIECE) {
      yield readAt(this.#file, start + done, Math.min(PIECE, packed - done))
    }
  }
}

/** Reads exactly these bytes of a file. @throws Error when the file is shorter */
function readAt(file: number, at: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length)
  if (readSync(file, buffer, 0, length, at) !== length) throw new Error('the archive is cut short')
  return buffer
}

/** Finds the central directory by the end record, the last in the file but for its comment. */
function findDirectory(file: number): Directory {
  const { size } = fstatSync(file)
  const start = Math.max(0, size - END.length - MAX_COMMENT)
  const tail = readAt(file, start, size - start)
  for (let at = tail.length - END.length; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END.signature) continue
    const directory = { length: tail.readUInt32LE(at + 12), at: tail.readUInt32LE(at + 16) }
    const isZip64 = directory.length === IN_ZIP64 || directory.at === IN_ZIP64
    return isZip64 ? findDirectory64(file, start + at) : directory
  }
  throw new Error('it is no ZIP archive')
}

/** Finds the central directory of a ZIP64 archive by the locator in front of its end record. */
function findDirectory64(file: number, end: number): Directory {
  if (end < LOCATOR.length) throw new Error('it has no ZIP64 record')
  const locator = readAt(file, end - LOCATOR.length, LOCATOR.length)
  if (locator.readUInt32LE(0) !== LOCATOR.signature) throw new Error('it has no ZIP64 record')
  const record = readAt(file, Number(locator.readBigUInt64LE(8)), END_64.length)
  if (record.readUInt32LE(0) !== END_64.signature) throw new Error('it has no ZIP64 record')
  return { length: Number(record.readBigUInt64LE(40)), at: Number(record.readBigUInt64LE(48)) }
}

/** Reads the entries of a central directory. */
function membersIn(directory: Buffer): ZipMember[] {
  const members: ZipMember[] = []
  for (let at = 0; at < directory.length; ) {
    const left = directory.length - at
    if (left < CENTRAL.length || directory.readUInt32LE(at) !== CENTRAL.signature) {
      throw new Error(`no entry at byte ${at} of its list of files`)
    }
    const lengths = [28, 30, 32].map((field) => directory.readUInt16LE(at + field)) as [number, number, number]
    const end = at + CENTRAL.length + lengths[0] + lengths[1] + lengths[2]
    if (end > directory.length) throw new Error('its list of files is cut short')
    members.push(memberOf(directory.subarray(at, end), lengths[0], lengths[1]))
    at = end
  }
  return members
}

/** Reads one entry of a central directory. */
function memberOf(entry: Buffer, nameLength: number, extraLength: number): ZipMember {
  const name = entry.subarray(CENTRAL.length, CENTRAL.length + nameLength)
  const extra = entry.subarray(CENTRAL.length + nameLength, CENTRAL.length + nameLength + extraLength)
  const large = zip64Values(extra)
  // In this order, and only those that do not fit into 32 bits (section 4.5.3).
  const [size = 0, packed = 0, at = 0] = [24, 20, 42].map((field) => {
    const value = entry.readUInt32LE(field)
    return value === IN_ZIP64 ? (large.shift() ?? value) : value
  })
  const isUtf8 = (entry.readUInt16LE(8) & 0x800) !== 0
  return { path: name.toString(isUtf8 ? 'utf8' : 'latin1'), size, packed, method: entry.readUInt16LE(10), at }
}

/** Returns the values of the extra field with ZIP64 information (ID 1; section 4.5.3). */
function zip64Values(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; ) {
    const [id, length] = [extra.readUInt16LE(at), extra.readUInt16LE(at + 2)]
    const data = extra.subarray(at + 4, at + 4 + length)
    if (id === 1) {
      return Array.from({ length: Math.floor(data.length / 8) }, (_, n) => Number(data.readBigUInt64LE(n * 8)))
    }
    at += 4 + length
  }
  return []
}
