import { folderOf, join } from '@slipway/documents/paths'

/** A file that a source includes by `include!`, `include_str!` or `include_bytes!`. */
export interface IncludedFile {
  line: number
  /** As written: relative to the source's folder. */
  path: string
}

/** The files that a source includes, and its modules for tests. */
export interface SourceReads {
  reads: IncludedFile[]
  /** The modules for tests only, without an extension: `src/tests` for `src/tests.rs` and the files in `src/tests/`. */
  testModules: string[]
}

/** The start of a comment, string, character, attribute or inclusion (the Rust reference, "Comments", "Tokens"). */
const TOKEN_START =
  /\/\/|\/\*|(?<!\w)[bc]?r(#*)"|"|'(?:\\(?:u\{[\da-f_]{1,8}\}|x..|.)|[^\\'])'|#!?\[|\binclude(?:_str|_bytes)?!\s{0,200}[([{]\s{0,200}"([^"\\]{1,1000})"/giu

/** `#[cfg(…)]` with its condition. */
const CONDITION = /#!?\[\s*cfg(_attr)?\s*\(([^\]]{0,1000})\]/y

/** A module in another file, with the path of that file if it has one. */
const MODULE =
  /(?:\s*#\[\s*path\s*=\s*"([^"\\]{1,1000})"\s*\])?\s*(?:pub(?:\([^)]{0,100}\))?\s+)?mod\s+(?:r#)?(\w{1,200})\s*;/y

/** Returns the end of the first match from an offset on; the end of the text if there is none. */
function endOf(text: string, ends: RegExp, start: number): number {
  ends.lastIndex = start
  return ends.exec(text) ? ends.lastIndex : text.length
}

/** Returns the end of a string. An escaped quote does not end it. */
function endOfString(text: string, start: number): number {
  const next = /\\|"/g
  for (let at = start; ; at = next.lastIndex + 1) {
    next.lastIndex = at
    const found = next.exec(text)
    if (found?.[0] !== '\\') return found ? next.lastIndex : text.length
  }
}

/** Returns the end of a block comment, which may contain others. */
function endOfComment(text: string, start: number): number {
  const next = /\/\*|\*\//g
  next.lastIndex = start
  for (let depth = 1; depth > 0; ) {
    const found = next.exec(text)
    if (!found) return text.length
    depth += found[0] === '/*' ? 1 : -1
  }
  return next.lastIndex
}

/** Returns the folder of a source's modules (the Rust reference, "Module source filenames"). */
function moduleFolder(source: string): string {
  return /(?:^|\/)(?:lib|main|mod)\.rs$/.test(source) ? folderOf(source) : source.replace(/\.rs$/, '')
}

/**
 * Returns the files that a Rust source includes when it is built: not those in comments and strings, nor those for tests
 * only. Reading stops at the first test item that is not a module in another file, which is the last one by convention.
 * @param source its path, `/` between folders
 */
export function readsOf(source: string, text: string): SourceReads {
  const found: SourceReads = { reads: [], testModules: [] }
  // Most sources include nothing, so they are not scanned.
  if (!/\binclude|\bcfg\b/.test(text)) return found
  let line = 1
  let counted = 0
  const starts = new RegExp(TOKEN_START)
  for (let match = starts.exec(text); match; match = starts.exec(text)) {
    const [whole, hashes, path] = match
    const { index } = match
    const after = starts.lastIndex
    if (path !== undefined) {
      while (counted < index) if (text[counted++] === '\n') line++
      found.reads.push({ line, path })
    } else if (whole === '//') starts.lastIndex = endOf(text, /\n/g, after)
    else if (whole === '/*') starts.lastIndex = endOfComment(text, after)
    else if (whole === '"') starts.lastIndex = endOfString(text, after)
    else if (hashes !== undefined) {
      const end = text.indexOf(`"${hashes}`, after)
      starts.lastIndex = end === -1 ? text.length : end + 1 + hashes.length
    } else if (whole.startsWith('#')) {
      CONDITION.lastIndex = index
      const [, attribute, condition = ''] = CONDITION.exec(text) ?? []
      if (!/\b(?:doc)?test\b/.test(condition) || /\bnot\b/.test(condition)) continue
      MODULE.lastIndex = starts.lastIndex = CONDITION.lastIndex
      if (attribute !== undefined) continue
      const [, file, name] = MODULE.exec(text) ?? []
      if (name === undefined) return found
      const module = file === undefined ? join(moduleFolder(source), name) : join(folderOf(source), file)
      found.testModules.push(module.replace(/(?:\/mod)?\.rs$/, ''))
    }
  }
  return found
}

/** Whether a source belongs to one of the modules in `testModules`. */
export function isOfModule(source: string, modules: readonly string[]): boolean {
  return modules.some((each) => source === `${each}.rs` || source.startsWith(`${each}/`))
}
