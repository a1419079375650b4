import { parseContentType } from './content-type.ts'
import type { Fault } from './fault.ts'
import { type CoreMetadata, FIELDS, isAtLeast } from './fields.ts'
import { readmeFault } from './restructured-text.ts'
import { fieldFault } from './rules.ts'

const REBUILD = 'Build it with an up-to-date backend.'

/** Values that old versions of distutils wrote for missing fields; PyPI drops them (warehouse/forklift/decorators.py). */
function isGiven(value: string): boolean {
  return value.trim() !== '' && value.trim() !== 'UNKNOWN'
}

/** Returns the faults of a field as a whole: missing, repeated, or newer than the metadata version. */
function presence(field: string, values: readonly string[], version: string | null): Fault | null {
  const { since, repeats } = FIELDS[field] as (typeof FIELDS)[string]
  if (values.length === 0) {
    const isRequired = ['Metadata-Version', 'Name', 'Version'].includes(field)
    return isRequired ? { code: 'metadata-field-missing', why: `its metadata has no ${field}`, hint: REBUILD } : null
  }
  if (values.length > 1 && !repeats)
    return { code: 'metadata-field-repeated', why: `its metadata has ${field} more than once`, hint: REBUILD }
  const why = `${field} needs Metadata-Version ${since}, and it has ${version}`
  return isAtLeast(version, since) ? null : { code: 'metadata-field-too-new', why, hint: REBUILD }
}

/** Returns the faults of values that do not go together. */
function combinations(metadata: CoreMetadata): Fault[] {
  const faults: Fault[] = []
  if (isGiven(metadata.get('License') ?? '') && isGiven(metadata.get('License-Expression') ?? '')) {
    // PEP 639, "Deprecate license field".
    const hint = 'Write the SPDX expression alone: license = "MIT", without `license = { … }`.'
    faults.push({ code: 'license-fields-both', why: 'its metadata has both License and License-Expression', hint })
  }
  const labels = metadata.all('Project-URL').map((each) => (each.split(',')[0] ?? '').trim())
  const twice = labels.find((each, index) => labels.indexOf(each) < index)
  if (twice !== undefined) {
    const why = `two of its URLs have the label ${JSON.stringify(twice)}`
    faults.push({ code: 'url-label-invalid', why, hint: 'Give each URL another label.' })
  }
  const type = metadata.get('Description-Content-Type')
  const isRst = type === null || parseContentType(type)?.type === 'text/x-rst'
  const readme = isRst && metadata.description !== null ? readmeFault(metadata.description) : null
  return readme ? [...faults, readme] : faults
}

/**
 * Returns why PyPI refuses the metadata of a file (packaging, `Metadata.from_raw`; warehouse/forklift/metadata.py). It reads
 * what clients send: License-File only from metadata 2.4 on, and no field that is empty or unknown.
 */
export async function metadataFaults(metadata: CoreMetadata): Promise<Fault[]> {
  const version = metadata.get('Metadata-Version')
  const unknown = version === null ? null : await fieldFault('Metadata-Version', version)
  // Which fields an unknown version has is unknown too.
  if (unknown) return [unknown]
  const faults: Fault[] = []
  for (const field of Object.keys(FIELDS)) {
    if (field === 'License-File' && !isAtLeast(version, '2.4')) continue
    const values = metadata.all(field).filter(isGiven)
    const fault = presence(field, values, version)
    if (fault) faults.push(fault)
    else for (const each of values) faults.push(...[await fieldFault(field, each)].filter((found) => found !== null))
  }
  return [...faults, ...combinations(metadata)]
}
