import { error, ProblemError, type Where } from '@slipway/core/problem'
import { type AST, getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser'
import { MAX_TOML_CHARACTERS, MAX_TOML_PATH_KEYS } from './limits.ts'

/** A key of a table, or an index of an array. */
export type TomlKey = string | number

/** A table's values by key. */
export type TomlTable = Record<string, unknown>

/** Whether a value is a table. */
export function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

/** Records the position of each value: a table or array first, then its values. */
function locate(node: AST.TOMLNode, path: readonly TomlKey[], places: Map<string, AST.TOMLNode>): void {
  const record = (key: readonly TomlKey[]) => {
    if (key.length > MAX_TOML_PATH_KEYS) throw new RangeError('too many keys in a path')
    const id = JSON.stringify(key)
    if (!places.has(id)) places.set(id, node)
  }
  if (node.type === 'TOMLKeyValue') {
    const keys = getStaticTOMLValue(node.key)
    // A dotted key defines a table for each of its parts.
    for (let depth = 1; depth < keys.length; depth++) record([...path, ...keys.slice(0, depth)])
    locate(node.value, [...path, ...keys], places)
    return
  }
  record(path)
  if (node.type === 'TOMLArray') {
    for (const [index, each] of node.elements.entries()) locate(each, [...path, index], places)
  } else if (node.type === 'TOMLTable' || node.type === 'TOMLInlineTable') {
    for (const each of node.body) locate(each, path, places)
  }
}

/** A parsed TOML file: its values, and the position of each in the text. */
export class TomlDocument {
  /** Relative to the project. */
  readonly file: string
  readonly text: string
  readonly value: TomlTable
  readonly #places = new Map<string, AST.TOMLNode>()

  constructor(file: string, text: string, program: AST.TOMLProgram) {
    this.file = file
    this.text = text
    this.value = getStaticTOMLValue(program) as TomlTable
    for (const each of program.body[0].body) {
      locate(each, each.type === 'TOMLTable' ? each.resolvedKey : [], this.#places)
    }
  }

  /** Returns the value at a path of keys, or undefined. */
  get(...path: TomlKey[]): unknown {
    let value: unknown = this.value
    for (const key of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
      value = (value as Record<TomlKey, unknown>)[key]
    }
    return value
  }

  /** Returns the value at a path if it is a string, or undefined. */
  string(...path: TomlKey[]): string | undefined {
    const value = this.get(...path)
    return typeof value === 'string' ? value : undefined
  }

  /** Returns the table at a path; an empty one if there is none. */
  table(...path: TomlKey[]): TomlTable {
    const value = this.get(...path)
    return isTable(value) ? value : {}
  }

  /** Returns the strings of the array at a path; empty if there is none. */
  strings(...path: TomlKey[]): string[] {
    const value = this.get(...path)
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
  }

  /** Returns start and end, in UTF-16 units of the text, of the value at a path, quotes included; null if there is none. */
  range(...path: TomlKey[]): readonly [start: number, end: number] | null {
    return this.#places.get(JSON.stringify(path))?.range ?? null
  }

  /** Returns the line of the value at a path, or of the nearest table or array around it; line 1 if there is none. */
  where(...path: TomlKey[]): Where {
    for (let depth = path.length; depth > 0; depth--) {
      const node = this.#places.get(JSON.stringify(path.slice(0, depth)))
      if (node) return { file: this.file, line: node.loc.start.line }
    }
    return { file: this.file, line: 1 }
  }
}

/** Errors about a line that ends too soon: the parser reports the next token, on a line below. */
const ENDS_TOO_SOON = /must be on the same line|Unterminated table-key/

/** Returns line and column, counted from 1, of the text to correct. */
function positionOf(
  { message, index, lineNumber, column }: ParseError,
  text: string,
): { line: number; column: number } {
  const before = text.slice(0, index).trimEnd()
  // The parser reports a key without a value where the next line begins.
  if (!ENDS_TOO_SOON.test(message) && !before.endsWith('=')) return { line: lineNumber, column: column + 1 }
  const lines = before.split('\n')
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 }
}

/**
 * Parses a TOML document (TOML 1.1, which cargo 1.95 accepts; Python's tools report at build time what they do not).
 * Throws ProblemError (`toml-syntax`) with file and line.
 * @param file its path relative to the project
 */
export function parseToml(file: string, text: string): TomlDocument {
  try {
    if (text.length > MAX_TOML_CHARACTERS) throw new RangeError('too long a text')
    // Cargo skips a byte order mark. A blank in its place keeps positions right.
    return new TomlDocument(file, text, parseTOML(text.replace(/^\uFEFF/, ' '), { tomlVersion: '1.1' }))
  } catch (cause) {
    if (cause instanceof RangeError) {
      const message = `${file} is too long or nests too deeply, so Slipway cannot use it.`
      throw new ProblemError(error('toml-syntax', message, 'Shorten or flatten it.', { file, line: 1 }), cause)
    }
    if (!(cause instanceof ParseError)) throw cause
    const message = `${file} is not valid TOML (${cause.message}), so Slipway cannot use it.`
    const { line, column } = positionOf(cause, text)
    const problem = error('toml-syntax', message, `Correct line ${line}, column ${column}.`, { file, line })
    throw new ProblemError(problem, cause)
  }
}

/** Reads a TOML file of the project; null if it is missing or not valid. */
export type ReadToml = (file: string) => Promise<TomlDocument | null>
