import satisfies from 'semver/functions/satisfies.js'
import validRange from 'semver/ranges/valid.js'

/** One comparison of a requirement: its operator and the version that it compares with, possibly short or with a `*`. */
export const COMPARISON = /^\s*(?:(\^|~|=|>=|<=|>|<)\s*(?=\d))?(\d[^\s,]*|\*)\s*$/

/** Nobody requires so much of a crate. */
const LONGEST = 256

/**
 * Whether a Cargo requirement accepts a version (the Cargo book, "Specifying dependencies"): a bare version is a
 * caret requirement, commas join, and a prerelease is accepted only by a comparison that names one of the same three
 * numbers. Null for what is no such requirement.
 * @param version SemVer
 */
export function accepts(requirement: string, version: string): boolean | null {
  if (requirement.length > LONGEST) return null
  const comparisons = requirement.split(',').map((each) => COMPARISON.exec(each))
  if (!comparisons.every((each) => each !== null)) return null
  // The rules of npm's semver are the same but for what a bare version means, and how comparisons are joined.
  const range = comparisons
    .map(([, operator, operand = '']) => `${operator ?? (/[*xX]/.test(operand) ? '' : '^')}${operand}`)
    .join(' ')
  return validRange(range) === null ? null : satisfies(version, range)
}
