import { compareVersions, parseVersion } from '../version.ts'

/** A parsed Python version (PyPA specification "Version specifiers"). Numbers are digits without leading zeros, of any length. */
export interface PythonVersion {
  epoch: string
  /** At least one number; trailing zeros stay. */
  release: readonly string[]
  pre: { letter: 'a' | 'b' | 'rc'; number: string } | null
  post: string | null
  dev: string | null
  /** The parts after `+`, numbers or words in lower case; empty without any. */
  local: readonly string[]
}

/** PEP 440, appendix B: every accepted spelling, also those that are not normalized. */
const VERSION =
  /^v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>\d+)?)?(?:-(?<implicitPost>\d+)|(?<post>[-_.]?(?:post|rev|r)[-_.]?(?<postNumber>\d+)?))?(?<dev>[-_.]?dev[-_.]?(?<devNumber>\d+)?)?(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/i

const PRE_LETTER: Record<string, 'a' | 'b'> = { alpha: 'a', a: 'a', beta: 'b', b: 'b' }

function withoutZeros(digits: string | undefined): string {
  return (digits ?? '').replace(/^0+(?=\d)/, '') || '0'
}

/** Parses a Python version in any spelling (PEP 440, "Normalization"). Returns null for an invalid version. */
export function parsePython(text: string): PythonVersion | null {
  const parts = VERSION.exec(text.trim())?.groups
  if (!parts) return null
  const { epoch, release = '', pre, preNumber, implicitPost, post, postNumber, dev, devNumber, local } = parts
  const segments = local?.toLowerCase().split(/[-_.]/) ?? []
  return {
    epoch: withoutZeros(epoch),
    release: release.split('.').map(withoutZeros),
    pre: pre ? { letter: PRE_LETTER[pre.toLowerCase()] ?? 'rc', number: withoutZeros(preNumber) } : null,
    post: implicitPost === undefined && post === undefined ? null : withoutZeros(implicitPost ?? postNumber),
    dev: dev === undefined ? null : withoutZeros(devNumber),
    local: segments.map((each) => (/^\d+$/.test(each) ? withoutZeros(each) : each)),
  }
}

/**
 * Normalizes the spelling of a Python version (PEP 440, "Normalization"): `1.0-RC.1` becomes `1.0rc1`.
 * Returns null for an invalid version. Trailing zeros stay: `1.0` and `1` have two spellings.
 */
export function normalizePython(text: string): string | null {
  const parsed = parsePython(text)
  if (!parsed) return null
  const { epoch, release, pre, post, dev, local } = parsed
  return [
    epoch === '0' ? '' : `${epoch}!`,
    release.join('.'),
    pre ? pre.letter + pre.number : '',
    post === null ? '' : `.post${post}`,
    dev === null ? '' : `.dev${dev}`,
    local.length === 0 ? '' : `+${local.join('.')}`,
  ].join('')
}

/** Whether two texts spell the same Python version; invalid versions must be equal to the letter. */
export function sameVersion(a: string, b: string): boolean {
  return (normalizePython(a) ?? a) === (normalizePython(b) ?? b)
}

/** Whether a Python version is an alpha, a beta, a release candidate or a development release. */
export function isPythonPrerelease({ pre, dev }: PythonVersion): boolean {
  return pre !== null || dev !== null
}

/** Compares numbers without leading zeros. They may exceed a double: the release may be a time. */
function compareNumbers(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}

/** Compares the parts of local versions: numbers are above words. */
function compareSegments(a: string, b: string): number {
  const [isNumberA, isNumberB] = [/^\d/.test(a) && !/[a-z]/.test(a), /^\d/.test(b) && !/[a-z]/.test(b)]
  if (isNumberA !== isNumberB) return isNumberA ? 1 : -1
  return isNumberA ? compareNumbers(a, b) : a < b ? -1 : a > b ? 1 : 0
}

/** Returns the first difference of two lists. @param filler for what the shorter list is missing; without one, it is below */
function compareLists(
  a: readonly string[],
  b: readonly string[],
  compare: (a: string, b: string) => number,
  filler?: string,
): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [one, other] = [a[at] ?? filler, b[at] ?? filler]
    if (one === undefined || other === undefined) return one === other ? 0 : one === undefined ? -1 : 1
    const order = compare(one, other)
    if (order !== 0) return order
  }
  return 0
}

/** Compares the numbers of two releases; missing ones count as zero. */
export function compareReleases(a: readonly string[], b: readonly string[]): number {
  return compareLists(a, b, compareNumbers, '0')
}

const RANKS = { a: 0, b: 1, rc: 2 }

/** Returns the rank of the part after the release: a plain development release precedes every prerelease. */
function rankOf({ pre, post, dev }: PythonVersion): number {
  if (pre) return RANKS[pre.letter]
  return post === null && dev !== null ? -1 : 3
}

/** Compares optional numbers. @param missing -1 if a missing number is below all others, 1 if above */
function compareOptional(a: string | null, b: string | null, missing: -1 | 1): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? missing : -missing
  return compareNumbers(a, b)
}

/**
 * Compares two Python versions (PyPA specification "Version specifiers", "Summary of permitted suffixes and relative
 * ordering"). @returns a negative number when `a` is older
 */
export function comparePython(a: PythonVersion, b: PythonVersion): number {
  return (
    compareNumbers(a.epoch, b.epoch) ||
    compareReleases(a.release, b.release) ||
    rankOf(a) - rankOf(b) ||
    compareOptional(a.pre?.number ?? null, b.pre?.number ?? null, -1) ||
    compareOptional(a.post, b.post, -1) ||
    compareOptional(a.dev, b.dev, 1) ||
    compareLists(a.local, b.local, compareSegments)
  )
}

/**
 * Compares two versions of one project, in SemVer's or PEP 440's spelling; a text that is neither is older than all
 * versions. @returns a negative number when `a` is older
 */
export function compareSpellings(a: string, b: string): number {
  // Only SemVer has prereleases that PEP 440 cannot spell.
  if (parseVersion(a) && parseVersion(b)) return compareVersions(a, b)
  const [one, other] = [parsePython(a), parsePython(b)]
  return one && other ? comparePython(one, other) : Number(one !== null) - Number(other !== null)
}

/**
 * Converts a SemVer version to PEP 440's spelling as maturin does: it reads the same text as a Python version.
 * So `-rc.1` and `-pre.1` become `rc1`, `-1` and `-post.1` become `.post1` (newer than the release itself, unlike in
 * SemVer), and `+abc` becomes a local version. Returns null when there is no such form (`-nightly.1`, `-rc.1.2`).
 */
export function toPython(version: string): string | null {
  return parseVersion(version) ? normalizePython(version) : null
}

const PRE_WORD = { a: 'alpha', b: 'beta', rc: 'rc' }

/**
 * Returns the SemVer version that `toPython` converts to this one: `1.2.0-rc.1` for `1.2.0rc1`. Returns null for a
 * version without three numbers, a post release, a local version, and a development release of a prerelease.
 */
export function fromPython(text: string): string | null {
  const parsed = parsePython(text)
  if (parsed?.release.length !== 3 || parsed.epoch !== '0' || parsed.post !== null || parsed.local.length > 0)
    return null
  const { pre, dev } = parsed
  const release = parsed.release.join('.')
  if (pre && dev !== null) return null
  if (pre) return `${release}-${PRE_WORD[pre.letter]}.${pre.number}`
  return dev === null ? release : `${release}-dev.${dev}`
}
