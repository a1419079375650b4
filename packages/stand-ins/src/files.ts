import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'

/** What an upload takes: files, absolute, and the folder that they are named from. */
export interface Gathered {
  root: string
  files: string[]
}

/** Characters of a glob. */
const GLOB = /[*?[\]]/

/** The folder, or file, before the first part with a glob in it. */
function start(pattern: string): string {
  const parts = pattern.split(path.sep)
  const first = parts.findIndex((each) => GLOB.test(each))
  return first === -1 ? pattern : parts.slice(0, first).join(path.sep) || path.sep
}

/** A glob as a regular expression for whole paths; it takes what is in a folder that it names, too. */
function expression(pattern: string): RegExp {
  const text = pattern.replace(/\*\*\/|\*\*|\*|\?|\[[^\]]*\]|[^*?[]+/g, (part) => {
    if (part === '**/') return '(?:.*/)?'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    return part.startsWith('[') ? part.replace(/^\[!/, '[^') : part.replace(/[.^${}()|\]\\+]/g, '\\$&')
  })
  return new RegExp(`^${text}(?:/.*)?$`)
}

async function filesUnder(found: string): Promise<string[]> {
  const about = await stat(found).catch(() => null)
  if (!about) return []
  if (!about.isDirectory()) return [found]
  const all = await readdir(found, { withFileTypes: true, recursive: true })
  return all.filter((each) => !each.isDirectory()).map((each) => path.join(each.parentPath, each.name))
}

function commonFolder(folders: readonly string[]): string {
  const [first = path.sep, ...others] = folders
  let common = first.split(path.sep)
  for (const each of others) {
    const parts = each.split(path.sep)
    const end = common.findIndex((part, at) => part !== parts[at])
    if (end !== -1) common = common.slice(0, end)
  }
  return common.join(path.sep) || path.sep
}

/**
 * The files that `path` of actions/upload-artifact names (its README, "Inputs"): globs, one a line, those with `!` taking
 * away. They are named from their folder, of several from the one that all of them are in.
 */
export async function gather(lines: readonly string[], { hidden }: { hidden: boolean }): Promise<Gathered> {
  const given = lines.map((each) => each.trim()).filter((each) => each !== '')
  const wanted = given.filter((each) => !each.startsWith('!')).map((each) => path.resolve(each))
  const left = given.filter((each) => each.startsWith('!')).map((each) => expression(path.resolve(each.slice(1))))
  const starts = wanted.map(start)
  const found = new Set<string>()
  for (const [at, pattern] of wanted.entries()) {
    const matches = expression(pattern)
    for (const each of await filesUnder(starts[at] as string)) {
      const isHidden = path
        .relative(commonFolder(starts), each)
        .split(path.sep)
        .some((part) => part.startsWith('.'))
      if (matches.test(each) && !left.some((one) => one.test(each)) && (hidden || !isHidden)) found.add(each)
    }
  }
  const folders = await Promise.all(
    starts.map(async (each) => ((await stat(each).catch(() => null))?.isDirectory() ? each : path.dirname(each))),
  )
  return { root: commonFolder(folders), files: [...found].sort() }
}
