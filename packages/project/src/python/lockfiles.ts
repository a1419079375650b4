import path from 'node:path'
import type { Folder } from '@slipway/documents/folder'
import { folderOf, join } from '@slipway/documents/paths'
import { lineFinder, type Place } from '../version-place.ts'
import type { DiscoveredPackage } from './discovered-package.ts'

/** Where the lock file of a Python workspace has the version of one of its packages. */
export interface PythonLocked extends Place {
  of: DiscoveredPackage
}

/** The lock files that have the versions of packages on disk: that of uv, and Poetry's. */
const LOCKS = new Set(['uv.lock', 'poetry.lock'])

const SOURCES = [
  /^source = \{ (?:editable|virtual|directory|workspace) = "(?<path>[^"]*)" \}/m,
  /^\[package\.source\]\r?\ntype = "directory"\r?\nurl = "(?<path>[^"]*)"/m,
]

/** The entries of a lock file that are of folders: each with its folder, relative to the file's, and its version's offsets. */
function onDisk(text: string): { folder: string; range: readonly [start: number, end: number] }[] {
  let offset = 0
  return text.split(/^(?=\[\[package\]\])/m).flatMap((entry) => {
    const start = offset
    offset += entry.length
    const folder = SOURCES.map((each) => each.exec(entry)?.groups?.path).find((each) => each !== undefined)
    // A package whose version is `dynamic` has none in uv.lock; below its own keys there may be others of that name.
    const [own = ''] = entry.split(/^\[package\./m)
    const range = /^version = "(?<version>[^"]*)"/dm.exec(own)?.indices?.groups?.version
    return folder === undefined || !range ? [] : [{ folder, range: [start + range[0], start + range[1]] as const }]
  })
}

/** Where uv.lock and poetry.lock have versions of the project's packages, by their folders. */
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
    return onDisk(text).flatMap((each): PythonLocked[] => {
      const of = byFolder.get(join(folderOf(file), each.folder))
      const { range } = each
      return of ? [{ file, line: lineOf(range[0]), value: text.slice(...range), range, spelling: 'python', of }] : []
    })
  })
  return (await Promise.all(found)).flat()
}
