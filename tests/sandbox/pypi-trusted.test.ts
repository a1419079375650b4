import { expect, test } from '@jest/globals'
import { PYPI_PUBLISH } from '@slipway/registries/signing/statement'
import { makeWheel, started, type Tested, tested } from './harness.ts'
import { attestationOf, type Subject, subjectOf } from './signing.ts'
import { idToken, mint, workflow } from './trusted.ts'
import { form, upload } from './upload-form.ts'

const made = { name: 'made', version: '1.0' }
const wheel = makeWheel(made)

const minted = async (sandbox: Tested) => (await mint(sandbox, await idToken(sandbox, 'pypi'))).token

/** Starts a sandbox with projects that a workflow may publish. */
async function withPublisher(...names: string[]) {
  const sandbox = await tested()
  await sandbox.steer.setPypiPublishers(
    'pypi',
    names.map((project) => ({ project, ...workflow })),
  )
  return sandbox
}

test('a minted token uploads to the projects of its publisher only', async () => {
  const sandbox = await withPublisher('made', 'second')
  await upload(sandbox, form({ name: 'Third', version: '1.0' }, makeWheel({ name: 'third', version: '1.0' })))
  const token = await minted(sandbox)
  const version = (name: string, number = '1.1') => {
    const one = { name, version: number }
    return upload(sandbox, form(one, makeWheel(one)), token)
  }
  expect(await version('made')).toEqual([200, ''])
  expect(await version('second')).toEqual([200, ''])
  const faults =
    "OIDC scoped token is not valid for project 'Third', project-scoped token is not valid for project: 'Third'"
  expect(await version('third')).toEqual([403, `Invalid API Token: ${faults}, ${faults}`])
  expect(await upload(sandbox, form(made, wheel), `${token}x`)).toEqual([
    403,
    'Invalid or non-existent authentication information.',
  ])
  const { upload: url } = sandbox.pypi
  const headers = { authorization: `Bearer ${token}` }
  expect((await fetch(url, { method: 'POST', headers, body: form(made, wheel) })).status).toBe(200)
})

test('an expired token is refused after the form is read', async () => {
  const sandbox = await withPublisher('made')
  await sandbox.steer.setTokenLifetime('pypi', 0)
  const token = await minted(sandbox)
  expect(await upload(sandbox, form(made, wheel), token)).toEqual([
    403,
    'Invalid API Token: token is expired, token is expired',
  ])
  expect((await upload(sandbox, form(made, wheel, { version: null }), token))[0]).toBe(400)
  await sandbox.steer.setTokenLifetime('pypi', 900_000)
  expect(await upload(sandbox, form(made, wheel), await minted(sandbox))).toEqual([200, ''])
})

/** Uploads the wheel with these attestations. */
const uploadWith = (sandbox: Tested, attestations: unknown, token?: string) =>
  upload(sandbox, form(made, wheel, { attestations: JSON.stringify(attestations) }), token)

test('invalid attestations are refused with the messages of PyPI', async () => {
  const sandbox = await withPublisher('made')
  const token = await minted(sandbox)
  const attestation = await attestationOf(sandbox, subjectOf(wheel))
  const of = (more: Partial<Subject>, claims: Record<string, string> = {}) =>
    attestationOf(sandbox, { ...subjectOf(wheel), ...more }, claims)
  const failed = (why: string) =>
    `Could not verify the uploaded artifact using the included attestation: Verification failed: ${why}`
  const ref = 'someone/project/.github/workflows/other.yml@refs/tags/v1.0.0'
  const file = `https://github.com/${ref}`
  const cases: [unknown, string | undefined, string][] = [
    [[attestation], sandbox.pypi.token, 'Attestations are only supported when using Trusted Publishing'],
    [[], token, 'Malformed attestations: an empty attestation set is not permitted'],
    [{}, token, 'Malformed attestations: Input should be a valid list'],
    [[attestation, attestation, attestation], token, 'A maximum of 2 attestations per file are supported'],
    [[{ version: 1 }], token, 'Malformed attestations: 1 validation error for list[Attestation]\n0'],
    [
      [attestation, attestation],
      token,
      `Multiple attestations for the same file with the same predicate type (${PYPI_PUBLISH}) are not supported`,
    ],
    [[await of({ sha256: 'f'.repeat(64) })], token, failed('subject does not match distribution digest')],
    [
      [await of({ filename: 'made-1.1-py3-none-any.whl' })],
      token,
      failed(`subject does not match distribution name: made-1.1-py3-none-any.whl != ${wheel.filename}`),
    ],
    [
      [await of({}, { workflow_ref: ref })],
      token,
      failed(
        `Certificate's Build Config URI (${file}) does not match expected Trusted Publisher (release.yml @ someone/project)`,
      ),
    ],
    [[await attestationOf(await tested(), subjectOf(wheel))], token, failed('failed to build certificate chain')],
    [
      [{ ...attestation, envelope: { ...attestation.envelope, statement: 'e30=' } }],
      token,
      failed('DSSE: invalid signature'),
    ],
  ]
  for (const [value, by, words] of cases) {
    expect(await uploadWith(sandbox, value, by)).toEqual([400, `Invalid attestations supplied during upload: ${words}`])
  }
})

test('attestations of a trusted upload are stored and served', async () => {
  const sandbox = await withPublisher('made')
  const token = await minted(sandbox)
  const attestation = await attestationOf(sandbox, subjectOf(wheel))
  const plain = { name: 'made', version: '1.1' }
  const bare = makeWheel(plain)
  expect(await upload(sandbox, form(plain, bare), token)).toEqual([200, ''])
  expect(await uploadWith(sandbox, [attestation], token)).toEqual([200, ''])
  const page = await fetch(`${sandbox.pypi.simple}made/`, {
    headers: { accept: 'application/vnd.pypi.simple.v1+json' },
  })
  const { files } = (await page.json()) as { files: { filename: string; provenance?: string }[] }
  expect(files.map((each) => typeof each.provenance)).toEqual(['object', 'string'])
  const served = await fetch(files[1]?.provenance ?? '')
  expect([served.status, served.headers.get('content-type'), await served.json()]).toEqual([
    200,
    'application/vnd.pypi.integrity.v1+json',
    {
      version: 1,
      attestation_bundles: [
        { publisher: { kind: 'GitHub', ...workflow, environment: null }, attestations: [attestation] },
      ],
    },
  ])
  expect(await (await fetch(`${sandbox.pypi.simple}made/`)).text()).toContain(
    `data-provenance="${files[1]?.provenance}"`,
  )
  const without = await fetch(new URL(`/integrity/made/1.1/${bare.filename}/provenance`, sandbox.pypi.simple))
  expect([without.status, await without.json()]).toEqual([
    404,
    { message: `No provenance available for ${bare.filename}` },
  ])
})

test('publishers, tokens and used ID tokens survive a restart', async () => {
  const before = await started()
  await before.steer.setPypiPublishers('pypi', [{ project: 'made', ...workflow }])
  const jwt = await idToken(before, 'pypi')
  const { token } = await mint(before, jwt)
  await before.close()
  const after = await tested({ dir: before.dir })
  expect(await mint(after, jwt)).toMatchObject({ words: 'invalid-reuse-token: invalid token: already used' })
  expect(await upload(after, form(made, wheel), token)).toEqual([200, ''])
  expect(await mint(after, await idToken(after, 'pypi'))).toMatchObject({ status: 200 })
})
