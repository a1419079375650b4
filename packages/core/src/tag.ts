import { normalizeName } from './name.ts'
import { error, ProblemError } from './problem.ts'
import { normalizePython, parseVersion } from './version.ts'

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

/** Whether a text is a version: SemVer's, or Python's. */
function isVersion(text: string): boolean {
  return parseVersion(text) !== null || (/^\d/.test(text) && normalizePython(text) !== null)
}

/** Where the version begins in a tag of the usual forms, and which it is. */
function usual(tag: string): { version: string; prefix: string } | null {
  // Longer than any name that git takes for a file; and trying each part takes time by the square of its length.
  if (tag.length > LONGEST) return null
  const starts = [0, ...[...tag.matchAll(/[-/@]/g)].map((each) => each.index + 1)]
  const candidates = starts.map((start) => ({
    version: tag.slice(start).replace(/^v/, ''),
    prefix: tag.slice(0, start),
  }))
  return (
    candidates.find((each) => parseVersion(each.version) !== null) ??
    candidates.find((each) => isVersion(each.version)) ??
    null
  )
}

/**
 * The version that a tag of a usual form holds, SemVer's or else Python's, or null: `v1.2.3`, `1.2.3`, `name-v1.2.3`, `prefix/v1.2.3` and
 * `name@1.2.3` hold `1.2.3`.
 */
export function versionInTag(tag: string): string | null {
  return usual(tag)?.version ?? null
}

/**
 * The tag that somebody gave: `refs/tags/v1.2.3` is `v1.2.3`.
 * @throws ProblemError `tag-invalid` for another ref
 */
export function givenTag(text: string): string {
  const tag = text.replace(/^refs\/tags\//, '')
  if (!tag.startsWith('refs/')) return tag
  const message = `${JSON.stringify(text.slice(0, 100))} is not a tag.`
  throw new ProblemError(error('tag-invalid', message, 'Give the name of a tag, such as v1.2.3.'))
}

/** What a tag says. */
export interface TagContent {
  version: string
  /** Which of those that have names it names; null when it names none. */
  name: string | null
}

/** What a tag may name: by its own name or, where no other lies in a folder of that name, by its folder's. */
export interface Nameable {
  name: string
  /** The last part of its path; null where something else goes by that. */
  folder: string | null
}

/** Which one a tag names, names compared as PyPI compares them. */
function namedBy(text: string, all: readonly Nameable[]): string | null {
  const wanted = normalizeName(text)
  const byName = all.find((each) => each.name === text) ?? all.find((each) => normalizeName(each.name) === wanted)
  const inFolder = all.filter(({ folder }) => folder !== null && normalizeName(folder) === wanted)
  return byName?.name ?? (inFolder.length === 1 ? (inFolder[0]?.name ?? null) : null)
}

/** All ways to read a tag by a pattern: the text of its places, in their order. */
function readings(tag: string, { parts, slots }: TagPattern): { name?: string; version?: string }[] {
  const [before = '', ...rest] = parts
  const after = rest.at(-1) ?? ''
  if (!tag.startsWith(before) || !tag.endsWith(after)) return []
  const middle = tag.slice(before.length, tag.length - after.length)
  const [first = 'version', second] = slots
  if (!second) return [{ [first]: middle }]
  const [between = ''] = rest
  return Array.from({ length: middle.length }, (_, at) => at)
    .filter((at) => middle.startsWith(between, at))
    .map((at) => ({ [first]: middle.slice(0, at), [second]: middle.slice(at + between.length) }))
}

/**
 * What a tag says by a pattern; null when it is of another form. By the usual pattern, tags of all usual forms are read;
 * by any other without `{name}`, those with a name and `-` or `/` before it, too.
 * @param all what the tag may name
 */
export function readTag(tag: string, pattern: string, all: readonly Nameable[]): TagContent | null {
  if (pattern === USUAL_TAG) {
    const found = usual(tag)
    return found && { version: found.version, name: namedBy(found.prefix.slice(0, -1), all) }
  }
  if (tag.length > LONGEST) return null
  const forms = pattern.includes('{name}') ? [pattern] : [pattern, `{name}-${pattern}`, `{name}/${pattern}`]
  for (const form of forms.map(tagPattern)) {
    for (const { name, version = '' } of form ? readings(tag, form) : []) {
      const named = name === undefined ? null : namedBy(name, all)
      if (isVersion(version) && (named !== null || name === undefined)) return { version, name: named }
    }
  }
  return null
}
