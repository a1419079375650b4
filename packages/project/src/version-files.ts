import { error, type Problem } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import type { Settings } from './settings/settings.ts'
import { type Place, placesIn } from './version-place.ts'

/** A version as SemVer or PEP 440 spells it, within other text. */
const NUMBERS = String.raw`\d{1,9}\.\d{1,9}\.\d{1,9}`
// Bounded, so that a file that is all but a version costs no time.
const WORDS = '[0-9A-Za-z]{1,40}(?:[.-][0-9A-Za-z]{1,40}){0,9}'
const VERSION = String.raw`${NUMBERS}(?!\d)(?:-${WORDS}|(?:\.?[a-z]{1,4}\d{1,9}){1,3})?(?:\+${WORDS})?`

/** The file that tells how to cite a project. */
export const CITATION_FILE = 'CITATION.cff'

/** `version` at the top of a CITATION.cff (Citation File Format 1.2.0). */
const CITATION = new RegExp(`^version:[^\\S\\n]*["']?v?(?<version>${VERSION})["']?[^\\S\\n\\r]*(?:#.*)?\\r?$`, 'dgm')

/** `date-released` at the top of a CITATION.cff. */
const CITED_DATE = /^date-released:[^\S\n]*["']?(?<version>\d{4}-\d{2}-\d{2})/dgm

/** Where CITATION.cff says when its version was released: `YYYY-MM-DD`. */
export function citedDates(text: string): Place[] {
  return placesIn(CITATION_FILE, text, CITED_DATE, 'semver')
}

/** The version that a project asks to be cited by. */
export async function citedVersions(folder: Folder, files: readonly string[]): Promise<Place[]> {
  const file = files.find((each) => each === CITATION_FILE)
  const text = file === undefined ? null : await folder.read(file)
  return file === undefined || text === null ? [] : placesIn(file, text, CITATION, 'semver')
}

/** The pattern's text as it is, with a version in the place of `{version}`. */
function expressionOf(pattern: string): RegExp {
  const [before, after] = pattern.split('{version}').map((each) => each.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
  return new RegExp(`${before}(?<![\\d.])(?<version>${VERSION})${after}`, 'dg')
}

/**
 * Where the files that the settings name hold a version: each occurrence of their pattern. A file that is not there is
 * told by the settings; a pattern that is nowhere in its file is a problem (`version-pattern-not-found`).
 */
export async function versionsInFiles(
  folder: Folder,
  { versionFiles }: Settings,
): Promise<{ places: Place[]; problems: Problem[] }> {
  const problems: Problem[] = []
  const places: Place[] = []
  for (const { file, pattern } of versionFiles) {
    const text = await folder.read(file)
    const found = text === null ? [] : placesIn(file, text, expressionOf(pattern), 'semver')
    for (const each of found) places.push(each)
    if (found.length > 0 || text === null) continue
    const message = `slipway.toml says that ${file} holds the version as ${JSON.stringify(pattern)}, but that is nowhere in it: its version would be forgotten.`
    const hint = 'Correct the pattern: it is literal text around {version}.'
    problems.push(error('version-pattern-not-found', message, hint, { file, line: 1 }))
  }
  return { places, problems }
}
