import { gunzipSync } from 'node:zlib'

const BLOCK = 512

/** What unpacks to more than this is not read into memory. */
const MOST_BYTES = 2 ** 30

/** One member of a tar archive. */
export interface TarEntry {
  /** As written in the archive, with `/`. */
  path: string
  type: 'file' | 'folder' | 'other'
  /** Empty for what is not a file. */
  data: Uint8Array
}

function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8')
}

/** POSIX.1-2017, pax, "Extended Header": records `length key=value\n`, the length counting the whole record in bytes. */
function paxPath(data: Uint8Array): string | undefined {
  let path: string | undefined
  for (let at = 0; at < data.length; ) {
    const length = Number.parseInt(text(data.subarray(at, at + 20)), 10)
    if (!(length > 0)) break
    const record = Buffer.from(data.subarray(at, at + length - 1)).toString('utf8')
    const [, key, value] = /^\d+ ([^=]+)=([\s\S]*)$/.exec(record) ?? []
    if (key === 'path') path = value
    at += length
  }
  return path
}

/**
 * Reads a gzipped tar archive: POSIX ustar with its name prefix, pax paths and GNU long names, which are the ways in
 * which cargo, maturin and the Python backends write long paths.
 * Throws Error when it is no such archive, is cut short, or unpacks to more than a gibibyte.
 */
export function readTarGz(bytes: Uint8Array): TarEntry[] {
  const tar: Uint8Array = gunzipSync(bytes, { maxOutputLength: MOST_BYTES })
  const entries: TarEntry[] = []
  let longPath: string | undefined
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const header = tar.subarray(at, at + BLOCK)
    if (header.every((byte) => byte === 0)) break
    if (text(header.subarray(257, 262)) !== 'ustar') throw new Error(`no tar header at byte ${at}`)
    const size = Number.parseInt(text(header.subarray(124, 136)).trim() || '0', 8)
    if (!(at + BLOCK + size <= tar.length)) throw new Error('the archive is cut short')
    const data = tar.subarray(at + BLOCK, at + BLOCK + size)
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
    const type = String.fromCharCode(header[156] ?? 0)
    if (type === 'x') longPath = paxPath(data) ?? longPath
    else if (type === 'L') longPath = text(data)
    else if (type !== 'g' && type !== 'K') {
      // The prefix belongs to POSIX headers only: GNU's ("ustar  ") keep other fields there.
      const prefix = header[262] === 0 ? text(header.subarray(345, 500)) : ''
      const path = longPath ?? (prefix && `${prefix}/`) + text(header.subarray(0, 100))
      longPath = undefined
      entries.push({ path, type: type === '0' || type === '\0' ? 'file' : type === '5' ? 'folder' : 'other', data })
    }
  }
  return entries
}
