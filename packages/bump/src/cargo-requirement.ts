import { accepts, COMPARISON } from '@slipway/core/requirement'
import { isPrerelease, parseVersion } from '@slipway/core/version'

/** Returns a version in as many numbers as an operand has, with the operand's `*`. A prerelease cannot be shortened. */
function shortened(operand: string, version: string): string {
  const { major, minor, patch } = parseVersion(version) ?? { major: 0, minor: 0, patch: 0 }
  const parts = operand.replace(/[-+].*/, '').split('.')
  if (isPrerelease(version) || (parts.length > 2 && !/[*xX]/.test(operand))) return version
  return parts.map((each, index) => (/^\d/.test(each) ? [major, minor, patch][index] : each)).join('.')
}

/**
 * Returns a crate's requirement for another crate whose version changes: unchanged if it accepts the new version and
 * does not spell the old one in full; else with the same operator, as precise as before if that accepts the new version.
 * @param from the old version, and `to` the new: SemVer
 */
export function updatedRequirement(requirement: string, from: string, to: string): string {
  const parts = requirement.split(',').map((text) => ({ text, operand: COMPARISON.exec(text)?.[2] ?? '' }))
  const isInFull = parts.some(({ operand }) => operand === from)
  if (!isInFull && accepts(requirement, to) !== false) return requirement
  const [only] = parts
  const candidates =
    parts.length === 1 && only
      ? [shortened(only.operand, to), to].map((operand) => only.text.replace(only.operand, operand))
      : [parts.map(({ text, operand }) => (operand === from ? text.replace(operand, to) : text)).join(',')]
  // Any other requirement is probably meant as a bare version.
  return candidates.find((each) => accepts(each, to)) ?? to
}
