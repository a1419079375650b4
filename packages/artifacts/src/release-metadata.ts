import { normalizeName } from '@slipway/core/name'
import { error, type Problem } from '@slipway/core/problem'
import { type CoreMetadata, isAtLeast } from '@slipway/core/python/metadata/fields'
import { parseRequirement } from '@slipway/core/python/requirement'
import { normalizePython } from '@slipway/core/python/version'

/** A wheel or sdist of a release. */
export interface ReleaseFile {
  filename: string
  isWheel: boolean
  metadata: CoreMetadata
}

/** Returns a list, separated by commas, in one order and without blanks. */
function sortedList(text: string): string {
  return text.replaceAll(/\s/g, '').split(',').sort().join(',')
}

/** Returns a requirement in one spelling, so that tools that print it differently agree. */
function sameRequirement(text: string): string {
  const { name, extras, specifier, url, marker } = parseRequirement(text) ?? {}
  if (name === undefined) return text
  const condition = (marker ?? '').replaceAll(/[\s()]/g, '').replaceAll("'", '"')
  const of = `[${extras?.map(normalizeName).sort().join(',')}]`
  return [normalizeName(name), of, sortedList(specifier ?? ''), url, condition].join(' ')
}

/** The fields that installers and PyPI take from one file for all, and how to compare their values. */
const COMPARED: Record<string, (value: string) => string> = {
  'Requires-Python': sortedList,
  'Requires-Dist': sameRequirement,
  'Provides-Extra': normalizeName,
  Summary: (value) => value.trim(),
  'License-Expression': (value) => value.trim(),
}

/**
 * Whether a file promises that a field is the same in all files: a wheel does; an sdist does since metadata 2.2, unless it
 * says that the field is dynamic (PEP 643).
 */
function isFixed({ isWheel, metadata }: ReleaseFile, field: string): boolean {
  if (isWheel) return true
  if (!isAtLeast(metadata.get('Metadata-Version'), '2.2')) return false
  return !metadata.all('Dynamic').some((each) => each.toLowerCase() === field.toLowerCase())
}

function valuesOf({ metadata }: ReleaseFile, field: string): string {
  const values = metadata.all(field).map((each) => COMPARED[field]?.(each))
  return [...new Set(values)].sort().join('\n')
}

/** Returns the project and version of a file in one spelling. */
function releaseOf({ metadata }: ReleaseFile): string {
  const version = metadata.get('Version') ?? ''
  return `${normalizeName(metadata.get('Name') ?? '')} ${normalizePython(version) ?? version}`
}

function differing(file: ReleaseFile, other: ReleaseFile): Problem | null {
  const field = Object.keys(COMPARED).find(
    (each) => isFixed(file, each) && isFixed(other, each) && valuesOf(file, each) !== valuesOf(other, each),
  )
  if (field === undefined) return null
  const message = `${field} differs between ${other.filename} and ${file.filename}, so what an installer does depends on the file that it reads.`
  const hint = `Build all files from one commit with the same settings; for one platform only, use markers in Requires-Dist.`
  return error('metadata-differs-between-files', message, hint)
}

/**
 * Compares the metadata of each file with that of the first one of the same release: uv, Poetry and PyPI read that of one file
 * and take it for all.
 * @returns at most one problem for each release, with the file that differs
 */
export function metadataDifferences(files: readonly ReleaseFile[]): { file: ReleaseFile; problem: Problem }[] {
  const found = new Map<string, { file: ReleaseFile; problem: Problem }>()
  const seen = new Map<string, ReleaseFile>()
  // Wheels first: they have all fields.
  for (const file of files.toSorted((a, b) => Number(b.isWheel) - Number(a.isWheel))) {
    const release = releaseOf(file)
    const first = seen.get(release) ?? file
    seen.set(release, first)
    const problem = found.has(release) ? null : differing(file, first)
    if (problem) found.set(release, { file, problem })
  }
  return [...found.values()]
}
