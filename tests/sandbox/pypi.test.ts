import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { startSandbox } from '@slipway/sandbox/start'
import { type Made, makeSdist, makeWheel, type Tested, temporaryFolder, tested } from './harness.ts'
import { form, upload } from './upload-form.ts'

const made: Made = { name: 'Made-up', version: '1.0', metadata: ['Requires-Python: >=3.8', 'Summary: s'] }
const wheel = makeWheel(made)

test('an upload appears in the simple index and can be downloaded', async () => {
  const sandbox = await tested()
  expect(await upload(sandbox, form(made, wheel))).toEqual([200, ''])
  expect(await upload(sandbox, form(made, makeSdist(made)))).toEqual([200, ''])
  const page = await fetch(`${sandbox.pypi.simple}made-up/`, {
    headers: { accept: 'application/vnd.pypi.simple.v1+json' },
  })
  expect(page.headers.get('content-type')).toBe('application/vnd.pypi.simple.v1+json')
  const { files } = (await page.json()) as { files: { url: string; filename: string }[] }
  const sha256 = createHash('sha256').update(wheel.bytes).digest('hex')
  expect(files).toMatchObject([
    {
      filename: wheel.filename,
      hashes: { sha256 },
      size: wheel.bytes.length,
      'requires-python': '>=3.8',
      yanked: false,
    },
    { filename: 'made_up-1.0.tar.gz', 'core-metadata': false },
  ])
  const bytes = await (await fetch(files[0]?.url ?? '')).arrayBuffer()
  expect(Buffer.from(bytes).equals(wheel.bytes)).toBe(true)
  expect(await (await fetch(`${files[0]?.url}.metadata`)).text()).toContain('Name: Made-up')
  const html = await (await fetch(`${sandbox.pypi.simple}Made.Up`)).text()
  expect(html).toContain(`#sha256=${sha256}" data-requires-python="&#62;=3.8"`)
  expect((await fetch(`${sandbox.testpypi.simple}made-up/`)).status).toBe(404)
})

test('the JSON API shows the addresses of the newest version that is no prerelease', async () => {
  const sandbox = await tested()
  const add = (version: string, metadata: string[]) => {
    const one: Made = { name: 'Made-up', version, metadata }
    return upload(sandbox, form(one, makeWheel(one)))
  }
  const shown = async (name: string) => {
    const response = await fetch(new URL(`/pypi/${name}/json`, sandbox.pypi.simple))
    return response.ok ? ((await response.json()) as { info: object }).info : response.status
  }
  expect(await shown('made-up')).toBe(404)
  await add('1.0', [])
  expect(await shown('made-up')).toMatchObject({ name: 'Made-up', version: '1.0', project_urls: null, home_page: null })
  await add('1.1', ['Home-page: https://example.invalid/', 'Project-URL: Source, https://example.invalid/a,b'])
  await add('1.2rc1', [])
  const project_urls = { Homepage: 'https://example.invalid/', Source: 'https://example.invalid/a,b' }
  expect(await shown('Made.Up')).toMatchObject({ version: '1.1', home_page: 'https://example.invalid/', project_urls })
})

test('the same bytes succeed again without effect; other bytes, second sdists and used names are refused', async () => {
  const sandbox = await tested()
  await upload(sandbox, form(made, wheel))
  expect(await upload(sandbox, form(made, wheel))).toEqual([200, ''])
  const other = makeWheel({ ...made, files: { 'x.py': '' } })
  expect(await upload(sandbox, form(made, other))).toEqual([
    400,
    expect.stringMatching(
      /^File already exists \('made_up-1\.0-py3-none-any\.whl', with blake2_256 hash '[0-9a-f]{64}'\)\./,
    ),
  ])
  await upload(sandbox, form(made, makeSdist(made)))
  const renamed = { ...makeSdist({ ...made, version: '1.0.0' }), filename: 'made_up-1.0.0.tar.gz' }
  expect(await upload(sandbox, form({ ...made, version: '1.0.0' }, renamed))).toEqual([
    400,
    'Only one sdist may be uploaded per release.',
  ])
  await sandbox.steer.deletePypiFile('pypi', wheel.filename)
  expect(await upload(sandbox, form(made, wheel))).toEqual([
    400,
    expect.stringMatching(/^This filename was previously used by a file that has since been deleted/),
  ])
  expect((await sandbox.steer.log()).map((each) => each.effect).filter(Boolean)).toEqual([
    `file ${wheel.filename} uploaded`,
    'file made_up-1.0.tar.gz uploaded',
  ])
})

test('invalid uploads are refused with the messages of PyPI, without effect', async () => {
  const sandbox = await tested()
  const of = (more: Partial<Made>) => [{ ...made, ...more }, makeWheel({ ...made, ...more })] as const
  const linux = of({ tag: 'cp38-abi3-linux_x86_64' })
  const broken = { filename: wheel.filename, bytes: Buffer.concat([wheel.bytes, Buffer.from('x')]) }
  const cases: [FormData, string | RegExp][] = [
    [form(made, wheel, { ':action': 'submit' }), /^Invalid ':action'/],
    [form(made, wheel, { protocol_version: '2' }), 'Unknown protocol version.'],
    [form(made, wheel, { metadata_version: null }), /^None is not a valid metadata version\./],
    [form(made, wheel, { name: null }), /Name. Error: This field is required/],
    [form(made, wheel, { filetype: null }), 'Invalid value for filetype. Error: This field is required.'],
    [form(made, wheel, { filetype: 'bdist_egg' }), 'filetype: Use a known file type.'],
    [form(made, wheel, { pyversion: null }), 'Error: Python version is required for binary distribution uploads.'],
    [form(made, makeSdist(made), { pyversion: 'py3' }), "Error: Use 'source' as Python version for an sdist."],
    [form(made, wheel, { sha256_digest: null }), 'Error: Include at least one message digest.'],
    [form(made, wheel, { sha256_digest: '0'.repeat(64) }), /^The digest supplied does not match/],
    [form(made, wheel, { blake2_256_digest: '0'.repeat(64) }), /^The digest supplied does not match/],
    [
      form(made, wheel, { attestations: '[{}]' }),
      /^Invalid attestations supplied during upload: Attestations are only supported/,
    ],
    [form(made, wheel, { name: 'other' }), "Start filename for 'other' with 'other'."],
    [form(made, wheel, { version: '1.1' }), "Version in filename should be '1.1' not '1.0'."],
    [form(made, { ...wheel, filename: 'made_up-1.0.whl' }, { pyversion: 'py3' }), /^Invalid wheel filename/],
    [form(made, { ...wheel, filename: 'made_up-1.0.egg' }, { pyversion: 'source' }), /^Invalid file extension/],
    [form(...linux), `Binary wheel '${linux[1].filename}' has an unsupported platform tag 'linux_x86_64'.`],
    [form(made, broken), /^Invalid distribution file. ZIP archive not accepted: Trailing data\./],
    [form(...of({ version: '1.0+local' })), /^The use of local versions in '1.0\+local' is not allowed\./],
    [form(...of({ metadata: [`Summary: ${'s'.repeat(513)}`] })), /^'summary' field must be 512 characters or less\./],
    [form(...of({ metadata: ['Author-Email: Someone <someone>'] })), /'someone' is not a valid email address/],
    [form(...of({ metadata: ['Classifier: Private :: Do Not Upload'] })), /is not a valid classifier/],
    [form(...of({ metadata: ['Requires-Dist: a @ https://host.invalid/a.whl'] })), /^Can't have direct dependency/],
    [
      form(...of({ metadata: ['Description-Content-Type: text/html'] })),
      /^'description-content-type' must be one of \['text\/plain', 'text\/x-rst', 'text\/markdown'\], not 'text\/html'\./,
    ],
    [
      form(made, { ...makeWheel({ ...made, version: '1.0.1' }), filename: wheel.filename }),
      /^Invalid distribution file. WHEEL not found at made_up-1\.0\.dist-info\/WHEEL/,
    ],
    [
      form(made, { filename: 'made_up-1.0.tar.gz', bytes: wheel.bytes }),
      /^Invalid distribution file. File is not a tarfile/,
    ],
  ]
  for (const [body, words] of cases) {
    const [status, message] = await upload(sandbox, body)
    expect([status, message]).toEqual([400, typeof words === 'string' ? words : expect.stringMatching(words)])
  }
  expect(await upload(sandbox, form(made, wheel), 'wrong')).toEqual([
    403,
    'Invalid or non-existent authentication information.',
  ])
  const requests = (await sandbox.steer.log()).filter((each) => each.service === 'pypi')
  expect(requests.every((each) => each.upload && !each.accepted && each.effect === null)).toBe(true)
  expect((await fetch(`${sandbox.pypi.simple}made-up/`)).status).toBe(404)
})

test('versions are compared by PEP 440, not as text', async () => {
  const sandbox = await tested()
  const alpha: Made = { name: 'made', version: '1.0.0a1' }
  expect(await upload(sandbox, form({ ...alpha, version: '1.0.0-alpha.1' }, makeWheel(alpha)))).toEqual([200, ''])
  const post: Made = { name: 'made', version: '1.0.post1' }
  expect(await upload(sandbox, form({ ...post, version: '1.0-1' }, makeWheel(post)))).toEqual([200, ''])
})

test('the address without its slash redirects with the method; errors are HTML unless the client accepts JSON', async () => {
  const sandbox = await tested()
  const bare = await fetch(sandbox.pypi.upload.replace(/\/$/, ''), {
    method: 'POST',
    body: form(made, wheel),
    redirect: 'manual',
  })
  expect([bare.status, bare.headers.get('location')]).toEqual([308, '/legacy/'])
  const html = await fetch(sandbox.pypi.upload, { method: 'POST', body: form(made, wheel) })
  expect([html.status, html.statusText]).toEqual([403, 'Invalid or non-existent authentication information.'])
  expect(await html.text()).toContain('<title>403 Invalid or non-existent')
})

test('a lagging index stores a file at once and shows it later', async () => {
  const sandbox = await tested()
  await sandbox.steer.setPypiLag('pypi', 1200)
  await upload(sandbox, form(made, wheel))
  const shown = async () => (await fetch(`${sandbox.pypi.simple}made-up/`)).status
  expect(await shown()).toBe(404)
  expect((await upload(sandbox, form(made, wheel)))[0]).toBe(200)
  await new Promise((resolve) => setTimeout(resolve, 1300))
  expect(await shown()).toBe(200)
})

test('a release accepts no files after 14 days', async () => {
  const dir = temporaryFolder()
  const { description, close } = await startSandbox({ dir, cargoUpstream: null })
  await upload({ ...description, dir } as Tested, form(made, wheel))
  await close()
  const file = join(dir, 'pypi/state.json')
  const age = (uploadedAt: number) => uploadedAt - 15 * 24 * 60 * 60 * 1000
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(/"uploadedAt":(\d+)/, (_, at) => `"uploadedAt":${age(Number(at))}`),
  )
  const sandbox = await tested({ dir })
  expect(await upload(sandbox, form(made, makeSdist(made)))).toEqual([400, expect.stringContaining('14 days')])
  expect(await upload(sandbox, form(made, wheel))).toEqual([200, ''])
})
