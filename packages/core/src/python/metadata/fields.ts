/** The metadata versions that PyPI accepts (warehouse/forklift/metadata.py, `SUPPORTED_METADATA_VERSIONS`), oldest first. */
export const METADATA_VERSIONS = ['1.0', '1.1', '1.2', '2.1', '2.2', '2.3', '2.4', '2.5'] as const

/** A field of the core metadata. */
export interface Field {
  /** The first metadata version that has it. */
  since: (typeof METADATA_VERSIONS)[number]
  /** Whether it may be given more than once. */
  repeats?: true
}

/** The fields (PyPA specification "Core metadata specifications"), as the specification spells them. */
export const FIELDS: Readonly<Record<string, Field>> = {
  'Metadata-Version': { since: '1.0' },
  Name: { since: '1.0' },
  Version: { since: '1.0' },
  Platform: { since: '1.0', repeats: true },
  Summary: { since: '1.0' },
  Description: { since: '1.0' },
  Keywords: { since: '1.0' },
  'Home-Page': { since: '1.0' },
  Author: { since: '1.0' },
  'Author-Email': { since: '1.0' },
  License: { since: '1.0' },
  'Supported-Platform': { since: '1.1', repeats: true },
  'Download-URL': { since: '1.1' },
  Classifier: { since: '1.1', repeats: true },
  Requires: { since: '1.1', repeats: true },
  Provides: { since: '1.1', repeats: true },
  Obsoletes: { since: '1.1', repeats: true },
  Maintainer: { since: '1.2' },
  'Maintainer-Email': { since: '1.2' },
  'Requires-Dist': { since: '1.2', repeats: true },
  'Requires-Python': { since: '1.2' },
  'Requires-External': { since: '1.2', repeats: true },
  'Project-URL': { since: '1.2', repeats: true },
  'Provides-Dist': { since: '1.2', repeats: true },
  'Obsoletes-Dist': { since: '1.2', repeats: true },
  'Provides-Extra': { since: '2.1', repeats: true },
  'Description-Content-Type': { since: '2.1' },
  Dynamic: { since: '2.2', repeats: true },
  'License-Expression': { since: '2.4' },
  'License-File': { since: '2.4', repeats: true },
  'Import-Name': { since: '2.5', repeats: true },
  'Import-Namespace': { since: '2.5', repeats: true },
}

/** The fields of a METADATA or PKG-INFO file. Field names are case-insensitive. */
export interface CoreMetadata {
  /** Returns a field's first value, or null when the field is missing. */
  get(name: string): string | null
  /** Returns every value of a field that may be repeated. */
  all(name: string): string[]
  /** The long description, from the body or the Description field; null when there is none. */
  description: string | null
}

/** Whether a metadata version is at least another; false for one that PyPI does not know. */
export function isAtLeast(version: string | null, since: Field['since']): boolean {
  const versions: readonly (string | null)[] = METADATA_VERSIONS
  return versions.indexOf(version) >= versions.indexOf(since)
}
