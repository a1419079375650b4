import { readFile } from 'node:fs/promises'
import { BinaryError, type Bytes, PartOfBytes } from './binary/bytes.ts'
import { partsOf } from './binary/read.ts'
import { Spool } from './binary/spool.ts'
import { readTarMembers } from './tar.ts'
import { withZip } from './zip.ts'

/** A member of an archive, as far as two builds may differ in it. */
interface Member {
  path: string
  /** Bytes of its content. */
  size: number
  /** Yields its content, in pieces if it is large. */
  content(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  /** The other facts by their names for people. */
  facts: Readonly<Record<string, string | number>>
}

/** Bytes of two members that are compared at once. */
const WINDOW = 2 ** 16

/**
 * Compares two archives of the same name whose bytes differ, and says where, the cause of everything else first: members that
 * only one has, the line or the section in which a member differs, its time or permissions, the order, the compression.
 * @param first path of a wheel, sdist or crate
 * @returns what differs, as in `demo/_demo.abi3.so in section .rodata`
 * @throws Error, ZipError when one of them cannot be read
 */
export async function differencesOf(first: string, second: string): Promise<string[]> {
  return withMembers(first, (own) => withMembers(second, (others) => differencesBetween(own, others)))
}

async function differencesBetween(own: readonly Member[], others: readonly Member[]): Promise<string[]> {
  const known = new Map(others.map((each) => [each.path, each]))
  const paths = new Set(own.map((each) => each.path))
  const found = [
    ...own.filter((each) => !known.has(each.path)).map(({ path }) => `${path} is only in the first`),
    ...others.filter((each) => !paths.has(each.path)).map(({ path }) => `${path} is only in the second`),
  ]
  const pairs = own.flatMap((each) => {
    const other = known.get(each.path)
    return other ? [{ each, other }] : []
  })
  // One pair at a time: their contents are in memory, or in temporary files.
  for (const { each, other } of pairs) {
    const place = await withContent(each, (a) => withContent(other, async (b) => placeOf(a, b)))
    if (place !== null) found.push(`${each.path} in ${place}`)
  }
  found.push(...pairs.flatMap(({ each, other }) => differingFacts(each, other)))
  // RECORD has the hashes of the others.
  const causes = found.filter((each) => !/^[^/]+\.dist-info\/RECORD in /.test(each))
  if (found.length > 0) return causes.length > 0 ? causes : found
  const isReordered = own.some((each, index) => each.path !== others[index]?.path)
  return [isReordered ? 'the order of its files' : 'the compression, or the header of the archive']
}

/** Passes on the members of an archive, whose contents can be read until `use` has ended. */
async function withMembers<Result>(file: string, use: (all: Member[]) => Promise<Result>): Promise<Result> {
  if (file.endsWith('.whl')) {
    return withZip(file, (zip) =>
      use(
        zip.members.map((each) => ({
          path: each.path,
          size: each.size,
          content: () => zip.content(each),
          facts: { permissions: (each.attributes >>> 16).toString(8), time: each.time },
        })),
      ),
    )
  }
  const members = readTarMembers(await readFile(file))
  return use(
    members.map(({ path, data, mode, time, owner, type, linkPath }) => ({
      path: path.toString('utf8'),
      size: data.length,
      content: () => [data],
      facts: { type, target: linkPath.toString('latin1'), permissions: mode.toString(8), owner, time },
    })),
  )
}

function differingFacts({ path, facts }: Member, other: Member): string[] {
  const names = Object.keys(facts).filter((each) => facts[each] !== other.facts[each])
  return names.map((each) => `${path} in its ${each}`)
}

/** Passes on the content of a member, to be read by position. */
async function withContent<Result>({ size, content }: Member, use: (bytes: Bytes) => Promise<Result>): Promise<Result> {
  const spool = new Spool(size)
  try {
    for await (const piece of content()) spool.write(Buffer.from(piece.buffer, piece.byteOffset, piece.length))
    return await spool.read(use)
  } finally {
    spool.close()
  }
}

/** Says where the contents of a file differ: its sections if it is native, else its first line, or its first byte. */
function placeOf(a: Bytes, b: Bytes): string | null {
  const at = firstDifference(a, b)
  if (at === null) return null
  const sections = differingSections(a, b)
  if (sections.length > 0) return `section${sections.length === 1 ? '' : 's'} ${sections.join(', ')}`
  if ([a, b].some((each) => occurrences(each, each.size, 0) > 0)) return `byte ${at}`
  return `line ${occurrences(a, at, 0x0a) + 1}`
}

/** Yields bytes in windows. @param end where to stop */
function* windowsOf(bytes: Bytes, end: number): Generator<Buffer> {
  for (let at = 0; at < end; at += WINDOW) yield bytes.read(at, Math.min(WINDOW, end - at))
}

/** Counts a byte among the first ones. */
function occurrences(bytes: Bytes, end: number, wanted: number): number {
  let count = 0
  for (const window of windowsOf(bytes, end)) {
    for (let at = window.indexOf(wanted); at >= 0; at = window.indexOf(wanted, at + 1)) count++
  }
  return count
}

/** Returns where two contents differ first; null if they are the same. */
function firstDifference(a: Bytes, b: Bytes): number | null {
  const shorter = Math.min(a.size, b.size)
  let at = 0
  for (const window of windowsOf(a, shorter)) {
    const other = b.read(at, window.length)
    if (!window.equals(other)) return at + window.findIndex((byte, index) => byte !== other[index])
    at += window.length
  }
  return a.size === b.size ? null : shorter
}

/** Returns the names of the sections that differ in two native files; none for other files, and for damaged ones. */
function differingSections(a: Bytes, b: Bytes): string[] {
  try {
    const [own, others] = [sectionsOf(a), sectionsOf(b)]
    const names = new Set([...own.keys(), ...others.keys()])
    return [...names].filter((name) => {
      const [parts, known] = [own.get(name) ?? [], others.get(name) ?? []]
      return (
        parts.length !== known.length ||
        parts.some((each, index) => firstDifference(each, known[index] as Bytes) !== null)
      )
    })
  } catch (cause) {
    if (!(cause instanceof BinaryError)) throw cause
    return []
  }
}

/** Returns the sections of a native file by their names. @throws BinaryError also when they overlap */
function sectionsOf(bytes: Bytes): Map<string, Bytes[]> {
  const parts = partsOf(bytes)
  // Bounds the work on hostile input.
  if (parts.reduce((sum, each) => sum + each.length, 0) > bytes.size) throw new BinaryError('its sections overlap')
  const sections = new Map<string, Bytes[]>()
  for (const { name, at, length } of parts) {
    sections.set(name, [...(sections.get(name) ?? []), new PartOfBytes(bytes, at, length)])
  }
  return sections
}
