import compare from 'semver/functions/compare.js'
import parse from 'semver/functions/parse.js'

/** A parsed SemVer version. */
export interface Version {
  major: number
  minor: number
  patch: number
  /** The identifiers after `-`. */
  prerelease: readonly (string | number)[]
  /** The identifiers after `+`. */
  build: readonly string[]
}

/**
 * Parses a version by SemVer 2.0.0, strictly: no leading `v`, no blanks, three numbers.
 * Returns null for anything else.
 */
export function parseVersion(text: string): Version | null {
  const parsed = parse(text)
  if (!parsed) return null
  const { major, minor, patch, prerelease, build, version } = parsed
  // The semver package accepts `v`, `=` and blanks.
  if ([version, ...build].join('.') !== text.replace('+', '.')) return null
  return { major, minor, patch, prerelease, build }
}

/** Whether a SemVer version has a part after `-`. */
export function isPrerelease(version: string): boolean {
  return (parseVersion(version)?.prerelease.length ?? 0) > 0
}

/**
 * Compares two SemVer versions by precedence (SemVer 2.0.0, section 11), without their build parts.
 * @returns a negative number when `a` is older
 * @throws TypeError for an invalid version
 */
export function compareVersions(a: string, b: string): number {
  return compare(a, b)
}
