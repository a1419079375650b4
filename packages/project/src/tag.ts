import { parseVersion } from '@slipway/core/version'

/** The pattern of tags where the settings have none. */
export const USUAL_TAG = 'v{version}'

/** What stands around the version and the name in a pattern of tags. */
interface TagPattern {
  /** Text before, between and after what is filled in. */
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

/** The tag of a version by a pattern: `v1.2.3`. @param name of what is released, for `{name}` */
export function tagFor(version: string, pattern = USUAL_TAG, name = ''): string {
  return pattern.replace(/\{(name|version)\}/g, (_, slot) => (slot === 'name' ? name : version))
}

const LONGEST = 1000

/** Where the version begins in a tag of the usual forms, and which it is. */
function usual(tag: string): { version: string; prefix: string } | null {
  // Longer than any name that git takes for a file; and trying each part takes time by the square of its length.
  if (tag.length > LONGEST) return null
  const starts = [0, ...[...tag.matchAll(/[-/@]/g)].map((each) => each.index + 1)]
  const candidates = starts.map((start) => ({
    version: tag.slice(start).replace(/^v/, ''),
    prefix: tag.slice(0, start),
  }))
  return candidates.find((each) => parseVersion(each.version) !== null) ?? null
}

/**
 * The SemVer version that a tag of a usual form holds, or null: `v1.2.3`, `1.2.3`, `name-v1.2.3`, `prefix/v1.2.3` and
 * `name@1.2.3` hold `1.2.3`.
 */
export function versionInTag(tag: string): string | null {
  return usual(tag)?.version ?? null
}

/** What a tag says. */
export interface TagContent {
  version: string
  /** Which of the names it has; null when it has none, or its pattern knows no name. */
  name: string | null
}

/**
 * What a tag says by a pattern; null when it is of another form. By the usual pattern, tags of all usual forms are read.
 * @param names that `{name}` may stand for
 */
export function readTag(tag: string, pattern: string, names: readonly string[]): TagContent | null {
  if (pattern === USUAL_TAG) {
    const found = usual(tag)
    const name = names.find((each) => found?.prefix.slice(0, -1) === each)
    return found && { version: found.version, name: name ?? null }
  }
  for (const name of pattern.includes('{name}') ? names : [null]) {
    const [before = '', after = ''] = tagFor('\n', pattern, name ?? '').split('\n')
    if (!tag.startsWith(before) || !tag.endsWith(after)) continue
    const version = tag.slice(before.length, tag.length - after.length)
    if (parseVersion(version)) return { version, name }
  }
  return null
}
