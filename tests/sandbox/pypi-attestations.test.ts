import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from '@jest/globals'
import { slsaProvenance } from '@slipway/registries/signing/provenance'
import { attestationFault, pypiAttestation, pypiForm } from '@slipway/registries/signing/pypi-attestation'
import { signStatement } from '@slipway/registries/signing/sign'
import { PYPI_PUBLISH, SLSA_PROVENANCE, statementOf } from '@slipway/registries/signing/statement'
import { type Attestation, verifyAttestation } from '@slipway/sandbox/pypi/verify-attestation'
import { makeWheel, run, succeed, type Tested, temporaryFolder, tested } from './harness.ts'
import { attestationOf, signingJob, subjectOf } from './signing.ts'

/** Environment with PyPI's own verifier, installed once per checkout. */
const venv = fileURLToPath(new URL('../../node_modules/.cache/slipway-tests/pypi-attestations', import.meta.url))
const python = join(venv, 'bin/python')

beforeAll(async () => {
  if (existsSync(join(venv, 'complete'))) return
  rmSync(venv, { recursive: true, force: true })
  await succeed(['python3', '-m', 'venv', venv])
  await succeed([python, '-m', 'pip', 'install', '-q', 'pypi-attestations'])
  writeFileSync(join(venv, 'complete'), '')
})

/** Verifies as PyPI does (warehouse/attestations/services.py), with the trusted root of a sandbox. */
const VERIFY = `
import json, sys
from pathlib import Path
from pydantic import TypeAdapter
from pypi_attestations import Attestation, Distribution, GitHubPublisher
from sigstore.models import TrustedRoot
from sigstore.verify import Verifier

root, attestations, repository, workflow, filename, digest = sys.argv[1:]
Verifier.production = classmethod(lambda cls, offline=False: cls(trusted_root=TrustedRoot.from_file(root)))
publisher = GitHubPublisher(repository=repository, workflow=workflow)
for each in TypeAdapter(list[Attestation]).validate_json(Path(attestations).read_text()):
    print(json.dumps(each.verify(publisher, Distribution(name=filename, digest=digest))))
`

const wheel = makeWheel({ name: 'Demo.Package', version: '1.0.0' })
const artifact = subjectOf({ ...wheel, filename: wheel.filename.replace('.package', '_package') })

interface Expected {
  repository?: string
  workflow?: string
  filename?: string
  digest?: string
}

/** Returns PyPI's error about attestations of a file, or null. The sandbox's PyPI must agree. */
async function pypiError(
  sandbox: Tested,
  made: readonly Attestation[],
  expected: Expected = {},
): Promise<string | null> {
  const dir = temporaryFolder()
  const root = await (await fetch(sandbox.sigstore.trustedRoot)).text()
  for (const [name, text] of Object.entries({
    'root.json': root,
    'made.json': JSON.stringify(made),
    'verify.py': VERIFY,
  })) {
    writeFileSync(join(dir, name), text)
  }
  const {
    repository = 'o/n',
    workflow = 'release.yml',
    filename = artifact.filename,
    digest = artifact.sha256,
  } = expected
  const files = ['verify.py', 'root.json', 'made.json'].map((each) => join(dir, each))
  const der = JSON.parse(root).certificateAuthorities[0].certChain.certificates[0].rawBytes
  const verdict = verifyAttestation(made[0] as Attestation, {
    filename,
    sha256: digest,
    publisher: { repository, workflow },
    root: Buffer.from(der, 'base64'),
  })
  const ended = await run([python, ...files, repository, workflow, filename, digest])
  expect([typeof verdict, ended.stderr]).toEqual([ended.code === 0 ? 'object' : 'string', expect.anything()])
  if (ended.code !== 0) return ended.stderr.trim().split('\n').at(-1) as string
  expect(ended.stdout.trim()).toBe(JSON.stringify([PYPI_PUBLISH, null]).replace(',', ', '))
  return null
}

const signed = (sandbox: Tested, claims: Record<string, string> = {}) =>
  attestationOf(sandbox, artifact, { repository: 'o/n', ...claims })
const job = (sandbox: Tested) => signingJob(sandbox, { repository: 'o/n' })

test('PyPI’s own verifier accepts a signed file', async () => {
  const sandbox = await tested()
  expect(await pypiError(sandbox, [await signed(sandbox)])).toBeNull()
  expect(await pypiError(sandbox, [await signed(sandbox, { environment: 'release' })])).toBeNull()
  // For a reusable workflow of the same repository, the login names that workflow as publisher, the certificate does
  // not.
  const inner = { job_workflow_ref: 'o/n/.github/workflows/publish.yml@refs/tags/v1.0.0' }
  await expect(signed(sandbox, inner)).rejects.toThrow('not publish.yml')
})

test('PyPI’s own verifier refuses a forgery, and Slipway finds it before the upload', async () => {
  const sandbox = await tested()
  const made = await signed(sandbox)
  const { claims } = await job(sandbox)
  const faultFound = (expected: Partial<Parameters<typeof attestationFault>[1]>) =>
    attestationFault(made, { artifact, claims, ...expected })
  expect(await faultFound({})).toBeNull()

  expect(await pypiError(sandbox, [made], { workflow: 'other.yml' })).toMatch(
    /does not match expected Trusted Publisher/,
  )
  const job_workflow_ref = 'o/n/.github/workflows/other.yml@refs/tags/v1.0.0'
  expect(await faultFound({ claims: { ...claims, job_workflow_ref } })).toMatch(/not other.yml/)

  expect(await pypiError(sandbox, [made], { repository: 'o/other' })).toMatch(/VerificationError: /)
  expect(await faultFound({ claims: { ...claims, repository: 'o/other' } })).toMatch(/not .*o\/other/)

  const digest = 'f'.repeat(64)
  expect(await pypiError(sandbox, [made], { digest })).toMatch(/subject does not match distribution digest/)
  expect(await faultFound({ artifact: { ...artifact, sha256: digest } })).toMatch(/another digest/)

  const filename = artifact.filename.replace('1.0.0', '1.0.1')
  expect(await pypiError(sandbox, [made], { filename })).toMatch(/subject does not match distribution name/)
  expect(await faultFound({ artifact: { ...artifact, filename } })).toMatch(/its subject is/)
})

test('PyPI’s own verifier refuses other bytes under a signature, and an expired certificate', async () => {
  const sandbox = await tested()
  const made = await signed(sandbox)
  const other = Buffer.from(
    JSON.stringify(statementOf({ ...artifact, sha256: 'f'.repeat(64) }, { type: PYPI_PUBLISH, predicate: null })),
  )
  const forged = { ...made, envelope: { ...made.envelope, statement: other.toString('base64') } }
  expect(await pypiError(sandbox, [forged], { digest: 'f'.repeat(64) })).toMatch(/VerificationError/)
  await sandbox.steer.setRekorAhead(3_600_000)
  expect(await pypiError(sandbox, [await signed(sandbox)])).toMatch(/not valid at validation time/)
})

/** Verifies a bundle as anybody can, for the workflow that built a file. */
const VERIFY_BUNDLE = `
import sys
from pathlib import Path
from sigstore.models import Bundle, TrustedRoot
from sigstore.verify import Verifier, policy

root, bundle, signer = sys.argv[1:]
identity = policy.Identity(identity=signer, issuer="https://token.actions.githubusercontent.com")
verifier = Verifier(trusted_root=TrustedRoot.from_file(root))
print(verifier.verify_dsse(Bundle.from_json(Path(bundle).read_text()), identity)[1].decode())
`

test('Sigstore’s own verifier accepts build provenance of the building workflow only', async () => {
  const sandbox = await tested()
  const job_workflow_ref = 'o/flows/.github/workflows/build.yml@refs/heads/main'
  const { signing, claims } = await signingJob(sandbox, { repository: 'o/n', job_workflow_ref })
  const predicate = slsaProvenance(claims, 'https://github.com')
  const statement = statementOf(artifact, { type: SLSA_PROVENANCE, predicate })
  const bundle = await signStatement(statement, signing)
  const dir = temporaryFolder()
  const root = await (await fetch(sandbox.sigstore.trustedRoot)).text()
  const texts = { 'root.json': root, 'bundle.json': JSON.stringify(bundle), 'verify.py': VERIFY_BUNDLE }
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(dir, name), text)
  const files = ['verify.py', 'root.json', 'bundle.json'].map((each) => join(dir, each))
  const { stdout } = await succeed([python, ...files, `https://github.com/${job_workflow_ref}`])
  expect(JSON.parse(stdout)).toEqual(statement)
  const other = await run([python, ...files, `https://github.com/${claims.workflow_ref}`])
  expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('VerificationError')])
})

test('PyPI needs a log entry for a signature', async () => {
  const sandbox = await tested()
  const { signing } = await job(sandbox)
  const { fulcio, timestamp } = sandbox.sigstore
  const statement = statementOf(artifact, { type: PYPI_PUBLISH, predicate: null })
  const bundle = await signStatement(statement, { ...signing, service: { fulcio, timestamp } })
  expect(() => pypiForm(bundle)).toThrow('no log entry')
})

test('each try uses a new token, and each token is masked', async () => {
  const sandbox = await tested()
  const { signing, masked, claims } = await job(sandbox)
  const fault = { kind: 'status', status: 503 } as const
  await sandbox.steer.setFault({ service: 'fulcio', method: 'POST', path: '.', times: 1, fault })
  await sandbox.steer.setFault({ service: 'rekor', method: 'POST', path: '.', times: 1, fault })
  const patience = { deadline: 60_000, pause: 1, tries: 3 }
  const made = await pypiAttestation({ artifact, claims }, { ...signing, patience })
  expect(await pypiError(sandbox, [made])).toBeNull()
  expect([masked.length, new Set(masked).size]).toEqual([3, 3])
  await sandbox.steer.setFault({ service: 'fulcio', method: 'POST', path: '.', times: 9, fault })
  const failed = await pypiAttestation({ artifact, claims }, { ...signing, patience }).catch((each: unknown) => each)
  expect(failed).toMatchObject({
    failure: 'doubtful',
    status: 503,
    message: expect.stringContaining('get a certificate'),
  })
  expect(masked.some((each) => String((failed as Error).stack).includes(each))).toBe(false)
})
