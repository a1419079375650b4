import { createHash } from 'node:crypto'
import { ProblemError } from '@slipway/core/problem'
import { textOf, topOf, unreadable } from './archive.ts'
import { readTarGz, type TarEntry } from './tar.ts'

/** Cargo's record of the commit that a crate was packaged from. */
const VCS_INFO = '.cargo_vcs_info.json'

/** A packaged crate, read. Paths are relative to its one folder. */
export interface Crate {
  /** Names of its top folders: one, `{name}-{version}`, in a good one. */
  folders: string[]
  /** sha256 of each file, lower-case hex. */
  entries: Map<string, string>
  /** The manifest as cargo normalized it. */
  cargoToml: string
  /** The commit it was packaged from, or null when cargo recorded none. */
  commit: string | null
  /** A file's text, or null when it is not there. */
  text(path: string): string | null
}

function commitIn(text: string | null): string | null {
  try {
    return JSON.parse(text ?? '{}').git?.sha1 ?? null
  } catch {
    return null
  }
}

/**
 * Reads a `.crate`: a gzipped tar of one folder `{name}-{version}` (the Cargo book, "cargo package").
 * Throws ProblemError (`crate-unreadable`) when it is none.
 */
export function readCrate(bytes: Uint8Array, filename = 'the crate'): Crate {
  let archive: TarEntry[]
  try {
    archive = readTarGz(bytes)
  } catch (cause) {
    throw new ProblemError(unreadable('crate', filename, cause instanceof Error ? cause.message : String(cause)), cause)
  }
  const folders = [...new Set(archive.map((each) => topOf(each.path)))]
  const inside = archive
    .filter((each) => each.type !== 'folder')
    .map((each) => [each.path.slice(topOf(each.path).length + 1), each.data] as const)
  const files = new Map(inside)
  const cargoToml = textOf(files, 'Cargo.toml')
  if (cargoToml === null) throw new ProblemError(unreadable('crate', filename, 'it has no Cargo.toml'))
  return {
    folders,
    entries: new Map(inside.map(([path, data]) => [path, createHash('sha256').update(data).digest('hex')])),
    cargoToml,
    commit: commitIn(textOf(files, VCS_INFO)),
    text: (path) => textOf(files, path),
  }
}

/**
 * Versions that a crate was verified with. Its checksums are not content: a name and a version of a registry never change
 * theirs, but that of a sibling packaged beside it changes with every commit, by the record in it.
 */
const LOCK = 'Cargo.lock'

/**
 * Whether two crates have the same content: the same folder, the same files with the same bytes, the record of the
 * commit and the checksums in Cargo.lock apart. Compression, times and modes do not count: cargo's versions differ in them.
 * Throws ProblemError when one is no crate.
 */
export function sameCrateContent(a: Uint8Array, b: Uint8Array): boolean {
  const content = (bytes: Uint8Array) => {
    const { folders, entries, text } = readCrate(bytes)
    entries.delete(VCS_INFO)
    entries.set(LOCK, text(LOCK)?.replace(/^checksum = .*\n/gm, '') ?? '')
    return JSON.stringify([folders, [...entries].sort(([x], [y]) => (x < y ? -1 : 1))])
  }
  return content(a) === content(b)
}
