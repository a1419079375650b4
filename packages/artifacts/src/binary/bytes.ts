import { readSync } from 'node:fs'

/** The file contradicts its own headers, so a loader refuses it. */
export class BinaryError extends Error {}

/** Bytes that are read by position. */
export interface Bytes {
  readonly size: number
  /** Returns exactly these bytes. @throws BinaryError when some are beyond the end */
  read(at: number, length: number): Buffer
}

/** The longest name that is read: C++ makes names of some thousand characters. Bounds the work on hostile input. */
export const MAX_NAME = 2 ** 14

/** Checks that bytes are within a file of this size. */
function checkRange(at: number, length: number, size: number): void {
  if (at < 0 || length < 0 || at + length > size) throw new BinaryError('its headers point beyond its end')
}

/** Bytes in memory. */
export class MemoryBytes implements Bytes {
  readonly size: number
  readonly #buffer: Buffer

  constructor(buffer: Buffer) {
    this.#buffer = buffer
    this.size = buffer.length
  }

  read(at: number, length: number): Buffer {
    checkRange(at, length, this.size)
    return this.#buffer.subarray(at, at + length)
  }
}

/** Bytes of a file that are read at once, since strings and tables are read in small steps. */
const WINDOW = 2 ** 16

/** Bytes of an open file, of which one window is in memory. */
export class FileBytes implements Bytes {
  readonly size: number
  readonly #file: number
  #window: Buffer = Buffer.alloc(0)
  #windowAt = 0

  constructor(file: number, size: number) {
    this.#file = file
    this.size = size
  }

  read(at: number, length: number): Buffer {
    checkRange(at, length, this.size)
    if (length > WINDOW) return this.#load(at, length)
    if (at < this.#windowAt || at + length > this.#windowAt + this.#window.length) {
      this.#window = this.#load(at, Math.min(WINDOW, this.size - at))
      this.#windowAt = at
    }
    return this.#window.subarray(at - this.#windowAt, at - this.#windowAt + length)
  }

  #load(at: number, length: number): Buffer {
    const buffer = Buffer.allocUnsafe(length)
    for (let done = 0; done < length; ) {
      const count = readSync(this.#file, buffer, done, length - done, at + done)
      if (count === 0) throw new BinaryError('its headers point beyond its end')
      done += count
    }
    return buffer
  }
}

/** A part of other bytes, as one slice of a universal binary is. */
export class PartOfBytes implements Bytes {
  readonly size: number
  readonly #whole: Bytes
  readonly #start: number

  constructor(whole: Bytes, start: number, size: number) {
    checkRange(start, size, whole.size)
    this.#whole = whole
    this.#start = start
    this.size = size
  }

  read(at: number, length: number): Buffer {
    checkRange(at, length, this.size)
    return this.#whole.read(this.#start + at, length)
  }
}

/** The numbers of a header or table, in its byte order. */
export class Fields {
  readonly #bytes: Buffer
  readonly #isBig: boolean

  constructor(bytes: Buffer, isBig = false) {
    this.#bytes = bytes
    this.#isBig = isBig
  }

  /** How many bytes there are. */
  get length(): number {
    return this.#bytes.length
  }

  u8(at: number): number {
    this.#check(at, 1)
    return this.#bytes.readUInt8(at)
  }

  u16(at: number): number {
    this.#check(at, 2)
    return this.#isBig ? this.#bytes.readUInt16BE(at) : this.#bytes.readUInt16LE(at)
  }

  u32(at: number): number {
    this.#check(at, 4)
    return this.#isBig ? this.#bytes.readUInt32BE(at) : this.#bytes.readUInt32LE(at)
  }

  /** Loses the lowest bits of numbers above 2^53, which no place in a file reaches. */
  u64(at: number): number {
    this.#check(at, 8)
    return Number(this.#isBig ? this.#bytes.readBigUInt64BE(at) : this.#bytes.readBigUInt64LE(at))
  }

  /** Returns the text that begins here and ends before a NUL. */
  text(at: number): string {
    this.#check(at, 1)
    const text = this.#bytes.subarray(at, at + MAX_NAME)
    const length = text.indexOf(0)
    if (length < 0) throw new BinaryError('one of its names has no end')
    return text.toString('latin1', 0, length)
  }

  /** Returns a name of at most this many bytes, which a NUL may end. */
  name(at: number, length = 16): string {
    this.#check(at, length)
    return this.#bytes.toString('latin1', at, at + length).replace(/\0.*$/s, '')
  }

  #check(at: number, length: number): void {
    checkRange(at, length, this.#bytes.length)
  }
}

/** Reads the text that begins at a place of a file and ends before a NUL. */
export function textAt(bytes: Bytes, at: number): string {
  for (let length = 64; ; length *= 4) {
    const piece = bytes.read(at, Math.min(length, bytes.size - at))
    const end = piece.indexOf(0)
    if (end >= 0) return piece.toString('latin1', 0, end)
    if (piece.length < length || length > MAX_NAME) throw new BinaryError('one of its names has no end')
  }
}
