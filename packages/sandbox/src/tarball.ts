import { gunzipSync, gzipSync } from 'node:zlib'
import { MAX_UNPACKED_BYTES } from './limits.ts'

/** A file of a tarball. */
export interface TarEntry {
  path: string
  /** POSIX type flag: `0` a file, `5` a folder, `2` a symbolic link. */
  type: string
  content: Buffer
}

/**
 * Returns the entries of a gzipped tar (POSIX.1-2017, pax: ustar headers, `x` extended headers; GNU `L` long names).
 * @throws Error if the bytes are not a gzipped tar
 */
export function readTarball(bytes: Uint8Array): TarEntry[] {
  const tar = gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES })
  const entries: TarEntry[] = []
  let longPath: string | null = null
  for (let at = 0; at + 512 <= tar.length; ) {
    const header = tar.subarray(at, at + 512)
    if (header.every((byte) => byte === 0)) return entries
    if (!checksumHolds(header)) throw new Error('a tar header is damaged')
    const size = Number.parseInt(field(header, 124, 12).trim() || '0', 8)
    const content = tar.subarray(at + 512, at + 512 + size)
    if (!Number.isInteger(size) || content.length < size) throw new Error('the tar ends in the middle of a file')
    at += 512 + Math.ceil(size / 512) * 512
    const type = field(header, 156, 1) || '0'
    if (type === 'x') longPath = paxPath(content) ?? longPath
    else if (type === 'L') longPath = field(content, 0, content.length)
    else if (type !== 'g') {
      const prefix = field(header, 257, 5) === 'ustar' ? field(header, 345, 155) : ''
      const name = field(header, 0, 100)
      entries.push({ path: longPath ?? (prefix && !isGnu(header) ? `${prefix}/${name}` : name), type, content })
      longPath = null
    }
  }
  return entries
}

/** GNU's format stores other fields where ustar has the prefix. */
const isGnu = (header: Buffer) => header.subarray(257, 264).toString('latin1') === 'ustar  '

/** Returns a field up to its first NUL. */
function field(bytes: Buffer, start: number, length: number): string {
  const raw = bytes.subarray(start, start + length)
  const end = raw.indexOf(0)
  return raw.subarray(0, end < 0 ? raw.length : end).toString('utf8')
}

/** Verifies the header's checksum, which counts its own field as spaces. */
function checksumHolds(header: Buffer): boolean {
  let sum = 8 * 0x20
  for (const [index, byte] of header.entries()) if (index < 148 || index >= 156) sum += byte
  return Number.parseInt(field(header, 148, 8).trim(), 8) === sum
}

/** Returns the path in a pax extended header: records of `length key=value` with a line end. */
function paxPath(content: Buffer): string | null {
  for (let at = 0; at < content.length; ) {
    const length = Number.parseInt(content.subarray(at, at + 20).toString('latin1'), 10)
    if (!(length > 0)) return null
    const record = content.subarray(at, at + length - 1).toString('utf8')
    const value = /^\d+ path=(.*)$/s.exec(record)
    if (value?.[1] !== undefined) return value[1]
    at += length
  }
  return null
}

/** Makes a gzipped tar (POSIX.1-2017, ustar) of text files in one top folder. Each path has at most 100 bytes. */
export function writeTarball(top: string, files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).map(([path, text]) => {
    const content = Buffer.from(text)
    const header = Buffer.alloc(512)
    header.write(`${top}/${path}`, 0)
    header.write('0000644\0', 100)
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124)
    header.write('00000000000\0', 136)
    header.write('        0', 148)
    header.write('ustar\x0000', 257)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)])
  })
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}
