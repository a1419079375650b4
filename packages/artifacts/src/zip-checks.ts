import { fstatSync } from 'node:fs'
import type { Fault } from '@slipway/core/python/metadata/fault'
import { fault, isRecord, LOCAL, malformed, readAt, withZip64, type ZipMember } from './zip-directory.ts'

/** Bits of a member's flags (APPNOTE.TXT, section 4.4.4). */
const ENCRYPTED = 1
const DESCRIPTOR = 8

/** PyPI takes an archive that grows more, and beyond this size, for a bomb (warehouse, `COMPRESSION_RATIO_THRESHOLD`). */
const MAX_RATIO = 50
const MIN_RATIO_BYTES = 64 * 2 ** 20

/** Whether an unpacked member would be outside of the folder that it is unpacked to, on some system. */
function isUnsafe(path: string): boolean {
  return /^[/\\]|^[a-z]:|\\|\p{Cc}|\ufffd/iu.test(path) || path.split('/').includes('..')
}

/** Returns the faults of the members by themselves. */
function memberFaults(members: readonly ZipMember[]): Fault[] {
  const seen = new Set<string>()
  return members.flatMap(({ path, flags, method }) => {
    const isTwice = seen.has(path)
    seen.add(path)
    const shown = JSON.stringify(path)
    if (isTwice) return [fault('wheel-duplicate-entry', `it contains ${path} more than once`)]
    if (isUnsafe(path)) return [fault('wheel-path-unsafe', `its member ${shown} is not a plain path within the wheel`)]
    if (flags & ENCRYPTED) return [fault('wheel-entry-encrypted', `${path} is encrypted, so nobody can install it`)]
    if (method !== 0 && method !== 8) {
      const hint = 'Write it with deflate, which installers read, or without compression.'
      return [fault('wheel-compression-refused', `${path} is compressed by method ${method}, not by deflate`, hint)]
    }
    if (flags & DESCRIPTOR) {
      const hint = 'Write it to a file, not to a pipe: a writer that can seek puts the sizes in front of the data.'
      return [fault('wheel-data-descriptor', `${path} has its size after the data (a data descriptor)`, hint)]
    }
    return []
  })
}

/** Compares the local headers with the central directory: they must follow each other from the first byte on. */
function localFault(file: number, members: readonly ZipMember[], end: number): Fault | null {
  let expected = 0
  for (const { path, at, packed, size } of [...members].sort((a, b) => a.at - b.at)) {
    const length = Buffer.byteLength(path)
    const local = readAt(file, at, LOCAL.length + length)
    if (at !== expected || !isRecord(LOCAL, local)) return malformed(`${path} is not where the ZIP archive says`)
    if (local.toString('utf8', LOCAL.length) !== path || local.readUInt16LE(26) !== length)
      return malformed(`${path} has another name in front of its data`)
    const extra = readAt(file, at + local.length, local.readUInt16LE(28))
    const [localSize, localPacked] = withZip64(extra, [local.readUInt32LE(22), local.readUInt32LE(18)])
    if (localSize !== size || localPacked !== packed) return malformed(`${path} has two different sizes`)
    expected = at + local.length + extra.length + packed
  }
  return expected === end ? null : malformed('there is something between its last file and the central directory')
}

/**
 * Returns why PyPI or installers refuse an open ZIP archive as such (warehouse/utils/zipfiles.py): what different readers would
 * read differently. Unpacks nothing.
 * @param directoryAt where its central directory begins
 */
export function zipFaults(file: number, members: readonly ZipMember[], directoryAt: number): Fault[] {
  const faults = memberFaults(members)
  const misplaced = faults.length > 0 ? null : localFault(file, members, directoryAt)
  if (misplaced) faults.push(misplaced)
  const unpacked = members.reduce((sum, each) => sum + each.size, 0)
  if (unpacked > MIN_RATIO_BYTES && unpacked > MAX_RATIO * fstatSync(file).size) {
    const hint = 'Compress large files before packing, or leave out what users do not need.'
    const why = `it unpacks to more than ${MAX_RATIO} times its size, as bombs do`
    faults.push(fault('wheel-compressed-too-much', why, hint))
  }
  return faults
}
