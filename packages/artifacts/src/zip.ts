import { closeSync, openSync } from 'node:fs'
import { pipeline } from 'node:stream'
import { MAX_ZIP_MEMBER_BYTES, MAX_ZIP_UNPACKED_BYTES } from './limits.ts'
import { zipFaults } from './zip-checks.ts'
import { fault, LOCAL, readAt, readDirectory, ZipError, type ZipMember } from './zip-directory.ts'

/** Bytes of a large member that are in memory at a time. */
const PIECE = 2 ** 18

/** The most bytes of a member that is unpacked as a whole. */
const WHOLE = 2 ** 20

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
   * Yields the content of a member, a large one in pieces, and leaves its checksum to the caller.
   * @throws Error when it is cut short, or has another size than its entry says
   */
  async *content(member: ZipMember): AsyncGenerator<Buffer> {
    let size = 0
    for await (const piece of this.#unpacked(member)) {
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

  #unpacked(member: ZipMember): Iterable<Buffer> | AsyncIterable<Buffer> {
    const isSmall = Math.max(member.packed, member.size) <= WHOLE
    const packed = this.#packed(member, isSmall ? WHOLE : PIECE)
    if (member.method === 0) return packed
    // Loaded only when an archive is read, to keep an action's start fast.
    const { createInflateRaw, inflateRawSync } = process.getBuiltinModule('node:zlib')
    // Its errors destroy the stream, and reading that throws them.
    if (!isSmall) return pipeline(packed, createInflateRaw({ chunkSize: PIECE }), () => {})
    // A stream takes longer than all else for a small file, and wheels have thousands. A chunk of the whole, and of one
    // byte more, is not copied, and shows a wrong size; zlib wants 64.
    const chunkSize = Math.max(64, member.size + 1)
    return [...packed].map((each) => inflateRawSync(each, { chunkSize, maxOutputLength: 2 * WHOLE }))
  }

  /** Yields the bytes of a member as they are in the archive, in pieces of a size. */
  *#packed({ at, packed }: ZipMember, piece: number): Generator<Buffer> {
    const header = readAt(this.#file, at, LOCAL.length)
    const start = at + LOCAL.length + header.readUInt16LE(26) + header.readUInt16LE(28)
    for (let done = 0; done < packed; done += piece) {
      yield readAt(this.#file, start + done, Math.min(piece, packed - done))
    }
  }
}
