import { isUtf8 } from 'node:buffer'
import { ProblemError } from '@slipway/core/problem'
import { gzipSync } from 'fflate'
import { unreadable } from './archive.ts'
import { readTarMembers, type TarMember } from './tar.ts'

const BLOCK = 512

/** Tar programs write whole records of 20 blocks (POSIX.1-2017, pax, option `blocksize`). */
const RECORD = 20 * BLOCK

/** The largest time that fits into the 11 octal digits of a header. */
const LATEST = 0o77777777777

/** A member of the normalized archive. */
interface NormalMember {
  /** The path of a folder ends with a slash. */
  path: Buffer
  linkPath: Buffer
  type: '0' | '2' | '5'
  mode: number
  data: Uint8Array
}

/**
 * Rewrites an sdist so that its bytes depend only on its content, not on the backend, the time or the user of the build:
 * members sorted by name, with one time, no owner, and the modes 0644 and 0755 (POSIX ustar, with pax records for paths
 * that do not fit). Hard links become copies of their files, because backends write them depending on the file system.
 * fflate compresses, because zlib's output varies by machine and version.
 * @param name file name, for the problem
 * @param time of all members, in seconds since the epoch: SOURCE_DATE_EPOCH
 * @throws ProblemError `sdist-unreadable` when it is not a gzipped tar archive, or contains devices or sparse files
 */
export function normalizeSdist(name: string, bytes: Uint8Array, time: number): Uint8Array {
  let members: NormalMember[]
  try {
    members = normalized(readTarMembers(bytes))
  } catch (cause) {
    throw new ProblemError(unreadable('sdist', name, cause instanceof Error ? cause.message : String(cause)), cause)
  }
  const mtime = Math.min(Math.max(Math.trunc(time), 0), LATEST)
  const blocks = members.flatMap((each) => blocksOf(each, mtime))
  const length = blocks.reduce((sum, each) => sum + each.length, 0)
  const end = Buffer.alloc(Math.ceil((length + 2 * BLOCK) / RECORD) * RECORD - length)
  return gzipSync(Buffer.concat([...blocks, end]), { level: 9, mtime: 0 })
}

/** Sorts the members. Members with the same name keep their order, since unpacking keeps the last. */
function normalized(members: readonly TarMember[]): NormalMember[] {
  const files = new Map<string, NormalMember>()
  const all = members.map((each): NormalMember => {
    const path = Buffer.from(each.path.toString('latin1').replace(/\/+$/, ''), 'latin1')
    const key = path.toString('latin1')
    if (each.type === 'S' || [...each.keys].some((known) => known.startsWith('GNU.sparse.'))) {
      throw new Error(`${each.path} is a sparse file`)
    }
    const empty = Buffer.alloc(0)
    switch (each.type) {
      case '0':
      case '7': {
        // Before POSIX, a folder was a file whose name ends with a slash.
        if (path.length < each.path.length) return folder(path)
        const mode = each.mode & 0o100 ? 0o755 : 0o644
        const file: NormalMember = { path, linkPath: empty, type: '0', mode, data: each.data }
        files.set(key, file)
        return file
      }
      case '1': {
        const target = files.get(each.linkPath.toString('latin1'))
        if (target === undefined)
          throw new Error(`${each.path} is a link to ${each.linkPath}, which does not precede it`)
        const file = { ...target, path }
        files.set(key, file)
        return file
      }
      case '2':
        return { path, linkPath: each.linkPath, type: '2', mode: 0o777, data: empty }
      case '5':
        return folder(path)
      default:
        throw new Error(`${each.path} is neither a file, a folder nor a link`)
    }
  })
  return all.sort((a, b) => Buffer.compare(a.path, b.path))
}

function folder(path: Buffer): NormalMember {
  const empty = Buffer.alloc(0)
  return { path: Buffer.concat([path, Buffer.from('/')]), linkPath: empty, type: '5', mode: 0o755, data: empty }
}

function blocksOf(member: NormalMember, mtime: number): Buffer[] {
  const { path, linkPath, type, mode, data } = member
  const values = { path, linkpath: linkPath }
  const long = Object.entries(values).filter(([, value]) => !isPlain(value))
  const records = long.map(([key, value]) => record(key, value))
  // Pax values are UTF-8 unless `hdrcharset` says otherwise (POSIX.1-2017, pax, `hdrcharset`).
  if (long.some(([, value]) => !isUtf8(value))) records.unshift(record('hdrcharset', Buffer.from('BINARY')))
  const pax = Buffer.concat(records)
  const extended = {
    path: Buffer.from('PaxHeaders/member'),
    linkPath: Buffer.alloc(0),
    type: 'x',
    mode: 0o644,
    data: pax,
  }
  return [
    ...(pax.length > 0 ? [header(extended, mtime), padded(pax)] : []),
    header({ path, linkPath, type, mode, data }, mtime),
    padded(data),
  ]
}

/** Whether a path fits into a header and is ASCII, which all programs read alike. */
function isPlain(path: Buffer): boolean {
  return path.length <= 100 && path.every((byte) => byte < 0x80)
}

/** Makes a pax record, whose length includes its own digits. */
function record(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')])
  let length = rest.length
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return Buffer.concat([Buffer.from(String(length)), rest])
}

/** Makes a header (POSIX.1-2017, pax, "ustar Interchange Format"). */
function header(
  { path, linkPath, type, mode, data }: Omit<NormalMember, 'type'> & { type: string },
  mtime: number,
): Buffer {
  const bytes = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, digits: number) => bytes.write(value.toString(8).padStart(digits, '0'), at)
  bytes.set(path.subarray(0, 100), 0)
  octal(mode, 100, 7)
  octal(0, 108, 7)
  octal(0, 116, 7)
  octal(data.length, 124, 11)
  octal(mtime, 136, 11)
  bytes.write(' '.repeat(8) + type, 148)
  bytes.set(linkPath.subarray(0, 100), 157)
  bytes.write('ustar\x0000', 257, 'latin1')
  octal(0, 329, 7)
  octal(0, 337, 7)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return bytes
}

function padded(data: Uint8Array): Buffer {
  return Buffer.concat([data, Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK)])
}
