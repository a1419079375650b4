import { licenseFault } from '../../spdx-expression.ts'
import { parsePython } from '../version.ts'
import { classifierFault } from './classifiers.ts'
import { contentTypeFault } from './content-type.ts'
import { isEmailAddress, soleAddress } from './email.ts'
import type { Fault } from './fault.ts'
import { FIELDS, METADATA_VERSIONS } from './fields.ts'
import { importNameFault } from './import-name.ts'
import { distributionFault, requiresPythonFault } from './requirement-fault.ts'
import { isWebAddress } from './url.ts'

/** Returns the fault of one value of a field, or null. */
type Rule = (value: string) => Fault | null | Promise<Fault | null>

/** PyPI refuses a longer summary (warehouse/forklift/metadata.py, `_LENGTH_LIMITS`). */
export const MAX_SUMMARY_CHARACTERS = 512

/** PyPI refuses a longer label of a project URL (warehouse/forklift/metadata.py). */
const MAX_LABEL_CHARACTERS = 32

/** PyPA specification "Names and normalization". */
const NAME = /^(?:[a-z0-9]|[a-z0-9][a-z0-9._-]*[a-z0-9])$/i

const quoted = (text: string) => JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text)

const metadataVersion: Rule = (value) => {
  if ((METADATA_VERSIONS as readonly string[]).includes(value)) return null
  const why = `it does not know Metadata-Version ${quoted(value)}, only up to ${METADATA_VERSIONS.at(-1)}`
  return { code: 'metadata-version-unknown', why, hint: 'Build it with a backend that writes a version PyPI knows.' }
}

const name: Rule = (value) => {
  if (NAME.test(value)) return null
  const hint = 'Use ASCII letters and digits, with `-`, `_` and `.` between them.'
  return { code: 'package-name-invalid', why: `${quoted(value)} is not a valid name of a package`, hint }
}

/** PEP 440; warehouse refuses local versions. */
const version: Rule = (value) => {
  const parsed = parsePython(value)
  if (!parsed) {
    const hint = 'Write it as PEP 440 says: 1.2.0, 1.2.0rc1.'
    return { code: 'package-version-invalid', why: `${quoted(value)} is not a Python version`, hint }
  }
  if (parsed.local.length === 0) return null
  const hint = `Release it as ${value.replace(/\+.*/, '')}.`
  return { code: 'local-version', why: `${quoted(value)} is a local version, for private builds`, hint }
}

const summary: Rule = (value) => {
  const hint = 'Describe it in one sentence, and move the rest to the readme.'
  // packaging, `_LINE_BOUNDARY_RE`; other control characters are as wrong.
  if (/(?!\t)\p{Cc}|[\u2028\u2029]/u.test(value))
    return { code: 'package-description-lines', why: 'its description has several lines', hint }
  const { length } = [...value]
  if (length <= MAX_SUMMARY_CHARACTERS) return null
  const why = `its description has ${length} characters, and ${MAX_SUMMARY_CHARACTERS} are allowed`
  return { code: 'package-description-too-long', why, hint }
}

const contentType: Rule = (value) => {
  const why = contentTypeFault(value)
  const hint = 'Use a readme in `.md`, `.rst` or `.txt`, or the content type text/markdown, text/x-rst or text/plain.'
  return why === null
    ? null
    : { code: 'description-content-type-invalid', why: `the content type ${quoted(value)} ${why}`, hint }
}

const email: Rule = (value) => {
  const address = soleAddress(value)
  if (address === null || isEmailAddress(address)) return null
  const why = `${quoted(value)} has no valid e-mail address`
  const hint = 'Write an address that can receive mail, or leave `email` out.'
  return { code: 'email-invalid', why, hint }
}

const url: Rule = (value) =>
  isWebAddress(value)
    ? null
    : {
        code: 'url-invalid',
        why: `${quoted(value)} is not a web address`,
        hint: 'Write it in full, as in https://example.org/project.',
      }

/** `label, url` (core metadata specification, "Project-URL"). */
const projectUrl: Rule = (value) => {
  const [label = '', ...rest] = value.split(',')
  const { length } = [...label.trim()]
  if (length > 0 && length <= MAX_LABEL_CHARACTERS) return url(rest.join(',').trim())
  const why =
    length === 0
      ? `the URL ${quoted(value)} has no label`
      : `the label ${quoted(label.trim())} of a URL has ${length} characters, and ${MAX_LABEL_CHARACTERS} are allowed`
  return { code: 'url-label-invalid', why, hint: 'Give it a short label, such as Documentation or Changelog.' }
}

/** PEP 639. */
const licenseExpression: Rule = async (value) => {
  const fault = await licenseFault(value, 'PyPI')
  if (fault === null) return null
  const [, what, meant] = /^(.*?)\.(?: Did you mean (`.+`)\?)?$/.exec(fault) ?? [fault, fault]
  const hint = meant
    ? `Write ${meant}, the SPDX identifier.`
    : 'Join SPDX identifiers with OR and AND, as in "MIT OR Apache-2.0"; for a license of your own, write `LicenseRef-NAME`.'
  return { code: 'license-expression-invalid', why: `its license ${quoted(value)} is invalid. ${what}`, hint }
}

/** PEP 639, "License-File"; packaging, `_process_license_files`. */
const licenseFile: Rule = (value) =>
  /\.\.|\*|\\|^[a-z]:|(?:^|\/)\.?(?:\/|$)/i.test(value)
    ? {
        code: 'license-file-path-invalid',
        why: `the license file ${quoted(value)} is not a path within the package`,
        hint: 'Put the license beside pyproject.toml, and list its path, with `/`, in `license-files`.',
      }
    : null

/** PEP 643; warehouse, `DYNAMIC_FIELDS`. */
const dynamic: Rule = (value) => {
  const field = Object.keys(FIELDS).find((each) => each.toLowerCase() === value.toLowerCase())
  if (field && !['Metadata-Version', 'Name', 'Version', 'Dynamic'].includes(field)) return null
  const why = field ? `${field} cannot be dynamic` : `${quoted(value)} in Dynamic is not a field of its metadata`
  return { code: 'dynamic-field-invalid', why, hint: 'Build it with an up-to-date backend, which writes this field.' }
}

const extra: Rule = (value) =>
  NAME.test(value)
    ? null
    : {
        code: 'extra-name-invalid',
        why: `${quoted(value)} is not a valid name of an extra`,
        hint: 'Use ASCII letters and digits, with `-`, `_` and `.` between them.',
      }

/** PyPI's rules for single values of the core metadata, by field. A field without a rule may have any value. */
export const FIELD_RULES: Readonly<Record<string, Rule>> = {
  'Metadata-Version': metadataVersion,
  Name: name,
  Version: version,
  Summary: summary,
  'Description-Content-Type': contentType,
  'Home-Page': url,
  'Download-URL': url,
  'Project-URL': projectUrl,
  'Author-Email': email,
  'Maintainer-Email': email,
  'License-Expression': licenseExpression,
  'License-File': licenseFile,
  Classifier: classifierFault,
  'Requires-Dist': distributionFault,
  'Provides-Dist': distributionFault,
  'Obsoletes-Dist': distributionFault,
  'Requires-Python': requiresPythonFault,
  'Provides-Extra': extra,
  Dynamic: dynamic,
  'Import-Name': importNameFault,
  'Import-Namespace': importNameFault,
}

/** Returns why PyPI refuses a value of a field of the core metadata, spelled as in `FIELDS`; null if it does not. */
export async function fieldFault(field: keyof typeof FIELDS, value: string): Promise<Fault | null> {
  return (await FIELD_RULES[field]?.(value)) ?? null
}
