import { expect, test } from '@jest/globals'
import { parseMetadata } from '@slipway/artifacts/metadata'
import { readTarMembers } from '@slipway/artifacts/tar'
import { uploadForm } from '@slipway/registries/pypi/form'
import { metadataFault } from '@slipway/sandbox/pypi/metadata/faults'
import { metadataOfForm } from '@slipway/sandbox/pypi/metadata/read'
import { unzipSync } from 'fflate'
import { BROKEN, type Broken, FIT } from '../unit/artifacts/broken-files.ts'
import { READMES, VALUES } from '../unit/core/python/metadata/values.ts'
import { started, type Tested } from './harness.ts'
import { form, upload } from './upload-form.ts'

/** Returns the text of METADATA or PKG-INFO; null if the file cannot be read. */
function metadataIn({ filename, bytes }: Omit<Broken, 'code'>): string | null {
  try {
    if (!filename.endsWith('.whl')) {
      const info = readTarMembers(bytes).find((each) => /^[^/]+\/PKG-INFO$/.test(each.path.toString()))
      return info ? Buffer.from(info.data).toString() : null
    }
    const files = unzipSync(bytes, { filter: (each) => /^[^/]+\.dist-info\/METADATA$/.test(each.name) })
    return Object.values(files).map((each) => Buffer.from(each).toString())[0] ?? null
  } catch {
    return null
  }
}

/** Uploads a file as Slipway's client does, which sends the metadata in the file. */
async function uploaded(sandbox: Tested, file: Omit<Broken, 'code'>): Promise<[number, string]> {
  const made = { name: 'demo-pkg', version: '1.0.0' }
  const text = metadataIn(file)
  if (text === null) return upload(sandbox, form(made, file))
  const { filetype, pyversion, sha256_digest } = Object.fromEntries(form(made, file)) as Record<string, string>
  const described = { filetype: filetype ?? '', pyversion: pyversion ?? '', sha256: sha256_digest ?? '' }
  const data = new FormData()
  for (const [name, value] of uploadForm(parseMetadata(text), described)) data.append(name, value)
  data.append('content', new File([new Uint8Array(file.bytes)], file.filename, { type: 'application/octet-stream' }))
  return upload(sandbox, data)
}

/** What PyPI accepts of the broken files, and why. */
const ACCEPTED: Record<string, string> = {
  'METADATA: a repeated field': 'clients send the first value',
  'RECORD: a row missing': 'PyPI writes a mail about a RECORD that differs',
  'RECORD: another hash': 'PyPI compares no hashes',
  'RECORD: another size': 'PyPI compares no sizes',
  'RECORD: a file that is missing': 'PyPI writes a mail about a RECORD that differs',
  'RECORD: backslashes': 'PyPI reads them as slashes',
  'RECORD: a row without a hash': 'PyPI compares no hashes',
  'ZIP: a path with ..': 'PyPI leaves paths to installers',
  'ZIP: an absolute path': 'PyPI leaves paths to installers',
  'ZIP: a backslash': 'PyPI leaves paths to installers',
  'ZIP: a second .dist-info': 'PyPI reads the one of the file name',
  'tags: an unknown Python': 'PyPI checks platforms only',
  'tags: an unknown ABI': 'PyPI checks platforms only',
  'tags: abi3 without CPython': 'PyPI checks platforms only',
  'tags: another Tag in WHEEL': 'PyPI does not read the tags in WHEEL',
  'tags: a newer format': 'PyPI does not read the version in WHEEL',
  'sdist: metadata in latin-1': 'clients send it as UTF-8',
  'sdist: another top folder': 'PyPI wants one, whatever its name',
  'sdist: a link that leads out': 'PyPI leaves links to installers',
  'sdist: a link to an absolute path': 'PyPI leaves links to installers',
  'sdist: a path with ..': 'PyPI leaves paths to installers',
  'sdist: a device': 'PyPI leaves its members to installers',
  'sdist: no pyproject.toml': 'PyPI does not look for it',
}

test('the sandbox refuses the broken files that PyPI refuses, and no others', async () => {
  const accepted: string[] = []
  let sandbox = await started()
  for (const [family, files] of Object.entries(BROKEN)) {
    for (const [defect, file] of Object.entries(files)) {
      const [status, message] = await uploaded(sandbox, file)
      if (status === 400) {
        expect([defect, message]).not.toEqual([defect, expect.stringMatching(/^File already exists|undefined|%s/)])
        continue
      }
      accepted.push(`${family}: ${defect}`)
      // PyPI never forgets a name.
      await sandbox.close()
      sandbox = await started()
    }
  }
  await sandbox.close()
  expect(accepted).toEqual(Object.keys(ACCEPTED))
})

test('the sandbox accepts files without a fault', async () => {
  const { close, ...sandbox } = await started()
  for (const file of Object.values(FIT)) expect(await uploaded(sandbox, file)).toEqual([200, ''])
  await close()
})

/** Returns what the sandbox says about a form with one more field. */
async function said(field: string, value: string): Promise<string | null> {
  const data = new FormData()
  const names: Record<string, string> = { Classifier: 'classifiers', 'Project-URL': 'project_urls' }
  const fields = { metadata_version: '2.5', name: 'demo', version: '1' }
  const name = names[field] ?? field.toLowerCase().replaceAll('-', '_')
  for (const [key, text] of Object.entries({ ...fields, [name]: value })) data.append(key, text)
  const metadata = metadataOfForm(data)
  return typeof metadata === 'string' ? metadata : metadataFault(metadata)
}

test.each(Object.entries(VALUES))('%s: the sandbox accepts and refuses the same values', async (field, values) => {
  const { accepted, refused } = values
  const answers = async (all: string[]) => Promise.all(all.map(async (each) => [each, await said(field, each)]))
  expect(await answers(accepted)).toEqual(accepted.map((each) => [each, null]))
  expect((await answers(refused)).filter(([, message]) => message === null)).toEqual([])
})

test.each([
  ['License-Expression', 'Apache 2.0', "'Apache 2.0' is invalid for 'license-expression'."],
  ['Requires-Dist', 'other>=1.*', "'other>=1.*' is invalid for 'requires-dist'."],
  ['Requires-Dist', 'a @ https://example.org/a.whl', "Can't have direct dependency: a @ https://example.org/a.whl."],
  ['Dynamic', 'Name', "'name' is not allowed as a dynamic field."],
  ['Project-URL', `${'l'.repeat(33)}, https://example.org`, `'${'l'.repeat(33)}' must be 32 characters or less.`],
  ['Project-URL', 'Home, example.org', "'example.org' is not a valid url."],
  ['Author-Email', 'ann', "'ann' is not a valid email address: An email address must have an @-sign."],
  ['Classifier', 'x', "'x' is not a valid classifier."],
  [
    'Classifier',
    'Natural Language :: Ukranian',
    "The classifier 'Natural Language :: Ukranian' has been deprecated, use one of ['Natural Language :: Ukrainian'] instead.",
  ],
  ['Import-Name', 'class', "'class' is invalid for 'import-name'; 'class' is a keyword."],
  ['Summary', 'a\nb', "'summary' must be a single line."],
])('the words about %s: %s', async (field, value, words) => {
  expect(await said(field, value)).toBe(`${words} See the core metadata specification for more information.`)
})

test('the sandbox renders the readmes that it can read', async () => {
  const { close, ...sandbox } = await started()
  const made = { name: 'demo-pkg', version: '1.0.0' }
  const wheel = FIT.wheel as Omit<Broken, 'code'>
  for (const [description, isRendered] of READMES) {
    const [status, message] = await upload(sandbox, form(made, wheel, { description }))
    expect([description, status, message]).toEqual([
      description,
      isRendered ? 200 : 400,
      isRendered ? '' : expect.stringContaining('The description failed to render in the default format of'),
    ])
  }
  await close()
})
