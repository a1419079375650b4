import { crc32, inflateRawSync } from 'node:zlib'

const EOCD = 0x06054b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
const EOCD64 = 0x06064b50
const LOCATOR64 = 0x07064b50

/** PyPI refuses an archive that unpacks to more than this, and to more than 50 times its size. */
const MIN_BOMB_BYTES = 64 * 1024 * 1024

interface Member {
  method: number
  flags: number
  crc: number
  packed: number
  size: number
  offset: number
}

/** A ZIP archive as Python's `zipfile` reads it: from its central directory. Null if that finds none. */
export function centralDirectory(zip: Buffer): Map<string, Member> | null {
  let end = zip.length - 22
  while (end >= 0 && zip.readUInt32LE(end) !== EOCD) end--
  if (end < 0) return null
  let [count, size, start] = [zip.readUInt16LE(end + 10), zip.readUInt32LE(end + 12), zip.readUInt32LE(end + 16)]
  let after = end
  if (end >= 20 && zip.readUInt32LE(end - 20) === LOCATOR64) {
    after = Number(zip.readBigUInt64LE(end - 12))
    if (after + 56 > zip.length || zip.readUInt32LE(after) !== EOCD64) return null
    count = Number(zip.readBigUInt64LE(after + 32))
    size = Number(zip.readBigUInt64LE(after + 40))
    start = Number(zip.readBigUInt64LE(after + 48))
  }
  // Like zipfile, add what precedes the archive to each offset.
  const before = after - size - start
  if (before < 0) return null
  const members = new Map<string, Member>()
  for (let at = start + before; count > 0; count--) {
    if (at + 46 > zip.length || zip.readUInt32LE(at) !== CENTRAL) return null
    const [name, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field)) as [number, number, number]
    members.set(zip.toString('utf8', at + 46, at + 46 + name), {
      flags: zip.readUInt16LE(at + 8),
      method: zip.readUInt16LE(at + 10),
      crc: zip.readUInt32LE(at + 16),
      packed: zip.readUInt32LE(at + 20),
      size: zip.readUInt32LE(at + 24),
      offset: zip.readUInt32LE(at + 42) + before,
    })
    at += 46 + name + extra + comment
  }
  return members
}

/** Unpacks a member. Null if it cannot be read: encrypted, damaged, or with a wrong checksum. */
export function unpack(zip: Buffer, { flags, method, crc, packed, size, offset }: Member): Buffer | null {
  if (flags & 1 || offset + 30 > zip.length || zip.readUInt32LE(offset) !== LOCAL) return null
  const start = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28)
  try {
    const bytes = zip.subarray(start, start + packed)
    const content = method === 0 ? bytes : inflateRawSync(bytes, { maxOutputLength: Math.max(size, 1) })
    return crc32(content) === crc ? content : null
  } catch {
    return null
  }
}

/** Whether an archive unpacks to suspiciously much (warehouse, `COMPRESSION_RATIO_THRESHOLD`). */
export function isBomb(zip: Buffer, members: ReadonlyMap<string, Member>): boolean {
  const unpacked = [...members.values()].reduce((sum, each) => sum + each.size, 0)
  return unpacked > MIN_BOMB_BYTES && unpacked / zip.length > 50
}

/** Whether a name has characters that cannot be printed. */
const isOdd = (name: Buffer) => name.some((byte) => byte < 0x20 || byte === 0x7f)

/**
 * Returns why PyPI refuses the framing of a ZIP, or null (warehouse/utils/zipfiles.py). It reads record after record, as a
 * reader of a stream does, and compares what it finds with the central directory.
 */
export function framingFault(zip: Buffer, members: ReadonlyMap<string, Member>): string | null {
  const [locals, centrals] = [new Set<string>(), new Set<string>()]
  let directory: number | null = null
  let directorySize = 0
  for (let at = 0; at + 4 <= zip.length; ) {
    const signature = zip.readUInt32LE(at)
    if (signature === LOCAL) {
      if (at + 30 > zip.length) return 'Malformed zip file'
      const [nameLength, extraLength] = [zip.readUInt16LE(at + 26), zip.readUInt16LE(at + 28)]
      const name = zip.subarray(at + 30, at + 30 + nameLength)
      if (isOdd(name)) return 'Invalid character in filename'
      if (zip.readUInt16LE(at + 6) & 8) return 'ZIP contains a data descriptor'
      const member = members.get(name.toString('utf8'))
      if (!member) return 'Filename not in central directory'
      // With ZIP64, the sizes are in the extra field; the sandbox takes no file that large.
      if (member.packed !== zip.readUInt32LE(at + 18)) return 'Mis-matched data size'
      if (member.size !== zip.readUInt32LE(at + 22)) return 'Mis-matched file size'
      if (locals.has(name.toString('latin1'))) return 'Duplicate filename in local headers'
      locals.add(name.toString('latin1'))
      at += 30 + nameLength + extraLength + member.packed
    } else if (signature === CENTRAL) {
      directory ??= at
      const [nameLength, extraLength] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30)]
      if (zip.readUInt16LE(at + 32) > 0) return 'Comment in central directory'
      const name = zip.subarray(at + 46, at + 46 + nameLength)
      if (isOdd(name)) return 'Invalid character in filename'
      if (centrals.has(name.toString('latin1'))) return 'Duplicate filename in central directory'
      if (!locals.has(name.toString('latin1'))) return 'Missing filename in local headers'
      centrals.add(name.toString('latin1'))
      directorySize += 46 + nameLength + extraLength
      at += 46 + nameLength + extraLength
    } else if (signature === EOCD) {
      if (zip.readUInt16LE(at + 10) !== centrals.size) return 'Mismatched central directory records'
      if (zip.readUInt32LE(at + 16) !== (directory ?? at)) return 'Mismatched central directory offset'
      if (zip.readUInt32LE(at + 12) !== directorySize) return 'Mismatched central directory size'
      if (centrals.size !== locals.size) return 'Mis-matched local headers and central directory'
      return at + 22 + zip.readUInt16LE(at + 20) === zip.length ? null : 'Trailing data'
    } else if (signature === EOCD64) at += 56
    else if (signature === LOCATOR64) at += 20
    else return 'Unknown record signature'
  }
  return 'Malformed zip file'
}
