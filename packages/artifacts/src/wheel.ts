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

/**
 * Reads a wheel (PyPA specification "Binary distribution format").
 * @throws ProblemError `wheel-unreadable` when the name or the archive is not that of a wheel, or WHEEL, METADATA or
 * RECORD is missing
 */
export async function parseWheel(name: string, bytes: Uint8Array): Promise<Wheel> {
  const filename = parseWheelFilename(name)
  if (!filename) throw new ProblemError(unreadable('wheel', name, 'its name is not that of a wheel'))
  const seen = new Set<string>()
  const duplicates: string[] = []
  // Imported only when a wheel is read, to keep an action's start fast.
  const { unzipSync } = await import('fflate')
  let unpacked: Record<string, Uint8Array>
  try {
    unpacked = unzipSync(bytes, {
      filter(entry) {
        if (seen.has(entry.name)) duplicates.push(entry.name)
        seen.add(entry.name)
        return !entry.name.endsWith('/')
      },
    })
  } catch (cause) {
    throw new ProblemError(unreadable('wheel', name, cause instanceof Error ? cause.message : String(cause)), cause)
  }
  const files = new Map(Object.entries(unpacked))
  const folders = new Set([...files.keys()].map(topOf).filter((top) => top.endsWith('.dist-info')))
  // Indexes derive the folder of METADATA from the file name; installers refuse a second .dist-info folder.
  const distInfo = `${filename.distribution}-${filename.version}.dist-info`
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

/** Reads a wheel from a file; see `parseWheel`. */
export async function readWheel(file: string): Promise<Wheel> {
  return parseWheel(path.basename(file), await readFile(file))
}
