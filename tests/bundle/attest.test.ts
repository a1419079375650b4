import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { describeFile, measureFile } from '@slipway/artifacts/artifact'
import { writeManifest } from '@slipway/artifacts/manifest'
import { type Artifact, manifestOf } from '@slipway/core/artifact'
import type { Plan } from '@slipway/core/plan'
import { signerOf } from '@slipway/registries/signing/certificate'
import type { Bundle } from '@slipway/registries/signing/sign'
import { statementIn } from '@slipway/registries/signing/statement'
import { descriptionFile } from '@slipway/sandbox/description'
import { writeImage } from '../contract/image.ts'
import { type Tested, temporaryFolder, tested } from '../sandbox/harness.ts'
import { sdist, WHEEL_NAME } from '../unit/artifacts/archives.ts'
import { runAction, type Step } from './action.ts'
import { put, SDIST_NAME, wheel } from './distributions.ts'

const COMMIT = 'c'.repeat(40)
const IMAGES = ['ghcr.io/owner/demo', 'docker.io/owner/demo']

/** A workspace with an assembled release in `dist`; gives its artifacts, and the sha256 of its manifest. */
async function assembled() {
  const cwd = temporaryFolder()
  const dist = join(cwd, 'dist')
  put(dist, WHEEL_NAME, wheel())
  put(dist, SDIST_NAME, sdist())
  const images = IMAGES.map((name) => ({ name, file: 'Dockerfile', context: '.', bases: [] }))
  const release = { version: '1.0.0', pythonVersion: '1.0.0', tag: 'v1.0.0', commit: COMMIT }
  const plan = { schema: 1, ...release, crates: [], packages: [], images, matrix: [], problems: [] } as unknown as Plan
  put(dist, 'plan.json', Buffer.from(JSON.stringify(plan)))
  const file = (kind: Artifact['kind'], name: string, of = name) => describeFile(kind, of, '1.0.0', join(dist, name))
  const image = await writeImage(join(dist, 'images/demo'), 'demo', ['one'])
  const artifacts = [
    await file('wheel', WHEEL_NAME, 'demo-py'),
    await file('sdist', SDIST_NAME, 'demo-py'),
    image,
    await file('plan', 'plan.json'),
  ]
  await writeManifest(dist, manifestOf(plan, artifacts))
  return { cwd, image, manifestSha256: (await measureFile(join(dist, 'manifest.json'))).sha256 }
}

const WORKFLOW = 'owner/project/.github/workflows/release.yml@refs/tags/v1.0.0'
const CLAIMS = {
  repository: 'owner/project',
  sha: COMMIT,
  workflow_ref: WORKFLOW,
  job_workflow_ref: 'o/s/build.yml@v1',
}

type Release = Awaited<ReturnType<typeof assembled>>

/** Attests a release in a job with these claims, or without an ID token. */
async function attest(sandbox: Tested, release: Release, claims: Record<string, string> | null = {}): Promise<Step> {
  const token = claims && (await sandbox.steer.idRequestToken({ ...CLAIMS, ...claims }))
  const env = {
    SLIPWAY_SANDBOX: descriptionFile(sandbox.dir),
    GITHUB_API_URL: sandbox.github.api,
    GITHUB_REF_TYPE: 'tag',
    GITHUB_REF_NAME: 'v1.0.0',
    GITHUB_SHA: COMMIT,
    ...(token && {
      ACTIONS_ID_TOKEN_REQUEST_URL: sandbox.oidc.request,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: token,
    }),
  }
  const inputs = { 'manifest-sha256': release.manifestSha256 }
  return runAction('attest', inputs, { cwd: release.cwd, env, token: sandbox.github.token })
}

const titles = (step: Step) => step.annotations.map((each) => `${each.name} ${each.properties.title}`)
const receipts = (step: Step): [string, string][] =>
  JSON.parse(step.outputs.receipts ?? '[]').map((each: { artifact: string; status: string }) => [
    each.artifact,
    each.status,
  ])
const stored = async (sandbox: Tested) =>
  (await sandbox.steer.log()).filter((each) => /^attestation .* stored$/.test(each.effect ?? ''))

/** The bundles that GitHub has of a digest. */
async function held({ github }: Tested, sha256: string): Promise<Bundle[]> {
  const response = await fetch(`${github.api}/repos/owner/project/attestations/sha256:${sha256}`)
  if (response.status === 404) return []
  return ((await response.json()) as { attestations: { bundle: Bundle }[] }).attestations.map((each) => each.bundle)
}

const NAMES = [WHEEL_NAME, SDIST_NAME, 'plan.json', 'manifest.json', ...IMAGES]

test('every file, the manifest and each name of the image are attested, once', async () => {
  const [sandbox, release] = [await tested(), await assembled()]
  const first = await attest(sandbox, release)
  expect([first.code, first.annotations]).toEqual([0, []])
  expect(receipts(first)).toEqual(NAMES.map((each) => [each, 'published']))
  expect(JSON.parse(first.outputs.receipts as string)[0]).toMatchObject({
    url: expect.stringMatching(/\/owner\/project\/attestations\/\d+$/),
    digest: expect.stringMatching(/^sha256:/),
  })
  expect(first.summary).toContain('GitHub attestations')

  const bundles = await held(sandbox, release.image.sha256)
  expect(bundles).toHaveLength(2)
  const [statement] = bundles.map((each) => statementIn(each.dsseEnvelope?.payload))
  expect(statement).toMatchObject({
    subject: [{ name: IMAGES[0], digest: { sha256: release.image.sha256 } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        externalParameters: { workflow: { path: '.github/workflows/release.yml', ref: 'refs/tags/v1.0.0' } },
        resolvedDependencies: [{ digest: { gitCommit: COMMIT } }],
      },
      runDetails: { builder: { id: expect.stringMatching(/\/o\/s\/build\.yml@v1$/) } },
    },
  })
  expect(await signerOf(bundles[0] as Bundle)).toMatchObject({
    repository: 'https://github.com/owner/project',
    buildSigner: 'https://github.com/o/s/build.yml@v1',
    digest: COMMIT,
  })

  // Another attempt of the run signs nothing; another workflow or commit is another claim.
  const before = (await stored(sandbox)).length
  const again = await attest(sandbox, release, { run_attempt: '2' })
  expect(receipts(again)).toEqual(NAMES.map((each) => [each, 'already there']))
  expect((await stored(sandbox)).length).toBe(before)
  const other = await attest(sandbox, release, { job_workflow_ref: 'o/s/other.yml@v1' })
  expect(receipts(other)[0]).toEqual([WHEEL_NAME, 'published'])
  for (const step of [first, again, other]) expect(step.seen).not.toMatch(/eyJ[\w-]{20,}\./)
})

test('when signing fails halfway, what was attested stays, and the next run does the rest', async () => {
  const [sandbox, release] = [await tested(), await assembled()]
  const down = { service: 'fulcio', method: 'POST', path: '.', fault: { kind: 'status', status: 400 } } as const
  await sandbox.steer.setFault({ ...down, skip: 2, times: 9 })
  const broken = await attest(sandbox, release)
  expect([broken.code, titles(broken)]).toEqual([1, ['error signing-unavailable']])
  expect(broken.annotations[0]?.message).toMatch(/plan\.json.*HTTP 400.*\n.*Rerun the job/)
  expect(receipts(broken).map(([, status]) => status)).toEqual(['published', 'published'])
  await sandbox.steer.clearFaults()
  const rest = await attest(sandbox, release)
  expect(receipts(rest).map(([, status]) => status)).toEqual([
    'already there',
    'already there',
    ...Array.from({ length: 4 }, () => 'published'),
  ])
})

test('an answer that is lost is asked for again, with another token', async () => {
  const [sandbox, release] = [await tested(), await assembled()]
  for (const service of ['fulcio', 'rekor', 'github']) {
    await sandbox.steer.setFault({ service, method: 'POST', path: '.', times: 1, fault: { kind: 'reset-before' } })
  }
  const step = await attest(sandbox, release)
  expect([step.code, step.annotations]).toEqual([0, []])
  expect(receipts(step)).toEqual(NAMES.map((each) => [each, 'published']))
})

test('without the permissions that it needs, the error names them', async () => {
  const [sandbox, release] = [await tested(), await assembled()]
  const unsigned = await attest(sandbox, release, null)
  expect([unsigned.code, titles(unsigned)]).toEqual([1, ['error signing-unavailable']])
  expect(unsigned.annotations[0]?.message).toContain('id-token: write')
  await sandbox.steer.setAttestations('owner/project', 'forbidden')
  const forbidden = await attest(sandbox, release)
  expect([forbidden.code, titles(forbidden)]).toEqual([1, ['error remote-denied']])
  expect(forbidden.annotations[0]?.message).toContain('attestations: write')
  expect(await stored(sandbox)).toEqual([])
})

test('of a private repository nothing is in the public log; where GitHub keeps no attestations, that is a notice', async () => {
  const [sandbox, release] = [await tested(), await assembled()]
  const hidden = { repository_visibility: 'private' }
  const step = await attest(sandbox, release, hidden)
  expect([step.code, step.annotations]).toEqual([0, []])
  const services = (await sandbox.steer.log()).map((each) => each.service)
  expect([services.includes('rekor'), services.includes('timestamp')]).toEqual([false, true])

  await sandbox.steer.setAttestations('owner/project', 'unavailable')
  const none = await attest(sandbox, release, { ...hidden, sha: 'd'.repeat(40) })
  expect([none.code, titles(none)]).toEqual([0, ['notice attestations-left-out']])
  expect(receipts(none)).toEqual(NAMES.map((each) => [each, 'skipped']))
})

test('only the release with the given sha256 is attested', async () => {
  const [sandbox, release] = [await tested(), await assembled()]
  const file = join(release.cwd, 'dist/manifest.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify({ ...manifest, extra: 1 }))
  const changed = await attest(sandbox, release)
  expect([changed.code, titles(changed)]).toEqual([1, ['error manifest-not-trusted']])
  rmSync(file)
  const missing = await attest(sandbox, release)
  expect([missing.code, titles(missing)]).toEqual([1, ['error manifest-missing']])
  const loose = await attest(sandbox, { ...release, manifestSha256: '' })
  expect([loose.code, titles(loose)]).toEqual([1, ['error manifest-missing']])
  expect(await stored(sandbox)).toEqual([])
})
