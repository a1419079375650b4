import { MAX_TAG_CHARACTERS } from './limits.ts'
import { normalizeName } from './name.ts'
import { error, ProblemError } from './problem.ts'
import { normalizePython } from './python/version.ts'
import { parseVersion } from './version.ts'

/** The default pattern of tags. */
export const USUAL_TAG = 'v{version}'

/** A parsed pattern of tags. */
interface TagPattern {
  /** The text before, between and after the placeholders. */
  parts: string[]
  /** The placeholders between the parts. */
  slots: ('name' | 'version')[]
}

/** Whether git accepts the name of a tag (git-check-ref-format); the caller replaces placeholders by a letter. */
function isTagName(name: string): boolean {
  if (name.startsWith('-') || name === '@' || /[\p{Cc} ~^:?*[\\{}]|\.\.|@\{|\/\/|\.$|^\/|\/$/u.test(name)) return false
  return name.split('/').every((each) => !each.startsWith('.') && !each.endsWith('.lock'))
}

/** Parses a pattern of tags: `{version}` once, `{name}` at most once. Returns null for a pattern that is invalid for Slipway or git. */
export function tagPattern(pattern: string): TagPattern | null {
  const parts = pattern.split(/\{(?:name|version)\}/)
  const slots = [...pattern.matchAll(/\{(name|version)\}/g)].map((each) => each[1] as 'name' | 'version')
  const once = slots.filter((each) => each === 'version').length === 1 && slots.length <= 2
  const distinct = new Set(slots).size === slots.length && (slots.length < 2 || parts[1] !== '')
  return once && distinct && isTagName(parts.join('x')) ? { parts, slots } : null
}

/** Returns the tag of a version: `v1.2.3`. @param name of the released crate or package, for `{name}` */
export function tagFor(version: string, pattern = USUAL_TAG, name = ''): string {
  return pattern.replace(/\{(name|version)\}/g, (_, slot) => (slot === 'name' ? name : version))
}

/** Whether a text is a SemVer or Python version. */
function isVersion(text: string): boolean {
  return parseVersion(text) !== null || (/^\d/.test(text) && normalizePython(text) !== null)
}

/** A tag, split before its version. */
export interface SplitTag {
  /** All characters before the version: `v`, `python-v`, `rust/`; empty for none. */
  prefix: string
  /** SemVer, or else as in PEP 440. */
  version: string
}

/** Splits a tag before its version: the longest end that begins with a number and is SemVer, or else a Python version. Null for none. */
export function splitTag(tag: string): SplitTag | null {
  if (tag.length > MAX_TAG_CHARACTERS) return null
  const starts = [...tag.matchAll(/(?<![\d.+])\d/g)].map((each) => each.index)
  const candidates = starts.map((start) => ({ prefix: tag.slice(0, start), version: tag.slice(start) }))
  return (
    candidates.find((each) => parseVersion(each.version) !== null) ??
    candidates.find((each) => isVersion(each.version)) ??
    null
  )
}

/** Returns what the prefix of a tag names: `python` for `python-v`, `rust` for `rust/`; empty for `v` and for none. */
export function tagSubject(prefix: string): string {
  return prefix.replace(/(?<![\p{L}\p{N}])v$/u, '').replace(/[-/@_]+$/, '')
}

/**
 * Returns the version in a tag, SemVer or else Python, or null: `1.2.3` for `v1.2.3`, `1.2.3`, `name-v1.2.3`,
 * `prefix/v1.2.3`, `name@1.2.3` and `r1.2.3`.
 */
export function versionInTag(tag: string): string | null {
  return splitTag(tag)?.version ?? null
}

/**
 * Returns the tag in an input: `v1.2.3` for `refs/tags/v1.2.3`.
 * @throws ProblemError `tag-invalid` for another ref
 */
export function givenTag(text: string): string {
  const tag = text.replace(/^refs\/tags\//, '')
  if (!tag.startsWith('refs/')) return tag
  const message = `${JSON.stringify(text.slice(0, 100))} is not a tag.`
  throw new ProblemError(error('tag-invalid', message, 'Pass the name of a tag, such as v1.2.3.'))
}

/** The version and the name in a tag. */
export interface TagContent {
  version: string
  /** The crate or package that it names; null when it names none. */
  name: string | null
}

/** A crate or package that a tag may name, by its name or by its folder, if no other has a folder of that name. */
export interface Nameable {
  name: string
  /** The last part of its path; null when another one has that name. */
  folder: string | null
}

/**
 * Returns the name of the crate or package that a text names, by its name as PyPI compares names, or by its folder; null
 * for none.
 */
export function nameMeantBy(text: string, all: readonly Nameable[]): string | null {
  const wanted = normalizeName(text)
  const byName = all.find((each) => each.name === text) ?? all.find((each) => normalizeName(each.name) === wanted)
  const inFolder = all.filter(({ folder }) => folder !== null && normalizeName(folder) === wanted)
  return byName?.name ?? (inFolder.length === 1 ? (inFolder[0]?.name ?? null) : null)
}

/** Returns all ways to match a tag with a pattern: the texts of its placeholders. */
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
 * Reads a tag by a pattern; null when the tag does not match. The default pattern matches all usual forms; another pattern
 * without `{name}` also matches with a name and `-` or `/` in front.
 * @param all the crates and packages that the tag may name
 */
export function readTag(tag: string, pattern: string, all: readonly Nameable[]): TagContent | null {
  if (pattern === USUAL_TAG) {
    const found = splitTag(tag)
    return found && { version: found.version, name: nameMeantBy(tagSubject(found.prefix), all) }
  }
  if (tag.length > MAX_TAG_CHARACTERS) return null
  const forms = pattern.includes('{name}') ? [pattern] : [pattern, `{name}-${pattern}`, `{name}/${pattern}`]
  for (const form of forms.map(tagPattern)) {
    for (const { name, version = '' } of form ? readings(tag, form) : []) {
      const named = name === undefined ? null : nameMeantBy(name, all)
      if (isVersion(version) && (named !== null || name === undefined)) return { version, name: named }
    }
  }
  return null
}
