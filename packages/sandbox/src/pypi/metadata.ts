/** Core metadata: fields by lower-case name, each with all its values. */
export type CoreMetadata = Map<string, string[]>

/** Metadata versions that PyPI accepts. */
const METADATA_VERSIONS = ['1.0', '1.1', '1.2', '2.1', '2.2', '2.3', '2.4', '2.5']

/** Content types that PyPI renders. */
const DESCRIPTION_TYPES = ['text/plain', 'text/x-rst', 'text/markdown']

/**
 * Reads METADATA or PKG-INFO (core metadata specification: RFC 822 headers; a line that begins with a space continues
 * the last).
 */
export function parseMetadata(text: string): CoreMetadata {
  const head = text.replaceAll('\r\n', '\n').split('\n\n', 1)[0] ?? ''
  const fields: CoreMetadata = new Map()
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

/**
 * Returns why PyPI refuses the metadata, in the form `'value' is an invalid value for Field. Error: …`; null if it
 * accepts them.
 */
export function metadataFault(metadata: CoreMetadata): string | null {
  const of = (name: string) => value(metadata, name)
  const invalid = (field: string, error: string) =>
    `'${of(field.toLowerCase())}' is an invalid value for ${field}. Error: ${error} See the core metadata specification for more information.`
  for (const field of ['Metadata-Version', 'Name', 'Version']) {
    if (!of(field.toLowerCase())) return `'${field.toLowerCase()}' is a required field`
  }
  const version = of('metadata-version') ?? ''
  if (!METADATA_VERSIONS.includes(version)) {
    return invalid('Metadata-Version', `'${version}' is not a valid metadata version.`)
  }
  if (!/^([A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])$/i.test(of('name') ?? ''))
    return invalid('Name', "Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'.")
  if (of('version')?.includes('+')) {
    return invalid('Version', `The use of local versions in <Version('${of('version')}')> is not allowed.`)
  }
  if ((of('summary')?.length ?? 0) > 512) return invalid('Summary', "'summary' field must be 512 characters or less.")
  for (const field of ['Author-Email', 'Maintainer-Email']) {
    const address = /<([^>]*)>/.exec(of(field.toLowerCase()) ?? '')?.[1] ?? of(field.toLowerCase())
    if (address && !/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(address.split(',')[0]?.trim() ?? '')) {
      return invalid(field, `'${address}' is not a valid email address.`)
    }
  }
  const type = of('description-content-type')?.split(';')[0]?.trim()
  if (type !== undefined && !DESCRIPTION_TYPES.includes(type)) {
    return invalid('Description-Content-Type', 'Invalid description content type: type/subtype is not valid.')
  }
  for (const classifier of metadata.get('classifier') ?? []) {
    // PyPI's list of classifiers grows, but every entry has this form and none is private.
    if (!/^[^:]+( :: [^:]+)+$/.test(classifier) || classifier.startsWith('Private ::')) {
      return `'${classifier}' is an invalid value for Classifier. Error: Classifier '${classifier}' is not a valid classifier.`
    }
  }
  for (const requirement of metadata.get('requires-dist') ?? []) {
    if (/^[^;]*@/.test(requirement)) return `Can't have direct dependency: ${requirement}`
  }
  return null
}
