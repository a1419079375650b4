import type { CoreMetadata } from '@slipway/core/python/metadata/fields'

/** Single form fields of PyPI's legacy upload API, and the core metadata field of each. */
const SINGLE = {
  metadata_version: 'Metadata-Version',
  name: 'Name',
  version: 'Version',
  summary: 'Summary',
  description_content_type: 'Description-Content-Type',
  keywords: 'Keywords',
  home_page: 'Home-page',
  download_url: 'Download-URL',
  author: 'Author',
  author_email: 'Author-email',
  maintainer: 'Maintainer',
  maintainer_email: 'Maintainer-email',
  license: 'License',
  license_expression: 'License-Expression',
  requires_python: 'Requires-Python',
} as const

/** Repeatable fields. Some have singular names anyway; PyPI silently ignores a wrong name. */
const REPEATED = {
  classifiers: 'Classifier',
  requires_dist: 'Requires-Dist',
  provides_dist: 'Provides-Dist',
  obsoletes_dist: 'Obsoletes-Dist',
  requires_external: 'Requires-External',
  project_urls: 'Project-URL',
  provides_extra: 'Provides-Extra',
  dynamic: 'Dynamic',
  import_name: 'Import-Name',
  import_namespace: 'Import-Namespace',
  platform: 'Platform',
  supported_platform: 'Supported-Platform',
  license_file: 'License-File',
} as const

/** The form's description of the file itself. */
export interface UploadedFile {
  /** `bdist_wheel` or `sdist`. */
  filetype: string
  /** Python tag of a wheel, `source` for an sdist. */
  pyversion: string
  /** Lower-case hex. */
  sha256: string
}

/**
 * Returns the fields of an upload form, in order, without the file (PyPI's documentation, "Upload API"; core metadata
 * specification).
 */
export function uploadForm(metadata: CoreMetadata, file: UploadedFile): [string, string][] {
  const fields: [string, string][] = [
    [':action', 'file_upload'],
    ['protocol_version', '1'],
    ['filetype', file.filetype],
    ['pyversion', file.pyversion],
    ['sha256_digest', file.sha256],
  ]
  for (const [field, header] of Object.entries(SINGLE)) {
    const value = metadata.get(header)
    if (value !== null) fields.push([field, value])
  }
  if (metadata.description) fields.push(['description', metadata.description])
  // The form has a License-File field only since metadata 2.4 (PEP 639).
  const withLicenseFiles = Number(metadata.get('Metadata-Version')?.split('.')[1]) >= 4
  for (const [field, header] of Object.entries(REPEATED)) {
    if (field === 'license_file' && !withLicenseFiles) continue
    for (const value of metadata.all(header)) fields.push([field, value])
  }
  return fields
}
