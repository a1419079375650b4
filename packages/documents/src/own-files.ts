import path from 'node:path'
import { gitIgnoreScope, isIgnored, type Scope } from './ignore/gitignore.ts'
import { matchBudget } from './ignore/rules.ts'

/** Names of folders that hold build outputs, installed packages or vendored code. */
const FOREIGN_NAMES = new Set(['target', 'node_modules', '__pycache__', 'vendor', 'vendored', 'third_party'])

/** Files that mark a virtual environment, an environment of conda, or a crate that `cargo vendor` wrote. */
const FOREIGN_MARKS = new Set(['pyvenv.cfg', 'conda-meta', '.cargo-checksum.json'])

/** Whether a folder is left out because of its name; hidden folders are too. */
function isForeignName(name: string): boolean {
  return name.startsWith('.') || FOREIGN_NAMES.has(name)
}

/** Whether a folder is left out because of its content. @param names of its entries */
function hasForeignMark(names: readonly string[]): boolean {
  return names.some((each) => FOREIGN_MARKS.has(each))
}

/** Returns the folders of submodules that a `.gitmodules` names (git's manual, gitmodules(5)), relative to the project. */
function submodules(text: string): string[] {
  const paths = [...text.matchAll(/^[ \t]*path[ \t]*=[ \t]*"?([^"\r\n]*)/gm)].map(([, each = '']) => each.trim())
  return paths.map((each) => path.posix.normalize(each).replace(/\/$/, '')).filter((each) => each !== '.')
}

/** A project's own files. */
export interface OwnFiles {
  /** Sorted. */
  files: string[]
  /** The folders that are left out, without the folders in them. */
  leftOut: Set<string>
}

/** The methods of a folder that `ownFiles` needs. */
interface Listing {
  read(file: string): Promise<string | null>
  entriesIn(folder: string): Promise<{ path: string; isFolder: boolean }[]>
}

/**
 * Finds the project's own files: none in hidden folders, build outputs, environments, vendored code or submodules, and
 * none that a `.gitignore` of the project excludes, with or without git. Links to folders are not followed. A file that is
 * in git although it is ignored is left out too, since git is not asked.
 */
export async function ownFiles(folder: Listing): Promise<OwnFiles> {
  const leftOut = new Set(submodules((await folder.read('.gitmodules')) ?? ''))
  const budget = matchBudget()
  const walk = async (within: string, parentScopes: readonly Scope[]): Promise<string[]> => {
    const entries = await folder.entriesIn(within)
    const names = entries.map((each) => path.posix.basename(each.path))
    if (within !== '.' && hasForeignMark(names)) {
      leftOut.add(within)
      return []
    }
    const gitIgnore = entries[names.indexOf('.gitignore')]
    const text = gitIgnore ? await folder.read(gitIgnore.path) : null
    const scopes = text === null ? parentScopes : [gitIgnoreScope(within, text, budget), ...parentScopes]
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
