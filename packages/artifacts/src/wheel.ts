import { createHash } from 'node:crypto'
import path from 'node:path'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { parseWheelFilename, type WheelFilename } from '@slipway/core/python/filename'
import type { CoreMetadata } from '@slipway/core/python/metadata/fields'
import { textOf, topOf, unreadable } from './archive.ts'
import { ContentReader, type Contents } from './contents.ts'
import { parseMetadata } from './metadata.ts'
import { algorithmOf, parseRecord, pathOf, type RecordEntry } from './record.ts'
import { refusedFor } from './refused.ts'
import { withZip, type Zip } from './zip.ts'
import { ZipError, type ZipMember } from './zip-directory.ts'

/** A file in a wheel. */
export interface WheelFile extends Contents {
  /** Bytes when unpacked. */
  size: number
  /** By the algorithm that RECORD names for it, urlsafe base64 without padding; null when RECORD names none. */
  digest: string | null
  /** Whether it has the checksum that the archive says. */
  isIntact: boolean
}

/** The contents of a wheel. */
export interface Wheel {
  filename: WheelFilename
  /** Name of the folder with METADATA. */
  distInfo: string
  metadata: CoreMetadata
  /** The version of the format, and the tags, that its WHEEL file claims. */
  wheelVersion: string | null
  wheelTags: string[]
  record: RecordEntry[]
  /** The contents of its METADATA, WHEEL, RECORD and, if it has one, entry_points.txt, by path. */
  texts: Map<string, Uint8Array>
  /** All of its files by path. */
  files: Map<string, WheelFile>
}

function readFilename(name: string): WheelFilename {
  const filename = parseWheelFilename(name)
  if (filename) return filename
  const message = `${name} is not the name of a wheel, so PyPI refuses it.`
  const hint = 'Do not rename wheels; a name is DISTRIBUTION-VERSION-PYTHON-ABI-PLATFORM.whl.'
  throw new ProblemError(error('wheel-name-invalid', message, hint))
}

/** Returns the folder of METADATA, which indexes derive from the file name. */
function distInfoOf({ distribution, version }: WheelFilename): string {
  return `${distribution}-${version}.dist-info`
}

function fileMissing(name: string, path: string): Problem {
  const message = `${name} has no ${path}, which PyPI requires of a wheel.`
  const hint = 'Build it again with a build backend, and do not rename it.'
  return error('wheel-file-missing', message, hint)
}

/** Opens a wheel as the archive that it is. @throws ProblemError `wheel-unreadable`, or what the archive's checks find */
async function withWheel<Result>(file: string, use: (zip: Zip) => Promise<Result>): Promise<Result> {
  const name = path.basename(file)
  try {
    return await withZip(file, use)
  } catch (cause) {
    if (cause instanceof ProblemError || isOfFileSystem(cause)) throw cause
    if (cause instanceof ZipError) {
      throw new ProblemError(
        cause.faults.map((each) => refusedFor(name, each)),
        cause,
      )
    }
    throw new ProblemError(unreadable('wheel', name, cause instanceof Error ? cause.message : String(cause)), cause)
  }
}

/** Whether a failure is the file system's, not the archive's. */
function isOfFileSystem(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException).syscall !== undefined
}

/** Streams a file of a wheel through its checksum and the hash that RECORD has for it, and reads what its content shows. */
async function readMember(zip: Zip, member: ZipMember, algorithm: string | null): Promise<WheelFile> {
  const { crc32 } = process.getBuiltinModule('node:zlib')
  const hash = algorithm === null ? null : createHash(algorithm)
  const reader = new ContentReader(member.path, member.size)
  let crc = 0
  try {
    for await (const piece of zip.content(member)) {
      crc = crc32(piece, crc)
      hash?.update(piece)
      reader.write(piece)
    }
    const digest = hash?.digest('base64url') ?? null
    return { size: member.size, digest, isIntact: crc === member.crc, ...reader.end() }
  } finally {
    reader.close()
  }
}

/** Unpacks the wanted files of a wheel, those that it has, by path. */
async function unpack(zip: Zip, wanted: readonly string[]): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>()
  for (const member of zip.members) if (wanted.includes(member.path)) found.set(member.path, await zip.bytes(member))
  return found
}

/** Installers refuse a second .dist-info folder. */
function refuseSecondDistInfo(name: string, members: readonly ZipMember[]): void {
  const folders = new Set(members.map((each) => topOf(each.path)).filter((top) => top.endsWith('.dist-info')))
  if (folders.size <= 1) return
  const message = `${name} has ${[...folders].join(' and ')}, so installers refuse it.`
  const hint = 'Build it again in an empty folder, so that nothing of another version is packed.'
  throw new ProblemError(error('wheel-dist-info-twice', message, hint))
}

/**
 * Reads a wheel (PyPA specification "Binary distribution format"). Its files are streamed, so that a wheel of any size
 * takes little memory.
 * @throws ProblemError `wheel-name-invalid`; `wheel-unreadable` and others when the archive is not one that PyPI takes;
 * `wheel-file-missing` when WHEEL, METADATA or RECORD is missing; `wheel-dist-info-twice`
 */
export async function readWheel(file: string): Promise<Wheel> {
  const name = path.basename(file)
  const filename = readFilename(name)
  const distInfo = distInfoOf(filename)
  return withWheel(file, async (zip) => {
    const members = zip.members.filter((each) => !each.path.endsWith('/'))
    refuseSecondDistInfo(name, members)
    const read = ['METADATA', 'WHEEL', 'RECORD', 'entry_points.txt'].map((each) => `${distInfo}/${each}`)
    const texts = await unpack(zip, read)
    const required = (file: string): string => {
      const text = textOf(texts, `${distInfo}/${file}`)
      if (text === null) throw new ProblemError(fileMissing(name, `${distInfo}/${file}`))
      return text
    }
    // WHEEL has the same syntax as METADATA.
    const wheel = parseMetadata(required('WHEEL'))
    const metadata = parseMetadata(required('METADATA'))
    const record = parseRecord(required('RECORD'))
    const algorithms = new Map(record.map((each) => [pathOf(each), algorithmOf(each)]))
    const files = new Map<string, WheelFile>()
    // One after another: two large files at a time would take twice the memory.
    for (const each of members) files.set(each.path, await readMember(zip, each, algorithms.get(each.path) ?? null))
    const [wheelVersion, wheelTags] = [wheel.get('Wheel-Version'), wheel.all('Tag')]
    return { filename, distInfo, metadata, wheelVersion, wheelTags, record, texts, files }
  })
}

/**
 * Reads the name and the METADATA of a wheel, and unpacks nothing else of it.
 * @throws ProblemError `wheel-name-invalid`, `wheel-file-missing`, `wheel-unreadable` or what the archive's checks find
 */
export async function readWheelMetadata(file: string): Promise<Pick<Wheel, 'filename' | 'metadata'>> {
  const name = path.basename(file)
  const filename = readFilename(name)
  const wanted = `${distInfoOf(filename)}/METADATA`
  const text = textOf(await withWheel(file, (zip) => unpack(zip, [wanted])), wanted)
  if (text === null) throw new ProblemError(fileMissing(name, wanted))
  return { filename, metadata: parseMetadata(text) }
}
