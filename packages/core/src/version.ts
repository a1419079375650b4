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

/** PEP 440, appendix B: every accepted spelling, also those that are not normalized. */
const PYTHON_VERSION =
  /^v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>\d+)?)?(?:-(?<implicitPost>\d+)|(?<post>[-_.]?(?:post|rev|r)[-_.]?(?<postNumber>\d+)?))?(?<dev>[-_.]?dev[-_.]?(?<devNumber>\d+)?)?(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/

const PRE_LETTER: Record<string, string> = { alpha: 'a', a: 'a', beta: 'b', b: 'b' }

function withoutZeros(digits: string | undefined): string {
  return (digits ?? '').replace(/^0+(?=\d)/, '') || '0'
}

/**
 * Normalizes the spelling of a Python version (PEP 440, "Normalization"): `1.0-RC.1` becomes `1.0rc1`.
 * Returns null for an invalid version. Trailing zeros stay: `1.0` and `1` have two spellings.
 */
export function normalizePython(text: string): string | null {
  const parts = PYTHON_VERSION.exec(text.trim().toLowerCase())?.groups
  if (!parts) return null
  const epoch = withoutZeros(parts.epoch)
  const release = (parts.release ?? '').split('.').map(withoutZeros).join('.')
  const pre = parts.pre ? (PRE_LETTER[parts.pre] ?? 'rc') + withoutZeros(parts.preNumber) : ''
  const post = parts.implicitPost ?? (parts.post && (parts.postNumber ?? '0'))
  const local = parts.local?.split(/[-_.]/).map((each) => (/^\d+$/.test(each) ? withoutZeros(each) : each))
  return [
    epoch === '0' ? '' : `${epoch}!`,
    release,
    pre,
    post ? `.post${withoutZeros(post)}` : '',
    parts.dev ? `.dev${withoutZeros(parts.devNumber)}` : '',
    local ? `+${local.join('.')}` : '',
  ].join('')
}

/** Whether two texts spell the same Python version; invalid versions must be equal to the letter. */
export function sameVersion(a: string, b: string): boolean {
  return (normalizePython(a) ?? a) === (normalizePython(b) ?? b)
}

/**
 * Converts a SemVer version to PEP 440's spelling as maturin does: it reads the same text as a Python version.
 * So `-rc.1` and `-pre.1` become `rc1`, `-1` and `-post.1` become `.post1` (newer than the release itself, unlike in
 * SemVer), and `+abc` becomes a local version. Returns null when there is no such form (`-nightly.1`, `-rc.1.2`).
 */
export function toPython(version: string): string | null {
  return parseVersion(version) ? normalizePython(version) : null
}

const PRE_WORD: Record<string, string> = { a: 'alpha', b: 'beta', rc: 'rc' }

/**
 * Returns the SemVer version that `toPython` converts to this one: `1.2.0-rc.1` for `1.2.0rc1`. Returns null for a
 * version without three numbers, a post release, a local version, and a development release of a prerelease.
 */
export function fromPython(text: string): string | null {
  const form = /^(?<release>\d+\.\d+\.\d+)(?:(?<pre>a|b|rc)(?<preNumber>\d+)|\.dev(?<devNumber>\d+))?$/
  const parts = form.exec(normalizePython(text) ?? '')?.groups
  if (!parts) return null
  const { release = '', pre, preNumber, devNumber } = parts
  if (pre !== undefined) return `${release}-${PRE_WORD[pre]}.${preNumber}`
  return devNumber === undefined ? release : `${release}-dev.${devNumber}`
}
