import { parseVersion } from '@slipway/core/version'

/** The tag of a version, by the pattern that is usual: `v1.2.3`. */
export function tagFor(version: string): string {
  return `v${version}`
}

/**
 * The SemVer version that a tag holds, or null: `v1.2.3`, `1.2.3`, `name-v1.2.3` and `prefix/v1.2.3` hold `1.2.3`.
 */
export function versionInTag(tag: string): string | null {
  const starts = [0, ...[...tag.matchAll(/[-/]/g)].map((each) => each.index + 1)]
  const candidates = starts.map((start) => tag.slice(start).replace(/^v/, ''))
  return candidates.find((each) => parseVersion(each) !== null) ?? null
}
