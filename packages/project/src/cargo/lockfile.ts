import { compareVersions, parseVersion } from '@slipway/core/version'
import { applicableEdits, applyEdits, type Edit } from '@slipway/documents/edit'
import type { Folder } from '@slipway/documents/folder'
import { folderOf, join } from '@slipway/documents/paths'
import type { Place } from '../version-place.ts'
import type { Crate } from './crate.ts'

/** A package of a Cargo.lock. */
export interface LockedPackage {
  name: string
  /** Line of its name. */
  line: number
  /** Start and end of its entry, without blank lines after it, in UTF-16 units. */
  range: readonly [start: number, end: number]
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
  let open: (Partial<LockedPackage> & Pick<LockedPackage, 'range' | 'dependencies'>) | null = null
  const close = () => {
    const { name, line, range, version, isForeign = false, dependencies } = open ?? {}
    if (name !== undefined && line !== undefined && range && version && dependencies)
      packages.push({ name, line, range, version, isForeign, dependencies })
    open = null
  }
  let offset = 0
  for (const [index, raw] of text.split('\n').entries()) {
    const [, key, before = '', value = ''] = /^(?:(\w+) = | )?(")([^"]*)",?\s*$/.exec(raw) ?? []
    const start = offset + raw.indexOf(before) + 1
    const place = (): Place => {
      return { file, line: index + 1, value, range: [start, start + value.length], spelling: 'semver' }
    }
    const line: LockedPackage['range'] = [offset, offset + raw.trimEnd().length]
    offset += raw.length + 1
    if (raw.startsWith('[')) {
      close()
      if (raw.startsWith('[[package]]')) open = { range: line, dependencies: [] }
      continue
    }
    if (open && raw.trim() !== '') open.range = [open.range[0], line[1]]
    if (!open || before === '') continue
    else if (key === 'name') Object.assign(open, { name: value, line: index + 1 })
    else if (key === 'version') open.version = place()
    else if (key === 'source') open.isForeign = true
    else if (key === undefined) open.dependencies.push(place())
  }
  close()
  return packages
}

/** A part of a file. */
interface Part {
  range: LockedPackage['range']
  text: string
}

/** Returns the edits that sort parts of a file, each into the place of another. */
function sortEdits<T extends Part>(file: string, parts: readonly T[], compare: (a: T, b: T) => number): Edit[] {
  const sorted = parts.toSorted(compare)
  return parts.map(({ range }, index) => ({ file, range, text: (sorted[index] as T).text }))
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** cargo's order of packages (`PackageId`): one from disk comes before one from elsewhere. */
function comparePackages(a: LockedPackage, b: LockedPackage): number {
  const [one, other] = [a.version.value, b.version.value]
  const byVersion = parseVersion(one) && parseVersion(other) ? compareVersions(one, other) : 0
  return compareTexts(a.name, b.name) || byVersion || Number(a.isForeign) - Number(b.isForeign)
}

/**
 * Returns a Cargo.lock in cargo's order, after versions in it changed: packages by name and SemVer, the dependencies of
 * each as texts (cargo's `EncodablePackageId`). cargo rewrites a lock file in any other order.
 */
export function sortedLock(file: string, text: string): string {
  const apply = (before: string, edits: readonly Edit[]) => applyEdits(before, applicableEdits(before, edits))
  const dependencies = readLock(file, text).flatMap((each) => {
    const parts = each.dependencies.map(({ range, value }) => ({ range, text: value }))
    return sortEdits(file, parts, (a, b) => compareTexts(a.text, b.text))
  })
  const inner = apply(text, dependencies)
  const packages = readLock(file, inner).map((each) => ({ ...each, text: inner.slice(...each.range) }))
  return apply(inner, sortEdits(file, packages, comparePackages))
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
