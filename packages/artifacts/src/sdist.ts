import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { ProblemError } from '@slipway/core/problem'
import { parseSdistFilename } from '@slipway/core/python/filename'
import { textOf, topOf, unreadable } from './archive.ts'
import { type CoreMetadata, parseMetadata } from './metadata.ts'
import { readTarGz } from './tar.ts'

/** The contents of a source distribution. */
export interface Sdist {
  /** The project's name, escaped as in file names. */
  distribution: string
  /** PEP 440. */
  version: string
  /** Names of its top folders; a valid sdist has one, `{distribution}-{version}`. */
  folders: string[]
  /** From the PKG-INFO of its top folder. */
  metadata: CoreMetadata
  /** Its files by path. */
  files: Map<string, Uint8Array>
}

/**
 * Reads a source distribution (PyPA specification "Source distribution format"; PEP 625 for its name).
 * @throws ProblemError `sdist-unreadable` when the name or the archive is not that of an sdist, or PKG-INFO is missing
 */
export function parseSdist(name: string, bytes: Uint8Array): Sdist {
  const named = name.endsWith('.tar.gz') ? parseSdistFilename(name) : null
  // Only old sdists have a `-` in the name of the project, and PyPI refuses new ones with it.
  if (!named || named.distribution.includes('-'))
    throw new ProblemError(unreadable('sdist', name, 'its name is not that of an sdist'))
  const { distribution, version } = named
  let files: Map<string, Uint8Array>
  let folders: string[]
  try {
    const entries = readTarGz(bytes)
    folders = [...new Set(entries.map((each) => topOf(each.path)))]
    files = new Map(entries.filter((each) => each.type === 'file').map((each) => [each.path, each.data]))
  } catch (cause) {
    throw new ProblemError(unreadable('sdist', name, cause instanceof Error ? cause.message : String(cause)), cause)
  }
  const info = textOf(files, `${distribution}-${version}/PKG-INFO`)
  if (info === null) throw new ProblemError(unreadable('sdist', name, `it has no ${distribution}-${version}/PKG-INFO`))
  return { distribution, version, folders, metadata: parseMetadata(info), files }
}

/** Reads a source distribution from a file; see `parseSdist`. */
export async function readSdist(file: string): Promise<Sdist> {
  return parseSdist(path.basename(file), await readFile(file))
}
