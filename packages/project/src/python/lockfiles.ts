import path from 'node:path'
import type { Folder } from '@slipway/documents/folder'
import { folderOf, join } from '@slipway/documents/paths'
import { lineFinder, type Place } from '../version-place.ts'
import type { DiscoveredPackage } from './discovered-package.ts'

/** The version of one of the project's packages in a lock file. */
export interface PythonLocked extends Place {
  of: DiscoveredPackage
}

/** The lock files with versions of packages on disk: uv's and Poetry's. */
const LOCKS = new Set(['uv.lock', 'poetry.lock'])

const SOURCES = [
  /^source = \{ (?:editable|virtual|directory|workspace) = "(?<path>[^"]*)" \}/m,
  /^\[package\.source\]\r?\ntype = "directory"\r?\nurl = "(?<path>[^"]*)"/m,
]

/** Returns the entries of a lock file for packages on disk, each with its folder, relative to the file's, and the offsets of its version. */
function entriesOnDisk(text: string): { folder: string; range: readonly [start: number, end: number] }[] {
  let offset = 0
  return text.split(/^(?=\[\[package\]\])/m).flatMap((entry) => {
    const start = offset
    offset += entry.length
    const folder = SOURCES.map((each) => each.exec(entry)?.groups?.path).find((each) => each !== undefined)
    // A `dynamic` version is not in uv.lock. Tables below the entry's own keys may have a `version` too.
    const [own = ''] = entry.split(/^\[package\./m)
    const range = /^version = "(?<version>[^"]*)"/dm.exec(own)?.indices?.groups?.version
    return folder === undefined || !range ? [] : [{ folder, range: [start + range[0], start + range[1]] as const }]
  })
}

/** Returns the versions of the project's packages in uv.lock and poetry.lock, found by their folders. */
export async function pythonLocked(
  folder: Folder,
  files: readonly string[],
  packages: readonly DiscoveredPackage[],
): Promise<PythonLocked[]> {
  const byFolder = new Map(packages.map((each) => [each.path, each]))
  const locks = files.filter((each) => LOCKS.has(path.posix.basename(each)))
  const found = locks.map(async (file) => {
    const text = (await folder.read(file)) ?? ''
    const lineOf = lineFinder(text)
    return entriesOnDisk(text).flatMap((each): PythonLocked[] => {
      const of = byFolder.get(join(folderOf(file), each.folder))
      const { range } = each
      return of ? [{ file, line: lineOf(range[0]), value: text.slice(...range), range, spelling: 'python', of }] : []
    })
  })
  return (await Promise.all(found)).flat()
}
