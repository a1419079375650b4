import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'

/** The files of an upload: absolute paths, and the folder that their names are relative to. */
export interface Gathered {
  root: string
  files: string[]
}

/** Characters that make a path a glob. */
const GLOB = /[*?[\]]/

/** Returns the part of a path before its first glob: a folder or a file. */
function start(pattern: string): string {
  const parts = pattern.split(path.sep)
  const first = parts.findIndex((each) => GLOB.test(each))
  return first === -1 ? pattern : parts.slice(0, first).join(path.sep) || path.sep
}

/** Makes a regular expression of a glob for whole paths; it also matches everything in a matching folder. */
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
 * Finds the files for `path` of actions/upload-artifact (its README, "Inputs"): one glob per line, `!` excludes. Names are
 * relative to the folder of the glob, or to the common folder of several.
 */
export async function gather(lines: readonly string[], { hidden }: { hidden: boolean }): Promise<Gathered> {
  const patterns = lines.map((each) => each.trim()).filter((each) => each !== '')
  const included = patterns.filter((each) => !each.startsWith('!')).map((each) => path.resolve(each))
  const excluded = patterns
    .filter((each) => each.startsWith('!'))
    .map((each) => expression(path.resolve(each.slice(1))))
  const starts = included.map(start)
  const found = new Set<string>()
  for (const [at, pattern] of included.entries()) {
    const matches = expression(pattern)
    for (const each of await filesUnder(starts[at] as string)) {
      const isHidden = path
        .relative(commonFolder(starts), each)
        .split(path.sep)
        .some((part) => part.startsWith('.'))
      if (matches.test(each) && !excluded.some((one) => one.test(each)) && (hidden || !isHidden)) found.add(each)
    }
  }
  const folders = await Promise.all(
    starts.map(async (each) => ((await stat(each).catch(() => null))?.isDirectory() ? each : path.dirname(each))),
  )
  return { root: commonFolder(folders), files: [...found].sort() }
}
