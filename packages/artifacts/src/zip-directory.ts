import { fstatSync, readSync } from 'node:fs'
import { few } from '@slipway/core/counted'
import type { Fault } from '@slipway/core/python/metadata/fault'
import { MAX_ZIP_DIRECTORY_BYTES } from './limits.ts'

/** A member of a ZIP archive, as the archive's central directory describes it (APPNOTE.TXT 6.3.10, section 4.3.12). */
export interface ZipMember {
  /** With `/`; a folder's path ends with one. */
  path: string
  /** General purpose bit flags (section 4.4.4). */
  flags: number
  /** 0: stored, 8: deflated. */
  method: number
  /** Date and time in DOS's form, the date in the upper half (section 4.4.6). */
  time: number
  /** External attributes: the permissions in the upper half where Unix made the archive (section 4.4.15). */
  attributes: number
  /** CRC-32 of the unpacked data. */
  crc: number
  /** Bytes when unpacked. */
  size: number
  /** Bytes in the archive. */
  packed: number
  /** Where its local header begins. */
  at: number
}

/** The archive is not one that installers and PyPI read alike. */
export class ZipError extends Error {
  readonly faults: readonly Fault[]

  /** Takes at least one fault. */
  constructor(faults: readonly Fault[]) {
    super(few(faults.map((each) => each.why)))
    this.faults = faults
  }
}

interface RecordKind {
  signature: number
  /** Bytes without the variable parts. */
  length: number
}

/** The header in front of a member's data (section 4.3.7). */
export const LOCAL: RecordKind = { signature: 0x04034b50, length: 30 }

/** The other records that are read (sections 4.3.12 to 4.3.16). */
const CENTRAL: RecordKind = { signature: 0x02014b50, length: 46 }
const END: RecordKind = { signature: 0x06054b50, length: 22 }
const LOCATOR: RecordKind = { signature: 0x07064b50, length: 20 }
const END_64: RecordKind = { signature: 0x06064b50, length: 56 }

/** The longest comment of an archive, which comes after the end record. */
const MAX_COMMENT = 0xffff

/** A 32-bit field whose value is in a ZIP64 extra field instead (section 4.4.1.4). */
const IN_ZIP64 = 0xffffffff

/** Makes a fault of an archive that another build mends. */
export function fault(
  code: string,
  why: string,
  hint = 'Build it again with an up-to-date backend, and do not edit it afterwards.',
): Fault {
  return { code, why, hint }
}

/** Makes the fault of an archive whose parts contradict each other. */
export function malformed(why: string): Fault {
  return fault('wheel-zip-malformed', why)
}

/** Reads exactly these bytes of a file. @throws ZipError when the file is shorter */
export function readAt(file: number, at: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length)
  if (readSync(file, buffer, 0, length, at) !== length) throw new ZipError([malformed('its ZIP archive is cut short')])
  return buffer
}

/** Whether such a record is at this place. */
export function isRecord({ signature, length }: RecordKind, bytes: Buffer, at = 0): boolean {
  return at >= 0 && at + length <= bytes.length && bytes.readUInt32LE(at) === signature
}

/** Where the central directory begins, and how long it is. */
interface Directory {
  at: number
  length: number
}

/** Finds the central directory by the end record, the last in the file but for its comment. */
function findDirectory(file: number): Directory {
  const { size } = fstatSync(file)
  const tailAt = Math.max(0, size - END.length - MAX_COMMENT)
  const tail = readAt(file, tailAt, size - tailAt)
  let at = tail.length - END.length
  while (at >= 0 && !isRecord(END, tail, at)) at--
  if (at < 0) throw new ZipError([fault('wheel-unreadable', 'it is not a ZIP archive, or its end is missing')])
  const after = tail.length - at - END.length - tail.readUInt16LE(at + 20)
  if (after > 0) throw new ZipError([fault('wheel-extra-bytes', `${after} bytes follow the end of the ZIP archive`)])
  if (after < 0) throw new ZipError([malformed('its ZIP archive is cut short')])
  if (isRecord(LOCATOR, tail, at - LOCATOR.length)) {
    return findDirectory64(file, Number(tail.readBigUInt64LE(at - LOCATOR.length + 8)))
  }
  return placed({ length: tail.readUInt32LE(at + 12), at: tail.readUInt32LE(at + 16) }, tailAt + at)
}

/** Finds the central directory of a ZIP64 archive by the record that its locator names. */
function findDirectory64(file: number, end: number): Directory {
  const record = readAt(file, end, END_64.length)
  if (!isRecord(END_64, record)) throw new ZipError([malformed('its ZIP64 record is not where the archive says')])
  return placed({ length: Number(record.readBigUInt64LE(40)), at: Number(record.readBigUInt64LE(48)) }, end)
}

/** Returns the directory if it ends where the record about it begins, as readers that ignore its place expect. */
function placed(directory: Directory, end: number): Directory {
  if (directory.length > MAX_ZIP_DIRECTORY_BYTES) {
    throw new ZipError([fault('wheel-unreadable', `its list of files has ${directory.length} bytes`)])
  }
  const before = end - directory.length - directory.at
  if (before > 0) throw new ZipError([fault('wheel-extra-bytes', `${before} bytes precede the ZIP archive`)])
  if (before < 0) throw new ZipError([malformed('its central directory is not where the archive says')])
  return directory
}

/** Returns the numbers that a ZIP64 extra field holds in place of those of the header (section 4.5.3). */
export function withZip64(extra: Buffer, numbers: readonly number[]): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue
    let next = at + 4
    return numbers.map((each) => {
      if (each !== IN_ZIP64 || next + 8 > extra.length) return each
      next += 8
      return Number(extra.readBigUInt64LE(next - 8))
    })
  }
  return [...numbers]
}

/** Reads the entries of a central directory. */
function membersIn(directory: Buffer): ZipMember[] {
  const members: ZipMember[] = []
  for (let at = 0; at < directory.length; ) {
    if (!isRecord(CENTRAL, directory, at)) throw new ZipError([malformed('its central directory is damaged')])
    const pathAt = at + CENTRAL.length
    const extraAt = pathAt + directory.readUInt16LE(at + 28)
    const end = extraAt + directory.readUInt16LE(at + 30)
    if (end > directory.length) throw new ZipError([malformed('its central directory is cut short')])
    const path = directory.toString('utf8', pathAt, extraAt)
    if (directory.readUInt16LE(at + 32) > 0) throw new ZipError([malformed(`${path} has a comment in the ZIP archive`)])
    const numbers = [24, 20, 42].map((field) => directory.readUInt32LE(at + field))
    const [size = 0, packed = 0, local = 0] = withZip64(directory.subarray(extraAt, end), numbers)
    const [flags, method] = [directory.readUInt16LE(at + 8), directory.readUInt16LE(at + 10)]
    const [time, crc, attributes] = [12, 16, 38].map((field) => directory.readUInt32LE(at + field)) as [
      number,
      number,
      number,
    ]
    members.push({ path, flags, method, time, attributes, crc, size, packed, at: local })
    at = end
  }
  return members
}

/**
 * Reads the central directory of an open ZIP archive.
 * @returns its members in the directory's order, and where the directory begins
 * @throws ZipError when it is no ZIP archive, or its directory is damaged, too large, or not the only thing around the members
 */
export function readDirectory(file: number): { members: ZipMember[]; at: number } {
  const { at, length } = findDirectory(file)
  return { members: membersIn(readAt(file, at, length)), at }
}
