import satisfies from 'semver/functions/satisfies.js'
import validRange from 'semver/ranges/valid.js'
import { MAX_CARGO_REQUIREMENT_CHARACTERS } from './limits.ts'

/** Matches one comparison of a requirement: its operator and its version, which may be short or have a `*`. */
export const COMPARISON = /^\s*(?:(\^|~|=|>=|<=|>|<)\s*(?=\d))?(\d[^\s,]*|\*)\s*$/

/**
 * Whether a Cargo requirement accepts a version (the Cargo book, "Specifying dependencies"): a bare version is a
 * caret requirement, commas join, and a prerelease is accepted only by a comparison that names one of the same three
 * numbers. Returns null for an invalid requirement.
 * @param version SemVer
 */
export function accepts(requirement: string, version: string): boolean | null {
  if (requirement.length > MAX_CARGO_REQUIREMENT_CHARACTERS) return null
  const comparisons = requirement.split(',').map((each) => COMPARISON.exec(each))
  if (!comparisons.every((each) => each !== null)) return null
  // npm's semver has the same rules, except that a bare version is exact and blanks join comparisons.
  const range = comparisons
    .map(([, operator, operand = '']) => `${operator ?? (/[*xX]/.test(operand) ? '' : '^')}${operand}`)
    .join(' ')
  return validRange(range) === null ? null : satisfies(version, range)
}
