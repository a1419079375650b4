import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { parseSdistFilename } from '@slipway/core/python/filename'
import type { CoreMetadata } from '@slipway/core/python/metadata/fields'
import { textOf, topOf, unreadable } from './archive.ts'
import { parseMetadata } from './metadata.ts'
import { readTarMembers, type TarMember } from './tar.ts'

/** The contents of a source distribution. */
export interface Sdist {
  /** The project's name as in the file name, which should be normalized with `_`. */
  distribution: string
  /** PEP 440. */
  version: string
  /** Names of its top folders; a valid sdist has one, `{distribution}-{version}`. */
  folders: string[]
  /** From the PKG-INFO of its top folder. */
  metadata: CoreMetadata
  /** Its files by path. */
  files: Map<string, Uint8Array>
  /** Everything in it: also folders and links. */
  members: TarMember[]
}

function nameInvalid(name: string): Problem {
  const message = `${name} is not the name of an sdist, so PyPI refuses it.`
  return error('sdist-name-invalid', message, 'Do not rename sdists; a name is DISTRIBUTION-VERSION.tar.gz.')
}

function withoutInfo(name: string, where: string): Problem {
  const message = `${name} has no ${where}/PKG-INFO, so PyPI refuses it.`
  const hint =
    'Build it with the build backend (`python -m build --sdist`, `maturin sdist`), not with tar or git archive.'
  return error('sdist-without-pkg-info', message, hint)
}

/**
 * Reads a source distribution (PyPA specification "Source distribution format").
 * @throws ProblemError `sdist-name-invalid`; `sdist-unreadable` when it is no gzipped tar archive; `sdist-without-pkg-info`
 */
export function parseSdist(name: string, bytes: Uint8Array): Sdist {
  const named = name.endsWith('.tar.gz') ? parseSdistFilename(name) : null
  if (!named) throw new ProblemError(nameInvalid(name))
  let members: TarMember[]
  try {
    members = readTarMembers(bytes)
  } catch (cause) {
    throw new ProblemError(unreadable('sdist', name, cause instanceof Error ? cause.message : String(cause)), cause)
  }
  const folders = [...new Set(members.map((each) => topOf(each.path.toString('utf8'))))]
  const regular = members.filter((each) => each.type === '0')
  const files = new Map(regular.map((each) => [each.path.toString('utf8'), each.data]))
  const expected = `${named.distribution}-${named.version}`
  const top = folders.length === 1 ? (folders[0] as string) : expected
  const info = textOf(files, `${top}/PKG-INFO`)
  if (info === null) throw new ProblemError(withoutInfo(name, top))
  return { ...named, folders, metadata: parseMetadata(info), files, members }
}

/** Reads a source distribution from a file; see `parseSdist`. */
export async function readSdist(file: string): Promise<Sdist> {
  return parseSdist(path.basename(file), await readFile(file))
}
