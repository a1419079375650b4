import { normalizeName, wheelName } from '@slipway/core/name'
import type { PlannedPackage } from '@slipway/core/plan'
import { error, type Problem } from '@slipway/core/problem'
import type { CoreMetadata } from '@slipway/core/python/metadata/fields'
import { normalizePython, sameVersion } from '@slipway/core/python/version'
import { refusedFor } from './refused.ts'

/** A wheel or sdist with the name and version that its file name says. */
interface Named {
  filename: string
  distribution: string
  version: string
  metadata: CoreMetadata
}

/**
 * Checks that the file name is the one that PyPI requires of the metadata: a wheel begins with the normalized name, and an
 * sdist has the normalized version too (PEP 427, PEP 625; warehouse/forklift/legacy.py).
 */
export function filenameProblems({ filename, distribution, version, metadata }: Named): Problem[] {
  const [name, released] = [metadata.get('Name') ?? '', metadata.get('Version') ?? '']
  // The checks of the metadata report a missing name or version.
  if (name === '' || released === '') return []
  if (normalizeName(distribution) !== normalizeName(name) || !sameVersion(version, released)) {
    const message = `${filename} has the metadata of ${name} ${released}, so PyPI refuses it.`
    return [error('metadata-differs-from-filename', message, 'Build it again, and do not rename the file.')]
  }
  const sdist = `${wheelName(name)}-${normalizePython(released) ?? released}.tar.gz`
  const isWheel = filename.endsWith('.whl')
  if (isWheel ? distribution === wheelName(name) : filename === sdist) return []
  const why = isWheel ? `its name must begin with \`${wheelName(name)}-\`` : `its name should be ${sdist}`
  const hint = isWheel
    ? 'Build it with an up-to-date backend; newer setuptools normalizes the name.'
    : 'Build it with an up-to-date backend, which normalizes name and version.'
  return [refusedFor(filename, { code: 'filename-not-normalized', why, hint })]
}

/** Compares a file with its package in the plan. @param planned undefined if the plan has none */
export function plannedProblems({ filename, version }: Named, planned: PlannedPackage | undefined): Problem[] {
  if (!planned) {
    const message = `${filename} belongs to no Python package in the plan, so Slipway does not upload it.`
    return [error('artifact-not-planned', message, 'Remove the file, or add its package to the release.')]
  }
  if (sameVersion(version, planned.version)) return []
  const message = `${filename} has another version than the release, ${planned.version}.`
  return [error('artifact-version-differs', message, 'Empty the output folder and build again.')]
}
