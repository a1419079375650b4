import { readFile } from 'node:fs/promises'
import { MemoryBytes } from './binary/bytes.ts'
import { partsOf } from './binary/read.ts'
import { readTarMembers } from './tar.ts'
import { withZip } from './zip.ts'

/** A member of an archive, as far as two builds may differ in it. */
interface Member {
  path: string
  content: Buffer
  /** The other facts by their names for people. */
  facts: Readonly<Record<string, string | number>>
}

/**
 * Compares two archives of the same name, and says where they differ, the cause of everything else first: members that only
 * one has, the line or the section in which a member differs, its time or permissions, the order, the compression.
 * @param first path of a wheel, sdist or crate
 * @returns what differs, as in `demo/_demo.abi3.so in section .rodata`; empty if the bytes are the same
 * @throws Error, ZipError when one of them cannot be read
 */
export async function differencesOf(first: string, second: string): Promise<string[]> {
  const [a, b] = await Promise.all([readFile(first), readFile(second)])
  if (a.equals(b)) return []
  const [own, others] = await Promise.all([membersOf(first, a), membersOf(second, b)])
  const known = new Map(others.map((each) => [each.path, each]))
  const paths = new Set(own.map((each) => each.path))
  const found = [
    ...own.filter((each) => !known.has(each.path)).map(({ path }) => `${path} is only in the first`),
    ...others.filter((each) => !paths.has(each.path)).map(({ path }) => `${path} is only in the second`),
    ...own.flatMap((each) => memberDifferences(each, known.get(each.path))),
  ]
  // RECORD has the hashes of the others.
  const causes = found.filter((each) => !/^[^/]+\.dist-info\/RECORD in /.test(each))
  if (found.length > 0) return causes.length > 0 ? causes : found
  const isReordered = own.some((each, index) => each.path !== others[index]?.path)
  return [isReordered ? 'the order of its files' : 'the compression, or the header of the archive']
}

async function membersOf(file: string, bytes: Buffer): Promise<Member[]> {
  if (!file.endsWith('.whl')) {
    return readTarMembers(bytes).map(({ path, data, mode, time, owner, type, linkPath }) => ({
      path: path.toString('utf8'),
      content: Buffer.from(data),
      facts: { type, target: linkPath.toString('latin1'), permissions: mode.toString(8), owner, time },
    }))
  }
  return withZip(file, async (zip) => {
    const members: Member[] = []
    for (const member of zip.members) {
      const { path, attributes, time } = member
      members.push({
        path,
        content: await zip.bytes(member),
        facts: { permissions: (attributes >>> 16).toString(8), time },
      })
    }
    return members
  })
}

function memberDifferences({ path, content, facts }: Member, other: Member | undefined): string[] {
  if (!other) return []
  const what = Object.keys(facts).filter((each) => facts[each] !== other.facts[each])
  const inside = content.equals(other.content) ? null : placeOf(content, other.content)
  return [...(inside === null ? [] : [`${path} in ${inside}`]), ...what.map((each) => `${path} in its ${each}`)]
}

/** Says where the contents of a file differ: its sections if it is native, else its first line, or its first byte. */
function placeOf(a: Buffer, b: Buffer): string {
  const sections = differingSections(a, b)
  if (sections.length > 0) return `section${sections.length === 1 ? '' : 's'} ${sections.join(', ')}`
  const shorter = Math.min(a.length, b.length)
  let at = 0
  while (at < shorter && a[at] === b[at]) at++
  const before = a.subarray(0, at)
  if (a.includes(0) || b.includes(0)) return `byte ${at}`
  return `line ${before.toString('latin1').split('\n').length}`
}

/** Returns the names of the sections that differ in two native files; none for other files, and for damaged ones. */
function differingSections(a: Buffer, b: Buffer): string[] {
  const contents = (bytes: Buffer) => {
    try {
      const parts = partsOf(new MemoryBytes(bytes))
      return parts.map(({ name, at, length }) => ({ name, content: bytes.subarray(at, at + length) }))
    } catch {
      return []
    }
  }
  const [own, others] = [contents(a), contents(b)]
  const names = new Set([...own, ...others].map((each) => each.name))
  const joined = (parts: typeof own, name: string) =>
    Buffer.concat(parts.filter((each) => each.name === name).map((each) => each.content))
  return [...names].filter((name) => !joined(own, name).equals(joined(others, name)))
}
