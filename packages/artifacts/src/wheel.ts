import { createHash } from 'node:crypto'
import path from 'node:path'
import { ProblemError } from '@slipway/core/problem'
import { parseWheelFilename, type WheelFilename } from '@slipway/core/python/filename'
import { topOf, unreadable } from './archive.ts'
import { type CoreMetadata, parseMetadata } from './metadata.ts'
import { algorithmOf, parseRecord, type RecordEntry } from './record.ts'
import { withZip, type Zip, type ZipMember } from './zip.ts'

/** A file in a wheel. */
export interface WheelFile {
  /** Bytes when unpacked. */
  size: number
  /** By the algorithm that RECORD names for it, urlsafe base64 without padding; null when RECORD names none. */
  digest: string | null
}

/** The contents of a wheel. */
export interface Wheel {
  filename: WheelFilename
  /** Name of the folder with METADATA. */
  distInfo: string
  metadata: CoreMetadata
  /** The tags that its WHEEL file claims. */
  wheelTags: string[]
  record: RecordEntry[]
  /** Its files by path. */
  files: Map<string, WheelFile>
  /** Paths that occur more than once in the archive. */
  duplicates: string[]
}

function readFilename(name: string): WheelFilename {
  const filename = parseWheelFilename(name)
  if (!filename) throw new ProblemError(unreadable('wheel', name, 'its name is not that of a wheel'))
  return filename
}

/** Returns the folder of METADATA, which indexes derive from the file name. */
function distInfoOf({ distribution, version }: WheelFilename): string {
  return `${distribution}-${version}.dist-info`
}

/** Opens a wheel as the archive that it is. @throws ProblemError `wheel-unreadable` */
async function withWheel<Result>(file: string, use: (zip: Zip) => Promise<Result>): Promise<Result> {
  try {
    return await withZip(file, use)
  } catch (cause) {
    if (cause instanceof ProblemError || isOfFileSystem(cause)) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ProblemError(unreadable('wheel', path.basename(file), why), cause)
  }
}

/** Whether a failure is the file system's, not the archive's. */
function isOfFileSystem(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException).syscall !== undefined
}

/** Streams a file of a wheel through the hash that RECORD has for it. */
async function digestOf(zip: Zip, member: ZipMember, algorithm: string | null): Promise<string | null> {
  const hash = algorithm === null ? null : createHash(algorithm)
  // Without a hash it is unpacked too, since installers unpack it.
  for await (const piece of zip.content(member)) hash?.update(piece)
  return hash?.digest('base64url') ?? null
}

/**
 * Reads a wheel (PyPA specification "Binary distribution format"). Its files are streamed, so that a wheel of any size
 * takes little memory.
 * @throws ProblemError `wheel-unreadable` when the name or the archive is not that of a wheel, or WHEEL, METADATA or
 * RECORD is missing
 */
export async function readWheel(file: string): Promise<Wheel> {
  const name = path.basename(file)
  const filename = readFilename(name)
  return withWheel(file, async (zip) => {
    const members = new Map<string, ZipMember>()
    const duplicates: string[] = []
    for (const member of zip.members) {
      if (members.has(member.path)) duplicates.push(member.path)
      members.set(member.path, member)
    }
    for (const each of [...members.keys()]) if (each.endsWith('/')) members.delete(each)
    const folders = new Set([...members.keys()].map(topOf).filter((top) => top.endsWith('.dist-info')))
    const distInfo = distInfoOf(filename)
    const required = async (file: string): Promise<string> => {
      const member = members.get(`${distInfo}/${file}`)
      // Installers refuse a second .dist-info folder.
      if (folders.size !== 1 || !member) throw new Error(`it has no ${distInfo}/${file}, or a second .dist-info folder`)
      return zip.text(member)
    }
    const metadata = parseMetadata(await required('METADATA'))
    // WHEEL has the same syntax as METADATA.
    const wheelTags = parseMetadata(await required('WHEEL')).all('Tag')
    const record = parseRecord(await required('RECORD'))
    const algorithms = new Map(record.map((each) => [each.path, algorithmOf(each)]))
    const files = new Map<string, WheelFile>()
    // One after another: two large files at a time would take twice the memory.
    for (const [path, member] of members) {
      const digest = await digestOf(zip, member, algorithms.get(path) ?? null)
      files.set(path, { size: member.size, digest })
    }
    return { filename, distInfo, metadata, wheelTags, record, files, duplicates }
  })
}

/**
 * Reads the name and the METADATA of a wheel, and unpacks nothing else of it.
 * @throws ProblemError `wheel-unreadable`
 */
export async function readWheelMetadata(file: string): Promise<Pick<Wheel, 'filename' | 'metadata'>> {
  const filename = readFilename(path.basename(file))
  return withWheel(file, async (zip) => {
    const wanted = `${distInfoOf(filename)}/METADATA`
    const member = zip.members.findLast((each) => each.path === wanted)
    if (!member) throw new Error(`it has no ${wanted}`)
    return { filename, metadata: parseMetadata(await zip.text(member)) }
  })
}
