import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { Octokit } from '@octokit/rest'
import { controlClient } from '@slipway/sandbox/control'
import { startSandbox } from '@slipway/sandbox/start'
import { type Tested, temporaryFolder, tested } from './harness.ts'

const [owner, repo] = ['someone', 'project']
const ONE = 'a'.repeat(64)
const PROVENANCE = 'https://slsa.dev/provenance/v1'

/** Returns a bundle for a digest. GitHub reads its statement; the signature does not matter here. */
function bundle(sha256 = ONE, predicateType = PROVENANCE) {
  const statement = { subject: [{ name: 'a', digest: { sha256 } }], predicateType, predicate: {} }
  const payload = Buffer.from(JSON.stringify(statement)).toString('base64')
  return { mediaType: 'x', verificationMaterial: { tlogEntries: [] }, dsseEnvelope: { payload } }
}

function client({ github }: Pick<Tested, 'github'>, auth: string | null = github.token) {
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  return new Octokit({ baseUrl: github.api, ...(auth !== null && { auth }), log })
}

const list = async (at: Octokit, more: { predicate_type?: string } = {}) =>
  (await at.repos.listAttestations({ owner, repo, subject_digest: `sha256:${ONE}`, ...more })).data.attestations ?? []

test('GitHub’s own client stores attestations and finds them by digest and type', async () => {
  const sandbox = await tested()
  const at = client(sandbox)
  await expect(list(at)).rejects.toMatchObject({ status: 404 })
  const { status, data } = await at.repos.createAttestation({ owner, repo, bundle: bundle() })
  expect([status, data]).toEqual([201, { id: expect.any(Number) }])
  await at.repos.createAttestation({ owner, repo, bundle: bundle(ONE, 'https://example.invalid/v1') })
  await at.repos.createAttestation({ owner, repo, bundle: bundle('b'.repeat(64)) })
  // Anybody may read public attestations.
  expect((await list(client(sandbox, null))).map((each) => each.bundle)).toEqual([
    bundle(),
    bundle(ONE, 'https://example.invalid/v1'),
  ])
  expect((await list(at, { predicate_type: 'provenance' })).map((each) => each.bundle)).toEqual([bundle()])
  expect((await sandbox.steer.log()).flatMap((each) => each.effect ?? [])[0]).toBe(`attestation 1 of ${ONE} stored`)
})

test('attestations and their mode survive a restart', async () => {
  const dir = temporaryFolder()
  const { description, close } = await startSandbox({ dir, cargoUpstream: null })
  await client(description).repos.createAttestation({ owner, repo, bundle: bundle() })
  await controlClient(description.control.url).setAttestations(`${owner}/${repo}`, 'forbidden')
  await close()
  // Until the client notices that its connections are closed, it would reuse them.
  await sleep(100)
  const again = client(await tested({ dir }))
  expect(await list(again)).toHaveLength(1)
  await expect(again.repos.createAttestation({ owner, repo, bundle: bundle() })).rejects.toMatchObject({ status: 403 })
})

test.each<['forbidden' | 'unavailable', number, RegExp]>([
  ['forbidden', 403, /Resource not accessible by integration/],
  ['unavailable', 400, /Feature not available for the someone organization/],
])('a repository with %s attestations stores none', async (mode, status, message) => {
  const sandbox = await tested()
  await sandbox.steer.setAttestations(`${owner}/${repo}`, mode)
  const add = () => client(sandbox).repos.createAttestation({ owner, repo, bundle: bundle() })
  await expect(add()).rejects.toMatchObject({ status, message: expect.stringMatching(message) })
  await sandbox.steer.setAttestations(`${owner}/${repo}`, 'taken')
  expect((await add()).status).toBe(201)
  await expect(sandbox.steer.setAttestations('project', mode)).rejects.toThrow('owner/name')
  await expect(sandbox.steer.setAttestations(`${owner}/${repo}`, 'other' as never)).rejects.toThrow(
    'mode must be one of',
  )
})

test.each<[string, object]>([
  ['no bundle', {}],
  ['no envelope', { ...bundle(), dsseEnvelope: undefined }],
  ['no verification material', { ...bundle(), verificationMaterial: undefined }],
  ['no subject', { ...bundle(), dsseEnvelope: { payload: 'e30=' } }],
  ['a digest of another kind', bundle('md5')],
])('%s is refused, and so is any bundle without a token', async (_, invalid) => {
  const sandbox = await tested()
  await expect(client(sandbox).repos.createAttestation({ owner, repo, bundle: invalid })).rejects.toMatchObject({
    status: 422,
  })
  await expect(client(sandbox, null).repos.createAttestation({ owner, repo, bundle: bundle() })).rejects.toMatchObject({
    status: 401,
  })
})
