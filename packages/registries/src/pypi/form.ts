import type { CoreMetadata } from '@slipway/artifacts/metadata'

/** Form fields of PyPI's legacy upload API that appear once, and the core metadata field each is taken from. */
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

/** Fields that may be repeated. Some have singular names all the same; a wrong name is ignored without a word. */
const REPEATED = {
  classifiers: 'Classifier',
  requires_dist: 'Requires-Dist',
  provides_dist: 'Provides-Dist',
  obsoletes_dist: 'Obsoletes-Dist',
  requires_external: 'Requires-External',
  project_urls: 'Project-URL',
  provides_extra: 'Provides-Extra',
  dynamic: 'Dynamic',
  import_names: 'Import-Name',
  import_namespaces: 'Import-Namespace',
  platform: 'Platform',
  supported_platform: 'Supported-Platform',
  license_file: 'License-File',
} as const

/** What the form says of the file itself. */
export interface UploadedFile {
  /** `bdist_wheel` or `sdist`. */
  filetype: string
  /** Python tag of a wheel, `source` for an sdist. */
  pyversion: string
  /** Lower-case hex. */
  sha256: string
}

/** The fields of an upload form (PyPI's documentation, "Upload API"; core metadata specification), in order, without the file. */
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
  // License-File is a field of the form since metadata 2.4 only (PEP 639).
  const withLicenseFiles = Number(metadata.get('Metadata-Version')?.split('.')[1]) >= 4
  for (const [field, header] of Object.entries(REPEATED)) {
    if (field === 'license_file' && !withLicenseFiles) continue
    for (const value of metadata.all(header)) fields.push([field, value])
  }
  return fields
}
