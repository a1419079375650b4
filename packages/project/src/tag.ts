import { parseVersion } from '@slipway/core/version'

/** The tag of a version, by the pattern that is usual: `v1.2.3`. */
export function tagFor(version: string): string {
  return `v${version}`
}

/** What stands around the version and the name in a pattern of tags. */
export interface TagPattern {
  /** Text before and after what is filled in, in order. */
  parts: string[]
  /** What is filled in between the parts. */
  slots: ('name' | 'version')[]
}

/** What git takes in the name of a tag (git-check-ref-format), the places that are filled in taken for a letter. */
function isTagName(name: string): boolean {
  if (name.startsWith('-') || name === '@' || /[\p{Cc} ~^:?*[\\{}]|\.\.|@\{|\/\/|\.$|^\/|\/$/u.test(name)) return false
  return name.split('/').every((each) => !each.startsWith('.') && !each.endsWith('.lock'))
}

/** Reads a pattern of tags: `{version}` once, `{name}` at most once. Null for what is none, or what git would not take. */
export function tagPattern(pattern: string): TagPattern | null {
  const parts = pattern.split(/\{(?:name|version)\}/)
  const slots = [...pattern.matchAll(/\{(name|version)\}/g)].map((each) => each[1] as 'name' | 'version')
  const once = slots.filter((each) => each === 'version').length === 1 && slots.length <= 2
  const distinct = new Set(slots).size === slots.length && (slots.length < 2 || parts[1] !== '')
  return once && distinct && isTagName(parts.join('x')) ? { parts, slots } : null
}

/**
 * The SemVer version that a tag holds, or null: `v1.2.3`, `1.2.3`, `name-v1.2.3` and `prefix/v1.2.3` hold `1.2.3`.
 */
export function versionInTag(tag: string): string | null {
  const starts = [0, ...[...tag.matchAll(/[-/]/g)].map((each) => each.index + 1)]
  const candidates = starts.map((start) => tag.slice(start).replace(/^v/, ''))
  return candidates.find((each) => parseVersion(each) !== null) ?? null
}
