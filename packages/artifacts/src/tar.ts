import { gunzipSync } from 'node:zlib'
import { MAX_UNPACKED_BYTES } from './limits.ts'

const BLOCK = 512

/** Bytes of the smallest chunk that is unpacked at a time. */
const MIN_CHUNK = 2 ** 16

/** The most bytes that one byte of deflated data stands for (zlib's technical details, "Maximum Compression Factor"). */
const MAX_FACTOR = 1032

/** One member of a tar archive. */
export interface TarEntry {
  /** As written in the archive, with `/`. */
  path: string
  type: 'file' | 'folder' | 'other'
  /** Empty unless it is a file. */
  data: Uint8Array
}

/** One member of a tar archive with the fields of its headers; paths are bytes and need not be UTF-8. */
export interface TarMember {
  path: Buffer
  /** POSIX type flag: `0` a file, `1` a hard link, `2` a symbolic link, `5` a folder. */
  type: string
  /** The target of a link. */
  linkPath: Buffer
  mode: number
  /** Time of the last change, in seconds since the epoch. */
  time: number
  /** Ids and names of its owner and group, joined. */
  owner: string
  /** Empty for links and folders. */
  data: Uint8Array
  /** The keys of its pax records. */
  keys: ReadonlySet<string>
}

/** Types without data, whatever their size field says (Python, tarfile: `TarInfo._proc_builtin`). */
const WITHOUT_DATA = '123456'

/** Fields of headers that apply to the next member: pax, GNU's long name and long link. */
interface Extended {
  path?: Buffer
  linkPath?: Buffer
  size?: number
  keys: Set<string>
}

function field(header: Buffer, start: number, length: number): Buffer {
  const bytes = header.subarray(start, start + length)
  const end = bytes.indexOf(0)
  return end < 0 ? bytes : bytes.subarray(0, end)
}

/** Reads a number: octal digits, or GNU's form for large ones, 0x80 followed by big-endian bytes. */
function numberIn(header: Buffer, start: number, length: number): number {
  if (header[start] === 0x80) {
    return header.subarray(start + 1, start + length).reduce((sum, byte) => sum * 256 + byte, 0)
  }
  return Number.parseInt(field(header, start, length).toString('latin1').trim() || '0', 8)
}

/** Whether a header's checksum is right: the sum of its bytes, the checksum field counted as spaces (POSIX.1-2017, pax, "ustar Interchange Format"). */
function isChecksumRight(header: Buffer): boolean {
  let sum = 8 * 0x20
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += header[at] as number
  return sum === numberIn(header, 148, 8)
}

/** Reads pax records (POSIX.1-2017, pax, "Extended Header"): `length key=value\n`, the length of the whole record in bytes. */
function readPax(data: Buffer, into: Extended): void {
  for (let at = 0; at < data.length; ) {
    const length = Number.parseInt(field(data, at, 20).toString('latin1'), 10)
    if (!(length > 0)) break
    const record = data.subarray(at, at + length - 1)
    at += length
    const [space, equals] = [record.indexOf(' '), record.indexOf('=')]
    if (space < 0 || equals < space) continue
    const key = record.subarray(space + 1, equals).toString('utf8')
    const value = record.subarray(equals + 1)
    into.keys.add(key)
    if (key === 'path') into.path = value
    else if (key === 'linkpath') into.linkPath = value
    else if (key === 'size') into.size = Number(value.toString('latin1'))
  }
}

/**
 * Returns the size of the chunks to unpack a gzipped file in: its own unpacked size, which its last four bytes have (RFC
 * 1952, section 2.3.1), and one byte more, so that nothing is joined. A wrong size costs time only.
 */
function chunkFor(bytes: Uint8Array): number {
  const size = bytes.slice(-4).reduceRight((sum, byte) => sum * 256 + byte, 0)
  return Math.max(MIN_CHUNK, Math.min(size + 1, MAX_FACTOR * bytes.length, MAX_UNPACKED_BYTES))
}

/**
 * Reads a gzipped tar archive: POSIX ustar with its name prefix, pax records and GNU long names, since cargo, maturin and
 * the Python backends use all three for long paths.
 * @throws Error when it is not such an archive, is cut short, or unpacks to more than a gibibyte
 */
export function readTarMembers(bytes: Uint8Array): TarMember[] {
  const tar = gunzipSync(bytes, { chunkSize: chunkFor(bytes), maxOutputLength: MAX_UNPACKED_BYTES })
  const members: TarMember[] = []
  let extended: Extended = { keys: new Set() }
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const header = tar.subarray(at, at + BLOCK)
    if (header.every((byte) => byte === 0)) break
    if (field(header, 257, 5).toString('latin1') !== 'ustar' || !isChecksumRight(header)) {
      throw new Error(`no tar header at byte ${at}`)
    }
    const type = String.fromCharCode(header[156] || 0x30)
    const own = extended.size ?? numberIn(header, 124, 12)
    const size = WITHOUT_DATA.includes(type) ? 0 : own
    if (!(at + BLOCK + size <= tar.length)) throw new Error('the archive is cut short')
    const data = tar.subarray(at + BLOCK, at + BLOCK + size)
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
    if (type === 'x') readPax(data, extended)
    else if (type === 'L') extended.path = field(data, 0, data.length)
    else if (type === 'K') extended.linkPath = field(data, 0, data.length)
    else if (type !== 'g') {
      // The prefix belongs to POSIX headers only: GNU's ("ustar  ") keep other fields there.
      const prefix = header[262] === 0 ? field(header, 345, 155) : Buffer.alloc(0)
      const name = field(header, 0, 100)
      members.push({
        path: extended.path ?? (prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), name]) : name),
        linkPath: extended.linkPath ?? field(header, 157, 100),
        type,
        mode: numberIn(header, 100, 8),
        time: numberIn(header, 136, 12),
        owner: [108, 116, 265, 297]
          .map((at) =>
            field(header, at, at < 265 ? 8 : 32)
              .toString('latin1')
              .trim(),
          )
          .join(' '),
        data,
        keys: extended.keys,
      })
      extended = { keys: new Set() }
    }
  }
  return members
}

/**
 * Reads the files of a gzipped tar archive; see `readTarMembers`.
 * @throws Error when it is not such an archive, is cut short, or unpacks to more than a gibibyte
 */
export function readTarGz(bytes: Uint8Array): TarEntry[] {
  return readTarMembers(bytes).map(({ path, type, data }) => ({
    path: path.toString('utf8'),
    type: type === '0' ? 'file' : type === '5' ? 'folder' : 'other',
    data,
  }))
}
