import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { ProblemError } from '@slipway/core/problem'
import { textOf, topOf, unreadable } from './archive.ts'
import { type CoreMetadata, parseMetadata } from './metadata.ts'
import { parseRecord, type RecordEntry } from './record.ts'
import { parseWheelFilename, type WheelFilename } from './wheel-filename.ts'

/** A wheel, read. */
export interface Wheel {
  filename: WheelFilename
  /** Name of the folder that holds METADATA. */
  distInfo: string
  metadata: CoreMetadata
  /** The tags that its WHEEL file claims. */
  wheelTags: string[]
  record: RecordEntry[]
  /** What it holds, by path, without folders. */
  files: Map<string, Uint8Array>
  /** Paths that stand more than once in the archive. */
  duplicates: string[]
}

/**
 * Reads a wheel (PyPA specification "Binary distribution format").
 * Throws ProblemError (`wheel-unreadable`) when the name or the archive is not a wheel's, or WHEEL, METADATA or RECORD
 * is missing.
 */
export async function parseWheel(name: string, bytes: Uint8Array): Promise<Wheel> {
  const filename = parseWheelFilename(name)
  if (!filename) throw new ProblemError(unreadable('wheel', name, 'it is not named as one'))
  const seen = new Set<string>()
  const duplicates: string[] = []
  // Loaded where a wheel is read: an action's start is measured.
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
  // Indexes look for METADATA by the file's name; installers refuse a second such folder.
  const distInfo = `${filename.distribution}-${filename.version}.dist-info`
  const need = (file: string): string => {
    const text = textOf(files, `${distInfo}/${file}`)
    if (folders.size !== 1 || text === null)
      throw new ProblemError(unreadable('wheel', name, `it has no ${distInfo}/${file}, or another .dist-info besides`))
    return text
  }
  return {
    filename,
    distInfo,
    metadata: parseMetadata(need('METADATA')),
    // WHEEL is written in the same manner as METADATA.
    wheelTags: parseMetadata(need('WHEEL')).all('Tag'),
    record: parseRecord(need('RECORD')),
    files,
    duplicates,
  }
}

/** Reads a wheel from a file; see `parseWheel`. */
export async function readWheel(file: string): Promise<Wheel> {
  return parseWheel(path.basename(file), await readFile(file))
}
