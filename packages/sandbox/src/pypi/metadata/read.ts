/** Core metadata: fields by lower-case name, each with all its values. */
export type CoreMetadata = ReadonlyMap<string, string[]>

/**
 * Reads METADATA or PKG-INFO (core metadata specification: RFC 822 headers; a line that begins with a space continues
 * the last).
 */
export function parseMetadata(text: string): CoreMetadata {
  const head = text.replaceAll('\r\n', '\n').split('\n\n', 1)[0] ?? ''
  const fields = new Map<string, string[]>()
  for (const line of head.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':')
    if (colon < 1) continue
    const name = line.slice(0, colon).toLowerCase()
    fields.set(name, [...(fields.get(name) ?? []), line.slice(colon + 1).trim()])
  }
  return fields
}

/** Returns the first value of a field. */
export function value(metadata: CoreMetadata, name: string): string | undefined {
  return metadata.get(name)?.[0]
}

/** The fields that may occur once (packaging, `_STRING_FIELDS` and `keywords`), with their first metadata version. */
const ONCE: Record<string, string> = {
  'metadata-version': '1.0',
  name: '1.0',
  version: '1.0',
  summary: '1.0',
  description: '1.0',
  keywords: '1.0',
  'home-page': '1.0',
  author: '1.0',
  'author-email': '1.0',
  license: '1.0',
  'download-url': '1.1',
  maintainer: '1.2',
  'maintainer-email': '1.2',
  'requires-python': '1.2',
  'description-content-type': '2.1',
  'license-expression': '2.4',
}

/** The fields that may occur more often (`_LIST_FIELDS` and `project_urls`), and the names in forms that differ. */
const OFTEN: Record<string, [since: string, inForms?: string]> = {
  platform: ['1.0'],
  'supported-platform': ['1.1'],
  classifier: ['1.1', 'classifiers'],
  requires: ['1.1'],
  provides: ['1.1'],
  obsoletes: ['1.1'],
  'requires-dist': ['1.2'],
  'provides-dist': ['1.2'],
  'obsoletes-dist': ['1.2'],
  'requires-external': ['1.2'],
  'project-url': ['1.2', 'project_urls'],
  'provides-extra': ['2.1'],
  dynamic: ['2.2'],
  'license-file': ['2.4'],
  'import-name': ['2.5'],
  'import-namespace': ['2.5'],
}

/** Returns the first metadata version with a field; undefined for an unknown field. */
export function sinceOf(field: string): string | undefined {
  return ONCE[field] ?? OFTEN[field]?.[0]
}

/**
 * Reads the metadata in the form of an upload (warehouse, `parse_form_metadata`), without empty fields and those with the text
 * `UNKNOWN`. Returns the name of a field that is given too often as a text.
 */
export function metadataOfForm(form: FormData): CoreMetadata | string {
  const found = new Map<string, string[]>()
  for (const field of [...Object.keys(ONCE), ...Object.keys(OFTEN)]) {
    const name = OFTEN[field]?.[1] ?? field.replaceAll('-', '_')
    const values = form.getAll(name).filter((each) => typeof each === 'string')
    if (values.length === 0 || (values.length === 1 && values[0] === '') || values[0]?.trim() === 'UNKNOWN') continue
    if (values.length > 1 && !(field in OFTEN)) return name
    found.set(field, values)
  }
  return found
}
