import { createHash } from 'node:crypto'
import { ProblemError } from '@slipway/core/problem'
import { textOf, topOf, unreadable } from './archive.ts'
import { readTarGz, type TarEntry } from './tar.ts'

/** Cargo's record of the commit that a crate was packaged from. */
const VCS_INFO = '.cargo_vcs_info.json'

/** The contents of a packaged crate. Paths are relative to its top folder. */
export interface Crate {
  /** Names of its top folders; a valid crate has one, `{name}-{version}`. */
  folders: string[]
  /** sha256 of each file, lower-case hex. */
  entries: Map<string, string>
  /** The manifest as cargo normalized it. */
  cargoToml: string
  /** The commit that it was packaged from, or null when cargo recorded none. */
  commit: string | null
  /** Returns a file's text, or null when the file is missing. */
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
 * @throws ProblemError `crate-unreadable` when it is not one
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
 * The versions that a crate was verified with. Its checksums are not compared: those of published crates never change,
 * but that of a sibling crate changes with every commit, because the sibling records the commit.
 */
const LOCK = 'Cargo.lock'

/**
 * Whether two crates have the same folder and the same files with the same bytes, except for the recorded commit and the
 * checksums in Cargo.lock. Compression, times and modes are ignored: they differ between versions of cargo.
 * @throws ProblemError when one of them is not a crate
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
