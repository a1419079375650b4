import { error, ProblemError } from '@slipway/core/problem'
import { compareVersions, parseVersion, type Version } from '@slipway/core/version'

/** The parts of a version that can be incremented. */
export const STEPS = ['major', 'minor', 'patch', 'rc'] as const

function candidateAfter({ major, minor, patch, prerelease }: Version): string {
  if (prerelease.length === 0) return `${major}.${minor}.${patch + 1}-rc.1`
  const [word, number] = prerelease
  const next = word === 'rc' && typeof number === 'number' ? number + 1 : 1
  return `${major}.${minor}.${patch}-rc.${next}`
}

function incremented(step: (typeof STEPS)[number], version: Version): string {
  const { major, minor, patch, prerelease } = version
  // The next release after a prerelease is the release of the same number.
  const isPrerelease = prerelease.length > 0
  switch (step) {
    case 'major':
      return `${isPrerelease && minor === 0 && patch === 0 ? major : major + 1}.0.0`
    case 'minor':
      return `${major}.${isPrerelease && patch === 0 ? minor : minor + 1}.0`
    case 'patch':
      return `${major}.${minor}.${isPrerelease ? patch : patch + 1}`
    case 'rc':
      return candidateAfter(version)
  }
}

/**
 * Returns the version that a user asks for, by a version or by the part to increment. As with npm and cargo-release, the
 * release of its own number follows a prerelease, and `rc` begins a candidate of the next patch.
 * @param wish SemVer, with or without a `v`, or one of STEPS
 * @param current the current version; it need not be SemVer
 * @param allowOlder whether the new version may be older than the current one
 * @throws ProblemError `bump-not-a-version`, `bump-not-newer`, `version-not-semver`
 */
export function nextVersion(wish: string, current: string, allowOlder = false): string {
  const parsed = parseVersion(current)
  const step = STEPS.find((each) => each === wish)
  if (step && !parsed) {
    const message = `The current version ${JSON.stringify(current)} is not SemVer, so it cannot be incremented.`
    throw new ProblemError(error('version-not-semver', message, 'Pass the new version: slipway bump 1.2.3.'))
  }
  const next = step && parsed ? incremented(step, parsed) : wish.replace(/^v/, '')
  if (!parseVersion(next)) {
    const message = `${JSON.stringify(wish)} is not a SemVer version, so neither Cargo nor a tag can use it.`
    const hint = `Pass three numbers, optionally with a prerelease, as in 1.2.3-rc.1; or one of ${STEPS.join(', ')}.`
    throw new ProblemError(error('bump-not-a-version', message, hint))
  }
  if (!allowOlder && parsed && next !== current && compareVersions(next, current) <= 0) {
    const message = `${next} is not newer than the current version ${current}: users on ${current} would never be upgraded to it.`
    throw new ProblemError(error('bump-not-newer', message, 'Choose a newer version, or add --allow-older.'))
  }
  return next
}
