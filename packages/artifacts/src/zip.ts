import { closeSync, openSync } from 'node:fs'
import { pipeline } from 'node:stream'
import { MAX_ZIP_MEMBER_BYTES, MAX_ZIP_UNPACKED_BYTES } from './limits.ts'
import { zipFaults } from './zip-checks.ts'
import { fault, LOCAL, readAt, readDirectory, ZipError, type ZipMember } from './zip-directory.ts'

/** Bytes of an archive that are in memory at a time. */
const PIECE = 2 ** 16

/**
 * Opens a ZIP archive, checks it and passes it on; the file is closed when `use` has ended.
 * @throws ZipError when PyPI or installers refuse the archive as such, or its members are larger than Slipway unpacks
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
  /** In the order of the central directory; no path occurs twice. */
  readonly members: readonly ZipMember[]
  readonly #file: number

  /** Reads the central directory of an open file and checks it against the members' own headers. */
  constructor(file: number) {
    const { members, at } = readDirectory(file)
    const unpacked = members.reduce((sum, each) => sum + each.size, 0)
    if (unpacked > MAX_ZIP_UNPACKED_BYTES) {
      throw new ZipError([fault('wheel-unreadable', `its files have ${unpacked} bytes when unpacked`)])
    }
    const faults = zipFaults(file, members, at)
    if (faults.length > 0) throw new ZipError(faults)
    this.members = members
    this.#file = file
  }

  /**
   * Yields the content of a member in pieces, and leaves its checksum to the caller.
   * @throws Error when it is cut short, or has another size than its entry says
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

  /** Returns the content of a small member. @throws Error also when it is too large to be held in memory */
  async bytes(member: ZipMember): Promise<Buffer> {
    if (member.size > MAX_ZIP_MEMBER_BYTES) throw new Error(`${member.path} has ${member.size} bytes`)
    const pieces: Buffer[] = []
    for await (const piece of this.content(member)) pieces.push(piece)
    return Buffer.concat(pieces)
  }

  async #unpacked(member: ZipMember): Promise<Iterable<Buffer> | AsyncIterable<Buffer>> {
    const packed = this.#packed(member)
    if (member.method === 0) return packed
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
    const start = at + LOCAL.length + header.readUInt16LE(26) + header.readUInt16LE(28)
    for (let done = 0; done < packed; done += PIECE) {
      yield readAt(this.#file, start + done, Math.min(PIECE, packed - done))
    }
  }
}
