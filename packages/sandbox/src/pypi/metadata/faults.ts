import { normalizedVersion } from '../version.ts'
import { addressFault, addressIn } from './address.ts'
import { contentTypeFault } from './description.ts'
import { isLicenseExpression } from './license.ts'
import { type CoreMetadata, sinceOf, value } from './read.ts'
import { isSpecifierSet, urlOfRequirement } from './requirement.ts'

/** The message about a field. */
type Refused = [field: string, message: string]

/** Metadata versions that PyPI accepts, oldest first. */
const METADATA_VERSIONS = ['1.0', '1.1', '1.2', '2.1', '2.2', '2.3', '2.4', '2.5']

const NAME = /^(?:[a-z0-9]|[a-z0-9][a-z0-9._-]*[a-z0-9])$/i

/** Returns a text as Python shows it. */
function repr(text: string | undefined): string {
  if (text === undefined) return 'None'
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  return quote + text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n') + quote
}

const invalid = (field: string, text: string): Refused => [field, `${repr(text)} is invalid for '${field}'`]

/** Returns what packaging finds wrong in a field of `Metadata.from_raw`, by the methods `_process_…`. */
async function processed(field: string, text: string): Promise<Refused | null> {
  switch (field) {
    case 'name':
    case 'provides-extra':
      return NAME.test(text) ? null : invalid(field, text)
    case 'version':
      return normalizedVersion(text) === null ? invalid(field, text) : null
    case 'summary':
      return /[\n\r\v\f\u0085\u2028\u2029]/.test(text) ? [field, "'summary' must be a single line"] : null
    case 'description-content-type': {
      const fault = contentTypeFault(text)
      return fault === null ? null : [field, fault]
    }
    case 'requires-dist':
      return urlOfRequirement(text) === undefined ? invalid(field, text) : null
    case 'requires-python':
      return isSpecifierSet(text) ? null : invalid(field, text)
    case 'license-expression':
      return (await isLicenseExpression(text)) ? null : invalid(field, text)
    case 'license-file':
      return licenseFileFault(text)
    case 'dynamic':
      return dynamicFault(text.toLowerCase())
    case 'import-name':
    case 'import-namespace':
      return importFault(field, text)
    default:
      return null
  }
}

function licenseFileFault(path: string): Refused | null {
  const because = path.includes('..')
    ? 'parent directory indicators are not allowed'
    : path.includes('*')
      ? 'paths must be resolved'
      : /^(?:[\\/]|[a-z]:)/i.test(path)
        ? 'paths must be relative'
        : /\\|(?:^|\/)\.?(?:\/|$)/.test(path)
          ? "paths must use '/' delimiter"
          : null
  return because === null ? null : ['license-file', `${repr(path)} is invalid for 'license-file', ${because}`]
}

function dynamicFault(field: string): Refused | null {
  if (['name', 'version', 'metadata-version'].includes(field))
    return ['dynamic', `${repr(field)} is not allowed as a dynamic field`]
  return sinceOf(field) === undefined ? ['dynamic', `${repr(field)} is not a valid dynamic field`] : null
}

const KEYWORD =
  /^(?:False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield)$/

function importFault(field: string, text: string): Refused | null {
  const [, name = '', option] = /^([^;]*)(?:;(.*))?$/s.exec(text) ?? []
  for (const each of name.trimEnd().split('.')) {
    const wrong = `${repr(name.trimEnd())} is invalid for '${field}'; ${repr(each)} is`
    if (!/^[_\p{ID_Start}]\p{ID_Continue}*$/u.test(each)) return [field, `${wrong} not a valid identifier`]
    if (KEYWORD.test(each)) return [field, `${wrong} a keyword`]
  }
  if (option === undefined || option.trimStart() === 'private') return null
  return [field, `${repr(text)} is invalid for '${field}'; the only valid option is 'private'`]
}

/** Returns what packaging finds wrong (`Metadata.from_raw`). */
async function packagingFaults(metadata: CoreMetadata): Promise<Refused[]> {
  const version = value(metadata, 'metadata-version')
  const age = METADATA_VERSIONS.indexOf(version ?? '')
  if (age < 0) return [['metadata-version', `${repr(version)} is not a valid metadata version`]]
  const faults: Refused[] = []
  for (const field of ['name', 'version'])
    if (!metadata.has(field)) faults.push([field, `'${field}' is a required field`])
  for (const [field, texts] of metadata) {
    const since = sinceOf(field) ?? '1.0'
    if (METADATA_VERSIONS.indexOf(since) > age) {
      faults.push([field, `${field} introduced in metadata version ${since}, not ${version}`])
      continue
    }
    for (const text of texts) {
      const fault = await processed(field, text)
      if (fault) faults.push(fault)
    }
  }
  const labels = (metadata.get('project-url') ?? []).map((each) => each.split(',', 1)[0]?.trim())
  if (new Set(labels).size < labels.length) faults.push(['project_urls', "'project_urls' has invalid data"])
  return faults
}

/** Whether PyPI takes a text for a URL: rfc3986 repairs the rest of what `is_valid_uri` looks at. */
function isUrl(text: string): boolean {
  const [, authority = '', rest = ''] = /^https?:(?:\/\/([^/\\?#]*))?([^#]*)/i.exec(text) ?? [null, '', '[']
  return !/[[\]]/.test(rest) && !(Number(/:(\d{5})$/.exec(authority)?.[1] ?? 0) > 65_535)
}

function projectUrlFault(text: string): Refused | null {
  const [label = '', ...rest] = text.split(',').map((each) => each.trim())
  const url = rest.join(',')
  if (label === '') return ['project-url', 'Must have a label']
  if ([...label].length > 32) return ['project-url', `${repr(label)} must be 32 characters or less.`]
  if (url === '') return ['project-url', 'Must have a URL']
  return isUrl(url) ? null : ['project-url', `${repr(url)} is not a valid url`]
}

/** Returns what is wrong with the classifiers, against the list of trove-classifiers. */
async function classifierFaults(classifiers: readonly string[]): Promise<Refused[]> {
  if (classifiers.length === 0) return []
  const { default: list } = await import('@slipway/core/python/data/classifiers.json', { with: { type: 'json' } })
  const deprecated = new Map<string, string[]>(Object.entries(list.deprecated))
  return [...classifiers].sort().flatMap((each): Refused[] => {
    const instead = deprecated.get(each)
    const end = instead && instead.length > 0 ? `, use one of [${instead.map(repr).join(', ')}] instead.` : '.'
    if (instead) return [['classifier', `The classifier ${repr(each)} has been deprecated${end}`]]
    return list.current.includes(each) ? [] : [['classifier', `${repr(each)} is not a valid classifier.`]]
  })
}

/** Returns what PyPI itself finds wrong (warehouse, `_validate_metadata`). */
async function warehouseFaults(metadata: CoreMetadata): Promise<Refused[]> {
  const faults: Refused[] = []
  const all = (field: string) => metadata.get(field) ?? []
  const version = normalizedVersion(value(metadata, 'version') ?? '') ?? ''
  if (version.includes('+')) faults.push(['version', `The use of local versions in '${version}' is not allowed.`])
  if ([...(value(metadata, 'summary') ?? '')].length > 512)
    faults.push(['summary', "'summary' field must be 512 characters or less."])
  for (const field of ['author-email', 'maintainer-email']) {
    const address = addressIn(value(metadata, field) ?? '')
    const fault = address && addressFault(address)
    if (fault) faults.push([field, `${repr(address)} is not a valid email address: ${fault}`])
  }
  faults.push(...(await classifierFaults(all('classifier'))))
  for (const field of ['home-page', 'download-url'])
    for (const text of all(field)) if (!isUrl(text)) faults.push([field, `${repr(text)} is not a valid url.`])
  for (const text of all('project-url')) faults.push(...[projectUrlFault(text)].filter((each) => each !== null))
  for (const field of ['provides-dist', 'obsoletes-dist', 'requires-dist']) {
    for (const text of all(field)) {
      const url = urlOfRequirement(text)
      if (url === undefined) faults.push([field, `${repr(text)} is invalid`])
      else if (url !== null) faults.push([field, `Can't have direct dependency: ${text}`])
    }
  }
  if (all('dynamic').some((each) => each.toLowerCase() === 'dynamic'))
    faults.push(['dynamic', "Dynamic field 'dynamic' is not a valid dynamic field."])
  if (value(metadata, 'license') && value(metadata, 'license-expression')) {
    const only = 'Only License-Expression should be present.'
    faults.push(['license', `License is deprecated when License-Expression is present. ${only}`])
  }
  return faults
}

/** Returns why PyPI refuses the metadata of an upload, in its words; null if it accepts them. It reports one fault. */
export async function metadataFault(metadata: CoreMetadata): Promise<string | null> {
  const found = await packagingFaults(metadata)
  const faults = found.length > 0 ? found : await warehouseFaults(metadata)
  const first = ['metadata-version', 'name', 'version'].find((field) => faults.some(([each]) => each === field))
  const field = first ?? faults.map(([each]) => each).sort()[0]
  const message = faults.find(([each]) => each === field)?.[1]
  if (message === undefined) return null
  return `${message.replace(/\.?$/, '.')} See the core metadata specification for more information.`
}
