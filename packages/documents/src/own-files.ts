import path from 'node:path'
import { gitIgnoreScope, isIgnored, type Scope } from './ignore/gitignore.ts'
import { ample } from './ignore/rules.ts'

/** Folders of these names hold what others made, or tools. */
const NAMES = new Set(['target', 'node_modules', '__pycache__', 'vendor', 'vendored', 'third_party'])

/** What lies in the folder of a virtual environment, of conda's, and of a crate that `cargo vendor` wrote. */
const MARKS = new Set(['pyvenv.cfg', 'conda-meta', '.cargo-checksum.json'])

/** Whether a folder is left out for its name: hidden ones are besides. */
function isForeignName(name: string): boolean {
  return name.startsWith('.') || NAMES.has(name)
}

/** Whether a folder is left out for what lies in it. @param names of its entries */
function hasForeignMark(names: readonly string[]): boolean {
  return names.some((each) => MARKS.has(each))
}

/** The folders of submodules by a `.gitmodules` (git's manual, gitmodules(5)), relative to the project. */
function submodules(text: string): string[] {
  const paths = [...text.matchAll(/^[ \t]*path[ \t]*=[ \t]*"?([^"\r\n]*)/gm)].map(([, each = '']) => each.trim())
  return paths.map((each) => path.posix.normalize(each).replace(/\/$/, '')).filter((each) => each !== '.')
}

/** What a project has made itself. */
export interface OwnFiles {
  /** Sorted. */
  files: string[]
  /** The folders that are left out, without those below them. */
  leftOut: Set<string>
}

/** What `ownFiles` asks of a folder. */
interface Listing {
  read(file: string): Promise<string | null>
  entriesIn(folder: string): Promise<{ path: string; isFolder: boolean }[]>
}

/**
 * Finds what is the project's own: no hidden folder, build output or environment, nothing that others made (vendored code,
 * submodules), and nothing that a `.gitignore` of the project leaves out, be it in git or not. Links to folders are not
 * followed. What git holds though it is ignored cannot be told.
 */
export async function ownFiles(folder: Listing): Promise<OwnFiles> {
  const leftOut = new Set(submodules((await folder.read('.gitmodules')) ?? ''))
  const effort = ample()
  const walk = async (within: string, above: readonly Scope[]): Promise<string[]> => {
    const entries = await folder.entriesIn(within)
    const names = entries.map((each) => path.posix.basename(each.path))
    if (within !== '.' && hasForeignMark(names)) {
      leftOut.add(within)
      return []
    }
    const rules = names.indexOf('.gitignore')
    const text = entries[rules] ? await folder.read(entries[rules].path) : null
    const scopes = text === null ? above : [gitIgnoreScope(within, text, effort), ...above]
    const found = entries.map(async (each, index) => {
      const isIgnoredHere = isIgnored(scopes, each.path, each.isFolder)
      if (!each.isFolder) return isIgnoredHere ? [] : [each.path]
      if (isIgnoredHere || isForeignName(names[index] ?? '')) leftOut.add(each.path)
      return leftOut.has(each.path) ? [] : walk(each.path, scopes)
    })
    return (await Promise.all(found)).flat()
  }
  return { files: (await walk('.', [])).sort(), leftOut }
}
