import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { PyPIAttestation } from '@slipway/registries/signing/pypi-attestation'
import { statementIn } from '@slipway/registries/signing/statement'
import { descriptionFile } from '@slipway/sandbox/description'
import { type Tested, tested, withSecret } from '../sandbox/harness.ts'
import { WHEEL_NAME } from '../unit/artifacts/archives.ts'
import { runAction, type Step } from './action.ts'
import { builtWorkspace, GOOD, SDIST_NAME } from './distributions.ts'

const WORKFLOW = 'owner/project/.github/workflows/release.yml@refs/tags/v1.0.0'
const CLAIMS = { repository: 'owner/project', workflow_ref: WORKFLOW }

/** A job with an ID token. */
async function job(sandbox: Tested, claims: Record<string, string> = {}) {
  const token = await sandbox.steer.idRequestToken({ ...CLAIMS, ...claims })
  return {
    ACTIONS_ID_TOKEN_REQUEST_URL: sandbox.oidc.request,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: token,
  }
}

/** The sandbox with a token of trusted publishing instead of its own token. */
async function trusted(): Promise<Tested> {
  const sandbox = await tested()
  await sandbox.steer.setPypiPublishers('pypi', [
    { project: 'demo-py', repository: 'owner/project', workflow: 'release.yml' },
  ])
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = await job(sandbox)
  const asked = await fetch(`${url}&audience=pypi`, { headers: { authorization: `Bearer ${bearer}` } })
  const { value } = (await asked.json()) as { value: string }
  const mint = new URL('/_/oidc/mint-token', sandbox.pypi.upload)
  const minted = await fetch(mint, { method: 'POST', body: JSON.stringify({ token: value }) })
  return withSecret(sandbox, 'pypi', ((await minted.json()) as { token: string }).token)
}

async function publish(
  sandbox: Tested,
  attestations: string,
  { cwd = builtWorkspace(), claims = {} }: { cwd?: string; claims?: Record<string, string> | null } = {},
): Promise<Step> {
  const env = {
    SLIPWAY_SANDBOX: descriptionFile(sandbox.dir),
    GITHUB_API_URL: sandbox.github.api,
    ...(claims && (await job(sandbox, claims))),
  }
  const inputs = { 'packages-dir': 'dist', attestations, 'pypi-token': 'given' }
  return runAction('publish-pypi', inputs, { cwd, env, token: sandbox.github.token })
}

const workspace = () =>
  builtWorkspace(Object.fromEntries(Object.entries(GOOD).map(([name, bytes]) => [`dist/${name}`, bytes])))

/** The attestations that PyPI has of a file. */
async function held({ pypi }: Tested, filename: string): Promise<PyPIAttestation[]> {
  const response = await fetch(new URL(`/integrity/demo-py/1.0.0/${filename}/provenance`, pypi.upload))
  if (response.status !== 200) return []
  const { attestation_bundles: bundles } = (await response.json()) as {
    attestation_bundles: { attestations: PyPIAttestation[] }[]
  }
  return bundles.flatMap((each) => each.attestations)
}

const titles = (step: Step) => step.annotations.map((each) => `${each.name} ${each.properties.title}`)
const order = async (sandbox: Tested) =>
  (await sandbox.steer.log())
    .filter((each) => each.status < 400 && ['fulcio', 'rekor', 'pypi'].includes(each.service) && each.method === 'POST')
    .map((each) => (each.upload ? 'upload' : each.service))

const FIRST = ['pypi', 'fulcio', 'rekor', 'fulcio', 'rekor', 'upload', 'upload']

test('all files are signed before the first is sent; PyPI has one attestation of each', async () => {
  const [sandbox, cwd] = [await trusted(), workspace()]
  const step = await publish(sandbox, 'always', { cwd })
  expect([step.code, step.annotations]).toEqual([0, []])
  expect(await order(sandbox)).toEqual(FIRST)
  for (const [name, bytes] of Object.entries(GOOD)) {
    const [made, ...more] = await held(sandbox, name)
    expect(more).toEqual([])
    expect(statementIn(made?.envelope.statement)).toMatchObject({
      subject: [{ name, digest: { sha256: createHash('sha256').update(bytes).digest('hex') } }],
      predicate: null,
    })
  }
  // Nothing is left beside the files: it would be uploaded by the next step.
  expect(readdirSync(join(cwd, 'dist')).sort()).toEqual([WHEEL_NAME, SDIST_NAME].sort())
  expect(step.seen).not.toMatch(/eyJ[\w-]{20,}\./)

  const again = await publish(sandbox, 'always', { cwd })
  expect([again.code, again.annotations]).toEqual([0, []])
  expect(await order(sandbox)).toEqual(FIRST)
})

test('when signing is down nothing is uploaded, and there is a way on', async () => {
  const [sandbox, cwd] = [await trusted(), workspace()]
  await sandbox.steer.setFault({
    service: 'rekor',
    method: 'POST',
    path: '.',
    skip: 1,
    times: 9,
    fault: { kind: 'status', status: 400 },
  })
  const down = await publish(sandbox, 'always', { cwd })
  expect([down.code, titles(down)]).toEqual([1, ['error signing-unavailable']])
  expect(down.annotations[0]?.message).toMatch(/could not log the signature: HTTP 400.*\n.*attestations: never/)
  expect((await order(sandbox)).includes('upload')).toBe(false)
  const without = await publish(sandbox, 'never', { cwd })
  expect([without.code, without.annotations, await held(sandbox, WHEEL_NAME)]).toEqual([0, [], []])
})

test('a run that broke off after a file attests what is left', async () => {
  const [sandbox, cwd] = [await trusted(), workspace()]
  const fault = { kind: 'status', status: 400, body: '{"message":"no"}' } as const
  await sandbox.steer.setFault({ service: 'pypi', method: 'POST', path: '/legacy/', skip: 1, times: 1, fault })
  const broken = await publish(sandbox, 'always', { cwd })
  expect([broken.code, (await held(sandbox, WHEEL_NAME)).length, await held(sandbox, SDIST_NAME)]).toEqual([1, 1, []])
  expect((await publish(sandbox, 'always', { cwd })).code).toBe(0)
  expect((await held(sandbox, SDIST_NAME)).length).toBe(1)
})

test('a job whose attestations PyPI would refuse learns so before anything is sent', async () => {
  const [sandbox, cwd] = [await trusted(), workspace()]
  const inner = { job_workflow_ref: 'owner/project/.github/workflows/publish.yml@refs/tags/v1.0.0' }
  const refused = await publish(sandbox, 'always', { cwd, claims: inner })
  expect([refused.code, titles(refused)]).toEqual([1, ['error attestation-not-of-publisher']])
  const unpermitted = await publish(sandbox, 'always', { cwd, claims: null })
  expect([unpermitted.code, titles(unpermitted)]).toEqual([1, ['error signing-unavailable']])
  expect(unpermitted.annotations[0]?.message).toContain('id-token: write')
  expect((await order(sandbox)).includes('upload')).toBe(false)
})

test('with a token of a user, nothing is attested unless it is asked for', async () => {
  const [sandbox, cwd] = [await tested(), workspace()]
  const step = await publish(sandbox, 'auto', { cwd })
  expect([step.code, step.annotations, await held(sandbox, WHEEL_NAME)]).toEqual([0, [], []])
  expect((await order(sandbox)).includes('fulcio')).toBe(false)
  expect(existsSync(join(cwd, 'dist', `${WHEEL_NAME}.publish.attestation`))).toBe(false)
})
