import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from '@jest/globals'
import { withZip, type Zip } from '@slipway/artifacts/zip'
import { type ZipOptions, zipSync } from 'fflate'
import { temporaryFolder } from '../../sandbox/harness.ts'

const LARGE = randomBytes(1_100_000)
const FILES = { 'a/': Buffer.alloc(0), 'a/ä.txt': Buffer.from('text'), 'a/empty': Buffer.alloc(0), large: LARGE }
const CENTRAL = Buffer.from('PK\x01\x02', 'latin1')

function archive(options: ZipOptions = {}): Buffer {
  return Buffer.from(zipSync(FILES, options))
}

/** Where the central directory's entry of a file begins. */
function entryOf(bytes: Buffer, name: string): number {
  return bytes.lastIndexOf(CENTRAL, bytes.lastIndexOf(name))
}

/** Writes bytes to a file and opens that as a ZIP archive. */
function opened<Result>(bytes: Uint8Array, use: (zip: Zip) => Promise<Result>): Promise<Result> {
  const file = path.join(temporaryFolder(), 'a.zip')
  writeFileSync(file, bytes)
  return withZip(file, use)
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const DIGESTS = Object.fromEntries(Object.entries(FILES).map(([name, bytes]) => [name, sha256(bytes)]))

/** Returns the digests of all members' contents by path. */
async function contents(zip: Zip): Promise<Record<string, string>> {
  const all: Record<string, string> = {}
  for (const each of zip.members) {
    const pieces: Buffer[] = []
    for await (const piece of zip.content(each)) pieces.push(piece)
    all[each.path] = sha256(Buffer.concat(pieces))
  }
  return all
}

test.each<[string, Uint8Array]>([
  ['deflated', archive()],
  ['stored', archive({ level: 0 })],
  ['with a comment', commented(archive(), 'PK\x05\x06'.repeat(3))],
])('reads an archive %s', async (_, bytes) => {
  expect(await opened(bytes, contents)).toEqual(DIGESTS)
})

/** Gives an archive a comment, which follows its last field, the comment's length. */
function commented(bytes: Buffer, comment: string): Buffer {
  bytes.writeUInt16LE(comment.length, bytes.length - 2)
  return Buffer.concat([bytes, Buffer.from(comment, 'latin1')])
}

test('a large member comes in pieces', async () => {
  const sizes = await opened(archive(), async (zip) => {
    const pieces: number[] = []
    for await (const piece of zip.content(zip.members.at(-1) as (typeof zip.members)[number])) pieces.push(piece.length)
    return pieces
  })
  expect(sizes.length).toBeGreaterThan(3)
})

/** Moves sizes and offsets to ZIP64 records, as for an archive of more than 4 GiB. */
function asZip64(bytes: Buffer): Buffer {
  const end = bytes.length - 22
  const at = bytes.readUInt32LE(end + 16)
  const name = bytes.subarray(at + 46, at + 46 + bytes.readUInt16LE(at + 28))
  const entry = Buffer.from(bytes.subarray(at, at + 46))
  const extra = Buffer.alloc(28)
  extra.writeUInt16LE(1, 0)
  extra.writeUInt16LE(24, 2)
  for (const [index, field] of [24, 20, 42].entries()) {
    extra.writeBigUInt64LE(BigInt(entry.readUInt32LE(field)), 4 + index * 8)
    entry.writeUInt32LE(0xffffffff, field)
  }
  entry.writeUInt16LE(extra.length, 30)
  const directory = Buffer.concat([entry, name, extra])
  const record = Buffer.alloc(56)
  record.write('PK\x06\x06', 'latin1')
  record.writeBigUInt64LE(BigInt(directory.length), 40)
  record.writeBigUInt64LE(BigInt(at), 48)
  const locator = Buffer.alloc(20)
  locator.write('PK\x06\x07', 'latin1')
  locator.writeBigUInt64LE(BigInt(at + directory.length), 8)
  const last = Buffer.from(bytes.subarray(end))
  last.fill(0xff, 8, 20)
  return Buffer.concat([bytes.subarray(0, at), directory, record, locator, last])
}

test('reads the records of ZIP64', async () => {
  const bytes = asZip64(Buffer.from(zipSync({ large: LARGE })))
  expect(await opened(bytes, contents)).toEqual({ large: DIGESTS.large })
})

test.each<[string, (bytes: Buffer) => Uint8Array, string]>([
  ['nothing', () => Buffer.alloc(0), 'it is not a ZIP archive'],
  ['no end record', (bytes) => bytes.subarray(0, -22), 'it is not a ZIP archive'],
  ['a comment that is cut short', (bytes) => write(bytes, bytes.length - 4, 2 ** 16), 'archive is cut short'],
  ['its first half missing', (bytes) => bytes.subarray(bytes.length / 2), 'its central directory is not where'],
  ['a directory elsewhere', (bytes) => write(bytes, bytes.length - 6, 4), 'bytes precede the ZIP archive'],
  ['a directory of 2 GiB', (bytes) => write(bytes, bytes.length - 10, 2 ** 31), 'its list of files has 2147483648'],
  ['no ZIP64 record', (bytes) => write(bytes, bytes.length - 6, 0xffffffff), 'its central directory is not where'],
  ['no entry', (bytes) => write(bytes, entryOf(bytes, 'large'), 0), 'its central directory is damaged'],
  ['a long name', (bytes) => write(bytes, entryOf(bytes, 'large') + 28, 0xffff), 'its central directory is cut short'],
  [
    'no local header',
    (bytes) => write(bytes, entryOf(bytes, 'large') + 42, 1),
    'large is not where the ZIP archive says',
  ],
  ['a comment of a member', () => archive({ comment: 'x' }), 'a/ has a comment'],
  ['two sizes', (bytes) => write(bytes, entryOf(bytes, 'large') + 24, 9), 'large has two different sizes'],
  ['an unknown method', (bytes) => write(bytes, entryOf(bytes, 'large') + 10, 99), 'large is compressed by method 99'],
  ['a file larger than it says', (bytes) => resized(bytes, 'large', 9), 'large has another size'],
  ['a file smaller than it says', (bytes) => resized(bytes, 'large', 2e6), 'large has another size'],
  ['a small file larger than it says', (bytes) => resized(bytes, 'a/ä.txt', 1), 'a/ä.txt has another size'],
  ['a small file smaller than it says', (bytes) => resized(bytes, 'a/ä.txt', 9), 'a/ä.txt has another size'],
  ['a small file of 4 MiB', () => resized(bomb(), 'bomb', 9), 'Cannot create a Buffer larger than'],
  ['damaged content', (bytes) => bytes.fill(0xff, bytes.indexOf('large') + 5, bytes.indexOf('large') + 40), 'invalid'],
  ['damaged small content', (bytes) => bytes.fill(0xff, bytes.indexOf('txt') + 3, bytes.indexOf('txt') + 8), 'invalid'],
])('an archive with %s is refused', async (_, change, message) => {
  await expect(opened(change(archive()), contents)).rejects.toThrow(message)
})

test('files of more than 8 GiB together are refused before any is unpacked', async () => {
  const bytes = archive()
  for (const name of ['a/empty', 'large', 'txt']) write(bytes, entryOf(bytes, name) + 24, 0xfffffff0)
  await expect(opened(bytes, async () => {})).rejects.toThrow('its files have 12884901840 bytes when unpacked')
})

test('a member of more than 64 MiB is refused before it is unpacked as a whole', async () => {
  // Large enough not to be taken for a bomb.
  const bytes = resized(Buffer.from(zipSync({ large: randomBytes(3_000_000) })), 'large', 2 ** 27)
  const whole = opened(bytes, (zip) => zip.bytes(zip.members.at(-1) as (typeof zip.members)[number]))
  await expect(whole).rejects.toThrow('large has 134217728 bytes')
})

/** Returns an archive of a file that is small when packed. */
function bomb(): Buffer {
  return Buffer.from(zipSync({ bomb: Buffer.alloc(2 ** 22) }))
}

/** Overwrites a 32-bit field. */
function write(bytes: Buffer, at: number, value: number): Buffer {
  bytes.writeUInt32LE(value, at)
  return bytes
}

/** Gives a file another size in both of its headers. */
function resized(bytes: Buffer, name: string, size: number): Buffer {
  write(bytes, bytes.indexOf(name) - 30 + 22, size)
  return write(bytes, entryOf(bytes, name) + 24, size)
}
