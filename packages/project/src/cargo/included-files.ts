import { folderOf, join } from '@slipway/documents/paths'

/** A file that a source has the compiler read, by `include!`, `include_str!` or `include_bytes!`. */
export interface Read {
  line: number
  /** As written: relative to the source's folder. */
  path: string
}

/** What a source has besides its code. */
export interface SourceReads {
  reads: Read[]
  /** The modules that only tests have, without what follows the name: `src/tests` for `src/tests.rs` and what is below. */
  testModules: string[]
}

/** What begins here may hold what looks like code, or is what is looked for (the Rust reference, "Comments", "Tokens"). */
const BEGINS =
  /\/\/|\/\*|(?<!\w)[bc]?r(#*)"|"|'(?:\\(?:u\{[\da-f_]{1,8}\}|x..|.)|[^\\'])'|#!?\[|\binclude(?:_str|_bytes)?!\s{0,200}[([{]\s{0,200}"([^"\\]{1,1000})"/giu

/** `#[cfg(…)]`, with what it asks for. */
const CONDITION = /#!?\[\s*cfg(_attr)?\s*\(([^\]]{0,1000})\]/y

/** A module in a file of its own, and the file where it is named. */
const MODULE =
  /(?:\s*#\[\s*path\s*=\s*"([^"\\]{1,1000})"\s*\])?\s*(?:pub(?:\([^)]{0,100}\))?\s+)?mod\s+(?:r#)?(\w{1,200})\s*;/y

/** The end of what one of these ends, from a place on; the text's where none does. */
function endOf(text: string, ends: RegExp, from: number): number {
  ends.lastIndex = from
  return ends.exec(text) ? ends.lastIndex : text.length
}

/** The end of a string, whose escapes do not end it. */
function endOfString(text: string, from: number): number {
  const next = /\\|"/g
  for (let at = from; ; at = next.lastIndex + 1) {
    next.lastIndex = at
    const found = next.exec(text)
    if (found?.[0] !== '\\') return found ? next.lastIndex : text.length
  }
}

/** The end of a comment, in which others may stand. */
function endOfComment(text: string, from: number): number {
  const next = /\/\*|\*\//g
  next.lastIndex = from
  for (let depth = 1; depth > 0; ) {
    const found = next.exec(text)
    if (!found) return text.length
    depth += found[0] === '/*' ? 1 : -1
  }
  return next.lastIndex
}

/** Where the modules of a source are (the Rust reference, "Module source filenames"). */
function moduleFolder(source: string): string {
  return /(?:^|\/)(?:lib|main|mod)\.rs$/.test(source) ? folderOf(source) : source.replace(/\.rs$/, '')
}

/**
 * The files that a Rust source reads by name when it is built: not those that it speaks of, or reads in tests only.
 * What follows something else for tests than a module in another file is not looked at: by custom that is the end.
 * @param source its path, `/` between folders
 */
export function readsOf(source: string, text: string): SourceReads {
  const found: SourceReads = { reads: [], testModules: [] }
  // Most sources read none; what they say of modules matters too.
  if (!/\binclude|\bcfg\b/.test(text)) return found
  let line = 1
  let counted = 0
  const begins = new RegExp(BEGINS)
  for (let match = begins.exec(text); match; match = begins.exec(text)) {
    const [whole, hashes, path] = match
    const { index } = match
    const after = begins.lastIndex
    if (path !== undefined) {
      while (counted < index) if (text[counted++] === '\n') line++
      found.reads.push({ line, path })
    } else if (whole === '//') begins.lastIndex = endOf(text, /\n/g, after)
    else if (whole === '/*') begins.lastIndex = endOfComment(text, after)
    else if (whole === '"') begins.lastIndex = endOfString(text, after)
    else if (hashes !== undefined) {
      const end = text.indexOf(`"${hashes}`, after)
      begins.lastIndex = end === -1 ? text.length : end + 1 + hashes.length
    } else if (whole.startsWith('#')) {
      CONDITION.lastIndex = index
      const [, attribute, asked = ''] = CONDITION.exec(text) ?? []
      if (!/\b(?:doc)?test\b/.test(asked) || /\bnot\b/.test(asked)) continue
      MODULE.lastIndex = begins.lastIndex = CONDITION.lastIndex
      if (attribute !== undefined) continue
      const [, file, name] = MODULE.exec(text) ?? []
      if (name === undefined) return found
      const module = file === undefined ? join(moduleFolder(source), name) : join(folderOf(source), file)
      found.testModules.push(module.replace(/(?:\/mod)?\.rs$/, ''))
    }
  }
  return found
}

/** Whether a source is of such a module. */
export function isOfModule(source: string, modules: readonly string[]): boolean {
  return modules.some((each) => source === `${each}.rs` || source.startsWith(`${each}/`))
}
