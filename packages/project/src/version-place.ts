import type { VersionPlace } from '@slipway/core/plan'
import { normalizePython, parsePython } from '@slipway/core/python/version'
import { parseVersion } from '@slipway/core/version'
import type { TomlDocument, TomlKey } from '@slipway/documents/toml'

/** The owner of a version, as slipway.toml names it: `[crates.NAME]`, `[packages.NAME]`. */
export interface Owner {
  table: 'crates' | 'packages'
  name: string
}

/** The exact place of a version. The text of `range` may be replaced by another version. */
export interface Place extends VersionPlace {
  /** Start and end of the version, in UTF-16 units of the file's text. */
  range: readonly [start: number, end: number]
  /** The spelling of versions there, if the current value does not show it. */
  spelling: 'semver' | 'python'
  /** What it shows of the version, if not all: `{major}.{minor}`. */
  form?: string
  /** Why it may differ from the release's version: its crate or package is private, or has `version = "own"`. */
  separate?: 'private' | 'own'
  /** Whether it is in a Python package that no wheel contains. */
  isInNoWheel?: true
  /** The crates and packages that have this version, as far as known. */
  owners?: readonly Owner[]
}

/** Returns a function that gives the line, counted from 1, of an offset in UTF-16 units. Ascending offsets are fast. */
export function lineFinder(text: string): (offset: number) => number {
  let line = 1
  let end = text.indexOf('\n')
  let last = 0
  return (offset) => {
    if (offset < last) {
      line = 1
      end = text.indexOf('\n')
    }
    last = offset
    for (; end !== -1 && end < offset; end = text.indexOf('\n', end + 1)) line++
    return line
  }
}

/**
 * Returns the places of a pattern's group `version` in a text.
 * @param pattern with the flags `g` and `d`
 */
export function placesIn(file: string, text: string, pattern: RegExp, spelling: Place['spelling']): Place[] {
  const lineOf = lineFinder(text)
  return [...text.matchAll(pattern)].flatMap((match) => {
    const range = match.indices?.groups?.version
    return range ? [{ file, line: lineOf(range[0]), value: text.slice(...range), range, spelling }] : []
  })
}

/** Returns the place of a string in a TOML file, without its quotes; null for none. */
export function placeAt(document: TomlDocument, spelling: Place['spelling'], ...path: TomlKey[]): Place | null {
  const value = document.string(...path)
  const range = document.range(...path)
  if (value === undefined || !range) return null
  const quotes = /^("""|'''|"|')/.exec(document.text.slice(...range))?.[0].length ?? 0
  return { ...document.where(...path), value, range: [range[0] + quotes, range[1] - quotes], spelling }
}

/** Whether a place has any version: a source file may assign `"unknown"` until the real one is known. */
export function isVersion({ value }: VersionPlace): boolean {
  return parseVersion(value) !== null || parsePython(value) !== null
}

/** Fills the numbers of a SemVer version into a form: `{major}.{minor}`. Null for another version. */
export function shownAs(form: string, version: string): string | null {
  const parsed = parseVersion(version)
  return parsed && form.replace(/\{(major|minor|patch)\}/g, (_, part: 'major' | 'minor' | 'patch') => `${parsed[part]}`)
}

/** Whether a place has a version, in the spelling of SemVer or PEP 440, or as much of it as it shows. */
export function holds({ value, form }: Pick<Place, 'value' | 'form'>, version: string): boolean {
  if (form !== undefined) return value === shownAs(form, version)
  if (value === version) return true
  const python = parseVersion(version) && normalizePython(version)
  return python !== null && normalizePython(value) === python
}
