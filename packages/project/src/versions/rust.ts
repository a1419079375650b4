import type { Where } from '@slipway/core/problem'
import { lineFinder, type Place, placesIn } from './place.ts'

const ADD = /\.add\(\s*"__version__"\s*,\s*/.source
const LITERAL = new RegExp(`${ADD}"(?<version>[^"\\n]*)"`, 'dg')
const OF_CARGO = new RegExp(`${ADD}env!\\(\\s*"CARGO_PKG_VERSION"\\s*\\)`, 'g')

/** The text with line comments blanked, offsets kept. An address in a string is blanked too, which hides no version. */
function withoutComments(text: string): string {
  return text.replace(/\/\/.*/g, (comment) => ' '.repeat(comment.length))
}

/** The versions that a Rust file of an extension module adds as literals: `m.add("__version__", "…")`. `env!(…)` is none. */
export function rustVersions(file: string, text: string): Place[] {
  return placesIn(file, withoutComments(text), LITERAL, 'python')
}

/** Where a Rust file adds Cargo's version as `__version__`: `m.add("__version__", env!("CARGO_PKG_VERSION"))`. */
export function cargoVersions(file: string, text: string): Where[] {
  const lineOf = lineFinder(text)
  // The macro stands where the match ends, should it begin lines before.
  return [...withoutComments(text).matchAll(OF_CARGO)].map(({ 0: whole, index }) => {
    return { file, line: lineOf(index + whole.lastIndexOf('env!')) }
  })
}
