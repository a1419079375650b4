import type { CrateContents } from '@slipway/core/plan'
import type { Folder } from '@slipway/documents/folder'
import { gitIgnoreOf, isIgnored, relativeTo, type Scope, scopesOf } from '@slipway/documents/ignore/gitignore'
import { ignoreRules, type MatchBudget, verdictWithParents } from '@slipway/documents/ignore/rules'
import { folderOf, isWithin, join } from '@slipway/documents/paths'
import { MAX_LINKED_FOLDERS } from '../limits.ts'
import type { Crate } from './crate.ts'
import { fieldOf, fileIn } from './field.ts'

/** The files that cargo adds (the Cargo book, "Packaging a crate"), with a `.cargo_vcs_info.json` in a repository. */
const ADDED_BY_CARGO = ['Cargo.lock', 'Cargo.toml', 'Cargo.toml.orig']

/** Options of `crateContents`. */
export interface ContentsOptions {
  /** Whether the crate is in a git repository. If not, cargo leaves out hidden files and ignores `.gitignore`. */
  isRepository: boolean
  /** Shared by the crates of a project, since a hostile project may have any number of rules and files. */
  budget: MatchBudget
}

/** Returns the packaging rules of a crate's `include` and `exclude`; `all` if `include` decides alone, without git. */
function packagingRules(
  crate: Crate,
  { isRepository, budget }: ContentsOptions,
): { takes(path: string, isFolder: boolean): boolean; all: boolean } {
  const lines = (key: string) => {
    const { value } = fieldOf(crate, key)
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
  }
  const include = lines('include')
  const hidden = isRepository ? [] : ['.*']
  const rules = ignoreRules(include.length > 0 ? include : [...hidden, ...lines('exclude')], budget)
  return {
    all: include.length > 0,
    takes(path, isFolder) {
      if (path === 'Cargo.toml' || path === 'Cargo.lock') return true
      if (include.length > 0) return isFolder || verdictWithParents(rules, path, false) === true
      return verdictWithParents(rules, path, isFolder) !== true
    },
  }
}

/** A file that is always packaged, with its path in the package: at the top if it is outside of the crate. */
interface Named {
  file: string
  as: string
}

function named(crate: Crate, file: string): Named {
  return { file, as: isWithin(file, crate.path) ? relativeTo(crate.path, file) : file.slice(file.lastIndexOf('/') + 1) }
}

/** The default readmes of a crate (the Cargo book, "The readme field"). */
const READMES = ['README.md', 'README.txt', 'README']

/** Returns the existing files of a crate's `readme` and `license-file`. */
async function namedFiles(crate: Crate, folder: Folder): Promise<Named[]> {
  const readme = fieldOf(crate, 'readme')
  const isInferred = readme.value === undefined || readme.value === true
  const candidates = [
    isInferred ? READMES.map((each) => join(crate.path, each)) : [fileIn(readme)],
    [fileIn(fieldOf(crate, 'license-file'))],
  ]
  const found: Named[] = []
  for (const names of candidates) {
    for (const file of names) {
      if (file === null || (await folder.size(file)) === null) continue
      found.push(named(crate, file))
      break
    }
  }
  return found
}

/**
 * Returns the files that `cargo package` takes of a crate (the Cargo book, "The exclude and include fields"), as far as
 * known without running anything: ignored files that are in git anyway are left out, and git's rules outside of the
 * project do not count.
 */
export async function crateContents(crate: Crate, folder: Folder, options: ContentsOptions): Promise<CrateContents> {
  const { isRepository, budget } = options
  const { takes, all } = packagingRules(crate, options)
  const usesGit = isRepository && !all
  const found: string[] = []
  let links = MAX_LINKED_FOLDERS
  /** @param above git's rules; null if cargo does not ask git  @param reals the real paths of the folders on the way */
  const walk = async (within: string, above: readonly Scope[] | null, reals: readonly string[]): Promise<void> => {
    const scopes = above && [...(await gitIgnoreOf(folder, within, budget)), ...above]
    const entries = await folder.entriesIn(within)
    // If cargo asks git for the files, a folder named Cargo.toml does not mark another package.
    const manifest = entries.find((each) => each.path === join(within, 'Cargo.toml'))
    if (within !== crate.path && manifest && !(scopes && manifest.isFolder)) return
    for (const { path, isFolder, isLink } of entries) {
      const own = relativeTo(crate.path, path)
      if (own === '.git' || (own === 'target' && isFolder)) continue
      // Git takes a link for a file. Cargo itself walks the folder behind it, unless that is a cycle.
      const real = isLink || (isFolder && !scopes) ? await folder.realFolder(path) : null
      if (isIgnored(scopes ?? [], path, isFolder) || !takes(own, isFolder || real !== null)) continue
      if (isFolder) await walk(path, scopes, real === null ? reals : [...reals, real])
      else if (real === null) found.push(own)
      else if (!reals.some((each) => isWithin(each, real)) && --links >= 0) await walk(path, null, [...reals, real])
    }
  }
  await walk(
    crate.path,
    usesGit ? (crate.path === '.' ? [] : await scopesOf(folder, folderOf(crate.path), budget)) : null,
    [(await folder.realFolder(crate.path)) ?? crate.path],
  )

  const more = (await namedFiles(crate, folder)).filter((each) => !found.includes(each.as))
  const read = [...found.map((each) => join(crate.path, each)), ...more.map((each) => each.file)]
  const sizes = await Promise.all(read.map((each) => folder.size(each)))
  const added = isRepository ? ['.cargo_vcs_info.json', ...ADDED_BY_CARGO] : ADDED_BY_CARGO
  return {
    files: [...new Set([...found, ...more.map((each) => each.as), ...added])].sort(),
    bytes: sizes.reduce((sum: number, each) => sum + (each ?? 0), 0),
  }
}
