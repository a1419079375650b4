import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { ProblemError } from '@slipway/core/problem'
import { parseWheelFilename, type WheelFilename } from '@slipway/core/python/filename'
import { textOf, topOf, unreadable } from './archive.ts'
import { type CoreMetadata, parseMetadata } from './metadata.ts'
import { parseRecord, type RecordEntry } from './record.ts'

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
  files: Map<string, Uint8Array>
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

/** Unpacks the wanted files of an archive, by path. @throws ProblemError `wheel-unreadable` */
async function unpack(
  name: string,
  bytes: Uint8Array,
  isWanted: (entry: string) => boolean,
): Promise<Map<string, Uint8Array>> {
  // Imported only when a wheel is read, to keep an action's start fast.
  const { unzipSync } = await import('fflate')
  try {
    return new Map(Object.entries(unzipSync(bytes, { filter: (entry) => isWanted(entry.name) })))
  } catch (cause) {
    throw new ProblemError(unreadable('wheel', name, cause instanceof Error ? cause.message : String(cause)), cause)
  }
}

/**
 * Reads a wheel (PyPA specification "Binary distribution format").
 * @throws ProblemError `wheel-unreadable` when the name or the archive is not that of a wheel, or WHEEL, METADATA or
 * RECORD is missing
 */
export async function parseWheel(name: string, bytes: Uint8Array): Promise<Wheel> {
  const filename = readFilename(name)
  const seen = new Set<string>()
  const duplicates: string[] = []
  const files = await unpack(name, bytes, (entry) => {
    if (seen.has(entry)) duplicates.push(entry)
    seen.add(entry)
    return !entry.endsWith('/')
  })
  const folders = new Set([...files.keys()].map(topOf).filter((top) => top.endsWith('.dist-info')))
  // Installers refuse a second .dist-info folder.
  const distInfo = distInfoOf(filename)
  const required = (file: string): string => {
    const text = textOf(files, `${distInfo}/${file}`)
    if (folders.size !== 1 || text === null)
      throw new ProblemError(unreadable('wheel', name, `it has no ${distInfo}/${file}, or a second .dist-info folder`))
    return text
  }
  return {
    filename,
    distInfo,
    metadata: parseMetadata(required('METADATA')),
    // WHEEL has the same syntax as METADATA.
    wheelTags: parseMetadata(required('WHEEL')).all('Tag'),
    record: parseRecord(required('RECORD')),
    files,
    duplicates,
  }
}

/**
 * Reads the name and the METADATA of a wheel, and unpacks nothing else of it.
 * @throws ProblemError `wheel-unreadable`
 */
export async function readWheelMetadata(file: string): Promise<Pick<Wheel, 'filename' | 'metadata'>> {
  const name = path.basename(file)
  const filename = readFilename(name)
  const wanted = `${distInfoOf(filename)}/METADATA`
  const text = textOf(await unpack(name, await readFile(file), (entry) => entry === wanted), wanted)
  if (text === null) throw new ProblemError(unreadable('wheel', name, `it has no ${wanted}`))
  return { filename, metadata: parseMetadata(text) }
}

/** Reads a wheel from a file; see `parseWheel`. */
export async function readWheel(file: string): Promise<Wheel> {
  return parseWheel(path.basename(file), await readFile(file))
}
