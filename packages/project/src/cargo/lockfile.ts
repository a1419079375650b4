import type { Folder } from '@slipway/documents/folder'
import { folderOf, join } from '@slipway/documents/paths'
import type { Place } from '../version-place.ts'
import type { Crate } from './crate.ts'

/** A package of a Cargo.lock. */
export interface LockedPackage {
  name: string
  /** Line of its name. */
  line: number
  version: Place
  /** Whether it comes from a registry or git repository, not from disk. */
  isForeign: boolean
  /** Its dependencies: `name`, followed by the version if several packages have that name. */
  dependencies: Place[]
}

/** A Cargo.lock, with the crates of its workspace. */
export interface LockFile {
  file: string
  packages: LockedPackage[]
  /** The crates of its workspace. */
  crates: Crate[]
}

/**
 * Reads the packages of a Cargo.lock line by line, in the form that cargo writes (cargo's `encode.rs`): a TOML parser
 * takes too long for thousands of packages.
 */
export function readLock(file: string, text: string): LockedPackage[] {
  const packages: LockedPackage[] = []
  let open: (Partial<LockedPackage> & { dependencies: Place[] }) | null = null
  const close = () => {
    const { name, line, version, isForeign = false, dependencies = [] } = open ?? {}
    if (name !== undefined && line !== undefined && version)
      packages.push({ name, line, version, isForeign, dependencies })
    open = null
  }
  let offset = 0
  for (const [index, raw] of text.split('\n').entries()) {
    const [, key, before = '', value = ''] = /^(?:(\w+) = | )?(")([^"]*)",?\s*$/.exec(raw) ?? []
    const start = offset + raw.indexOf(before) + 1
    const place = (): Place => {
      return { file, line: index + 1, value, range: [start, start + value.length], spelling: 'semver' }
    }
    offset += raw.length + 1
    if (raw.startsWith('[')) {
      close()
      if (raw.startsWith('[[package]]')) open = { dependencies: [] }
    } else if (!open || before === '') continue
    else if (key === 'name') Object.assign(open, { name: value, line: index + 1 })
    else if (key === 'version') open.version = place()
    else if (key === 'source') open.isForeign = true
    else if (key === undefined) open.dependencies.push(place())
  }
  close()
  return packages
}

/**
 * Reads the lock files of a project's workspaces.
 * @param files of the project: a lock file that git ignores, as in many libraries, does not count
 */
export async function locksOf(folder: Folder, files: readonly string[], crates: readonly Crate[]): Promise<LockFile[]> {
  const lockOf = (crate: Crate) => join(folderOf(crate.workspace.file), 'Cargo.lock')
  const existing = new Set(files)
  const locks: LockFile[] = []
  for (const file of new Set(crates.map(lockOf))) {
    const text = existing.has(file) ? await folder.read(file) : null
    if (text !== null)
      locks.push({ file, packages: readLock(file, text), crates: crates.filter((each) => lockOf(each) === file) })
  }
  return locks
}
