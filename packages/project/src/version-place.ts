import type { VersionPlace } from '@slipway/core/plan'
import { normalizePython, parseVersion } from '@slipway/core/version'
import type { TomlDocument, TomlKey } from '@slipway/documents/toml'

/** What a version is of, as slipway.toml names it: `[crates.NAME]`, `[packages.NAME]`. */
export interface Owner {
  table: 'crates' | 'packages'
  name: string
}

/** A place where a version stands, exactly: what is between `range` may be replaced by another version. */
export interface Place extends VersionPlace {
  /** Start and end of the version, in UTF-16 units of the file's text. */
  range: readonly [start: number, end: number]
  /** How a version is spelt there, where the one that stands there does not tell. */
  spelling: 'semver' | 'python'
  /** Why it may differ from what is released: it is that of a crate that goes nowhere, or is set to have its own. */
  apart?: 'private' | 'own'
  /** The crates and packages that have it for theirs, as far as that is known. */
  owners?: readonly Owner[]
}

/** Gives the line, counted from 1, of a place in a text by its offset in UTF-16 units. */
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
 * The places that a pattern finds in a text: what its group `version` matches.
 * @param pattern with the flags `g` and `d`
 */
export function placesIn(file: string, text: string, pattern: RegExp, spelling: Place['spelling']): Place[] {
  const lineOf = lineFinder(text)
  return [...text.matchAll(pattern)].flatMap((match) => {
    const range = match.indices?.groups?.version
    return range ? [{ file, line: lineOf(range[0]), value: text.slice(...range), range, spelling }] : []
  })
}

/** What is between the quotes of the string at a path of a TOML file; null when there is none. */
export function placeAt(document: TomlDocument, spelling: Place['spelling'], ...path: TomlKey[]): Place | null {
  const value = document.string(...path)
  const range = document.range(...path)
  if (value === undefined || !range) return null
  const quotes = /^("""|'''|"|')/.exec(document.text.slice(...range))?.[0].length ?? 0
  return { ...document.where(...path), value, range: [range[0] + quotes, range[1] - quotes], spelling }
}

/** Whether a place holds a version, as SemVer or as PEP 440 spells it. */
export function holds({ value }: VersionPlace, version: string): boolean {
  if (value === version) return true
  const python = parseVersion(version) && normalizePython(version)
  return python !== null && normalizePython(value) === python
}
