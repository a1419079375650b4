import { error, type Problem } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import type { Settings } from './settings/settings.ts'
import { type Place, placesIn } from './version-place.ts'

/** A version as SemVer or PEP 440 spells it, within other text. */
const NUMBERS = String.raw`\d{1,9}\.\d{1,9}\.\d{1,9}`
// Bounded, so that text that nearly is a version costs no time.
const WORDS = '[0-9A-Za-z]{1,40}(?:[.-][0-9A-Za-z]{1,40}){0,9}'
const VERSION = String.raw`${NUMBERS}(?!\d)(?:-${WORDS}|(?:\.?[a-z]{1,4}\d{1,9}){1,3})?(?:\+${WORDS})?`

/** The file that says how to cite a project. */
export const CITATION_FILE = 'CITATION.cff'

/** `version` at the top of a CITATION.cff (Citation File Format 1.2.0). */
const CITATION = new RegExp(`^version:[^\\S\\n]*["']?v?(?<version>${VERSION})["']?[^\\S\\n\\r]*(?:#.*)?\\r?$`, 'dgm')

/** `date-released` at the top of a CITATION.cff. */
const CITED_DATE = /^date-released:[^\S\n]*["']?(?<version>\d{4}-\d{2}-\d{2})/dgm

/** Returns the places of the release date in a CITATION.cff: `YYYY-MM-DD`. */
export function citedDates(text: string): Place[] {
  return placesIn(CITATION_FILE, text, CITED_DATE, 'semver')
}

/** Returns the places of the version in the project's CITATION.cff. */
export async function citedVersions(folder: Folder, files: readonly string[]): Promise<Place[]> {
  const file = files.find((each) => each === CITATION_FILE)
  const text = file === undefined ? null : await folder.read(file)
  return file === undefined || text === null ? [] : placesIn(file, text, CITATION, 'semver')
}

/** The placeholders of a pattern, each with what it matches. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  '{version}': VERSION,
  '{major}': String.raw`\d{1,9}`,
  '{minor}': String.raw`\d{1,9}`,
  '{patch}': String.raw`\d{1,9}`,
}

/** A pattern of `version-files`, split around its placeholders. */
interface VersionPattern {
  before: string
  /** From the first placeholder to the last: `{version}`, `{major}.{minor}`. */
  form: string
  after: string
}

/** Splits a pattern; null unless it has `{version}` once, or each of `{major}`, `{minor}` and `{patch}` once at most. */
export function splitPattern(pattern: string): VersionPattern | null {
  const found = [...pattern.matchAll(/\{(?:version|major|minor|patch)\}/g)]
  const names = found.map(([name]) => name)
  const isValid = names.includes('{version}') ? names.length === 1 : new Set(names).size === names.length
  const [first] = found
  const last = found.at(-1)
  if (!first || !last || !isValid) return null
  const end = last.index + last[0].length
  return { before: pattern.slice(0, first.index), form: pattern.slice(first.index, end), after: pattern.slice(end) }
}

/** Compiles a pattern: literal text around a version, or around parts of one. */
function expressionOf({ before, form, after }: VersionPattern): RegExp {
  const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  const pieces = form.split(/(\{\w+\})/).map((each) => PLACEHOLDERS[each] ?? literal(each))
  const end = form === '{version}' ? '' : String.raw`(?!\.?\d)`
  return new RegExp(`${literal(before)}(?<![\\d.])(?<version>${pieces.join('')})${end}${literal(after)}`, 'dg')
}

/**
 * Returns the places of the version in files that the settings name: each occurrence of their pattern. Reports a pattern
 * that is not in its file (`version-pattern-not-found`). `checkExistence` reports a missing file.
 */
export async function versionsInFiles(
  folder: Folder,
  { versionFiles }: Settings,
): Promise<{ places: Place[]; problems: Problem[] }> {
  const problems: Problem[] = []
  const places: Place[] = []
  for (const { file, pattern } of versionFiles) {
    const text = await folder.read(file)
    const split = splitPattern(pattern)
    const found = text === null || !split ? [] : placesIn(file, text, expressionOf(split), 'semver')
    for (const each of found) places.push(split?.form === '{version}' ? each : { ...each, form: split?.form })
    if (found.length > 0 || text === null) continue
    const message = `${file} does not contain ${JSON.stringify(pattern)}, the pattern in slipway.toml, so its version would not be updated.`
    const hint = 'Correct the pattern: literal text around {version}, or around {major}, {minor} and {patch}.'
    problems.push(error('version-pattern-not-found', message, hint, { file, line: 1 }))
  }
  return { places, problems }
}
