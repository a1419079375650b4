import { error, type Problem } from '@slipway/core/problem'
import type { Folder } from '../folder.ts'
import type { Settings } from '../settings/settings.ts'
import { type Place, placesIn } from './place.ts'

/** A version as SemVer or PEP 440 spells it, within other text. */
const VERSION = String.raw`\d+\.\d+\.\d+(?:-[0-9A-Za-z]+(?:[.-][0-9A-Za-z]+)*|(?:\.?[a-z]+\d+)+)?(?:\+[0-9A-Za-z]+(?:[.-][0-9A-Za-z]+)*)?`

/** `version` at the top of a CITATION.cff (Citation File Format 1.2.0). */
const CITATION = new RegExp(`^version:[^\\S\\n]*["']?v?(?<version>${VERSION})["']?[^\\S\\n\\r]*(?:#.*)?\\r?$`, 'dgm')

/** The version that a project asks to be cited by. */
export async function citedVersions(folder: Folder, files: readonly string[]): Promise<Place[]> {
  const file = files.find((each) => each === 'CITATION.cff')
  const text = file === undefined ? null : await folder.read(file)
  return file === undefined || text === null ? [] : placesIn(file, text, CITATION, 'semver')
}

/** The pattern's text as it is, with a version in the place of `{version}`. */
function expressionOf(pattern: string): RegExp {
  const [before = '', ...after] = pattern.split('{version}').map((each) => each.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
  return new RegExp(`${before}(?<![\\d.])(?<version>${VERSION})${after.join(VERSION)}`, 'dg')
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
    places.push(...found)
    if (found.length > 0 || text === null) continue
    const message = `slipway.toml says that ${file} holds the version as ${JSON.stringify(pattern)}, but that is nowhere in it: its version would be forgotten.`
    const hint = 'Correct the pattern: it is literal text around {version}.'
    problems.push(error('version-pattern-not-found', message, hint, { file, line: 1 }))
  }
  return { places, problems }
}
