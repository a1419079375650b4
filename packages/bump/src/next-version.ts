import { error, ProblemError } from '@slipway/core/problem'
import { compareVersions, parseVersion, type Version } from '@slipway/core/version'

/** The parts of a version that can be counted up. */
export const STEPS = ['major', 'minor', 'patch', 'rc'] as const

function candidateAfter({ major, minor, patch, prerelease }: Version): string {
  if (prerelease.length === 0) return `${major}.${minor}.${patch + 1}-rc.1`
  const [word, number] = prerelease
  const next = word === 'rc' && typeof number === 'number' ? number + 1 : 1
  return `${major}.${minor}.${patch}-rc.${next}`
}

function stepped(step: (typeof STEPS)[number], version: Version): string {
  const { major, minor, patch, prerelease } = version
  // A prerelease comes before the release of its own number, which is the next.
  const own = prerelease.length > 0
  switch (step) {
    case 'major':
      return `${own && minor === 0 && patch === 0 ? major : major + 1}.0.0`
    case 'minor':
      return `${major}.${own && patch === 0 ? minor : minor + 1}.0`
    case 'patch':
      return `${major}.${minor}.${own ? patch : patch + 1}`
    case 'rc':
      return candidateAfter(version)
  }
}

/**
 * The version that is meant by a version, or by the part that is counted up: as npm and cargo-release do it, a
 * prerelease is followed by the release of its own number, and `rc` begins a candidate of the next patch.
 * @param wish SemVer, with or without a `v`, or one of STEPS
 * @param current SemVer, or what stands in its place
 * @param allowOlder whether it may be older than the current one
 * @throws ProblemError `bump-not-a-version`, `bump-not-newer`, `version-not-semver`
 */
export function nextVersion(wish: string, current: string, allowOlder = false): string {
  const parsed = parseVersion(current)
  const step = STEPS.find((each) => each === wish)
  if (step && !parsed) {
    const message = `The version is ${JSON.stringify(current)}, which is not SemVer, so it cannot be counted up.`
    throw new ProblemError(error('version-not-semver', message, 'Name the version: slipway bump 1.2.3.'))
  }
  const next = step && parsed ? stepped(step, parsed) : wish.replace(/^v/, '')
  if (!parseVersion(next)) {
    const message = `${JSON.stringify(wish)} is no version by SemVer, so neither Cargo nor a tag could carry it.`
    const hint = `Name three numbers, and a prerelease as in 1.2.3-rc.1; or ${STEPS.join(', ')}.`
    throw new ProblemError(error('bump-not-a-version', message, hint))
  }
  if (!allowOlder && parsed && next !== current && compareVersions(next, current) <= 0) {
    const message = `The version ${next} is not newer than ${current}, which stands here: who has that would never be offered it.`
    throw new ProblemError(error('bump-not-newer', message, 'Name a newer one, or add --allow-older.'))
  }
  return next
}
