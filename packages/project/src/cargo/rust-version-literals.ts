import type { Where } from '@slipway/core/problem'
import { MAX_VERSION_CONSTANTS } from '../limits.ts'
import { isVersion, lineFinder, type Place, placesIn } from '../version-place.ts'

const ADD = /\.(?:add|setattr)\(\s*(?:(?:pyo3::)?intern!\([^,"]{0,80},\s*"__version__"\s*\)|"__version__")\s*,\s*/
  .source
const LITERAL = /(?:String::from\(\s*)?"(?<version>[^"\n]*)"/.source
const OF_CARGO = /env!\(\s*"CARGO_PKG_VERSION"\s*\)/.source
/** A constant that is added. Only the same file is searched for it, since other files may have one of that name. */
const CONSTANT = new RegExp(`${ADD}(?:Self::)?(?<name>[A-Z_][A-Z0-9_]{0,80})\\b`, 'g')

/** The start of a comment, or a string, raw string or character that may look like one. */
const TOKEN =
  /\br(#*)"[\s\S]*?(?:"\1|$)|"(?:[^"\\]+|\\[\s\S])*"?|'(?:[^'\\\n]|\\[^\n][^'\n]{0,8})'|(?<line>\/\/.*)|(?<block>\/\*)/g

/** Returns the end of a block comment, which may contain others (The Rust Reference, "Comments"). */
function endOfBlock(text: string, start: number): number {
  let depth = 1
  for (const { 0: mark, index } of text.slice(start).matchAll(/\/\*|\*\//g)) {
    depth += mark === '/*' ? 1 : -1
    if (depth === 0) return start + index + mark.length
  }
  return text.length
}

/** Blanks the comments of a text. Offsets stay. */
function withoutComments(text: string): string {
  const pieces: string[] = []
  const token = new RegExp(TOKEN)
  let end = 0
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const { line, block } = found.groups ?? {}
    if (line === undefined && block === undefined) continue
    if (block !== undefined) token.lastIndex = endOfBlock(text, token.lastIndex)
    const comment = text.slice(found.index, token.lastIndex).replace(/[^\n]/g, ' ')
    pieces.push(text.slice(end, found.index), comment)
    end = token.lastIndex
  }
  return pieces.join('') + text.slice(end)
}

/** Matches an assignment of `__version__`: in place, by a constant of the same file, or by a constant of that name. */
function versionAssignment(code: string, value: string): RegExp {
  const names = new Set(['__version__', ...[...code.matchAll(CONSTANT)].map((each) => each.groups?.name)])
  const constants = [...names]
    .slice(0, MAX_VERSION_CONSTANTS)
    .map((name) => `|\\b(?:const|static)\\s+${name}\\s*:\\s*&\\s*(?:'static\\s+)?str\\s*=\\s*`)
  return new RegExp(`(?:${ADD}${constants.join('')})${value}`, 'dg')
}

/** Returns the versions that a Rust file of an extension module adds as literals: `m.add("__version__", "…")`, not `env!(…)`. */
export function rustVersions(file: string, text: string): Place[] {
  const code = withoutComments(text)
  return placesIn(file, code, versionAssignment(code, LITERAL), 'python').filter(isVersion)
}

/** Returns the lines where a Rust file adds Cargo's version as `__version__`: `m.add("__version__", env!("CARGO_PKG_VERSION"))`. */
export function cargoVersions(file: string, text: string): Where[] {
  const code = withoutComments(text)
  const lineOf = lineFinder(code)
  // The match may begin lines before the macro.
  return [...code.matchAll(versionAssignment(code, OF_CARGO))].map(({ 0: whole, index }) => {
    return { file, line: lineOf(index + whole.lastIndexOf('env!')) }
  })
}
