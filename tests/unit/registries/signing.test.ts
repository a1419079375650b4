import { expect, test } from '@jest/globals'
import { certificateIn, signerOf } from '@slipway/registries/signing/certificate'
import { slsaProvenance } from '@slipway/registries/signing/provenance'
import { attestationFault, isAttestable, pypiForm } from '@slipway/registries/signing/pypi-attestation'
import { type Bundle, signStatement } from '@slipway/registries/signing/sign'
import { PYPI_PUBLISH, statementIn, statementOf } from '@slipway/registries/signing/statement'
import { workflowIn } from '@slipway/registries/trusted/form'
import { answeredBy } from './http.ts'

const ARTIFACT = { filename: 'demo-1.0.0.tar.gz', sha256: 'a'.repeat(64) }
const CLAIMS = {
  repository: 'o/n',
  repository_id: '2',
  repository_owner_id: '1',
  ref: 'refs/tags/v1.0.0',
  sha: 'c'.repeat(40),
  workflow_ref: 'o/n/.github/workflows/release.yml@refs/tags/v1.0.0',
  job_workflow_ref: 'o/flows/.github/workflows/build.yml@refs/heads/main',
  event_name: 'push',
  runner_environment: 'github-hosted',
  run_id: '7',
  run_attempt: '2',
}

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')

test('a statement has one subject, by name and digest', () => {
  const statement = statementOf(ARTIFACT, { type: PYPI_PUBLISH, predicate: null })
  expect(statement).toEqual({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: ARTIFACT.filename, digest: { sha256: ARTIFACT.sha256 } }],
    predicateType: PYPI_PUBLISH,
    predicate: null,
  })
  expect(statementIn(base64(statement))).toEqual(statement)
  for (const wrong of [undefined, '', base64(null), base64({}), base64({ subject: {} })]) {
    expect(statementIn(wrong)).toBeNull()
  }
  expect(statementOf(ARTIFACT, { type: 't', predicate: {}, name: 'ghcr.io/o/n' }).subject[0]?.name).toBe('ghcr.io/o/n')
})

test('the provenance has the same fields as GitHub’s own', () => {
  expect(slsaProvenance(CLAIMS, 'https://github.com')).toEqual({
    buildDefinition: {
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      externalParameters: {
        workflow: {
          ref: 'refs/tags/v1.0.0',
          repository: 'https://github.com/o/n',
          path: '.github/workflows/release.yml',
        },
      },
      internalParameters: {
        github: {
          event_name: 'push',
          repository_id: '2',
          repository_owner_id: '1',
          runner_environment: 'github-hosted',
        },
      },
      resolvedDependencies: [
        { uri: 'git+https://github.com/o/n@refs/tags/v1.0.0', digest: { gitCommit: 'c'.repeat(40) } },
      ],
    },
    runDetails: {
      builder: { id: 'https://github.com/o/flows/.github/workflows/build.yml@refs/heads/main' },
      metadata: { invocationId: 'https://github.com/o/n/actions/runs/7/attempts/2' },
    },
  })
  const { run_id: _, ref: __, ...less } = CLAIMS
  expect(() => slsaProvenance(less, '')).toThrow('no claim ref, run_id')
})

test('PyPI and the certificate name different workflows for a job of a reusable workflow', () => {
  expect(isAttestable({ ...CLAIMS, job_workflow_ref: CLAIMS.workflow_ref })).toBe(true)
  expect([isAttestable(CLAIMS), isAttestable({})]).toEqual([false, false])
  expect([CLAIMS.job_workflow_ref, undefined, 'x'].map((each) => workflowIn(each)?.file ?? null)).toEqual([
    'build.yml',
    null,
    null,
  ])
})

const bundle = (more: object = {}): Bundle =>
  ({
    verificationMaterial: { certificate: { rawBytes: 'MA==' }, tlogEntries: [{ logIndex: '1' }] },
    dsseEnvelope: { payload: 'e30=', payloadType: 'x', signatures: [{ sig: 'c2ln', keyid: '' }] },
    ...more,
  }) as never

test('the attestation for PyPI has the format of PEP 740', () => {
  expect(pypiForm(bundle())).toEqual({
    version: 1,
    verification_material: { certificate: 'MA==', transparency_entries: [{ logIndex: '1' }] },
    envelope: { statement: 'e30=', signature: 'c2ln' },
  })
  const material = bundle().verificationMaterial
  for (const incomplete of [
    { dsseEnvelope: undefined },
    { dsseEnvelope: { payload: 'e30=', signatures: [] } },
    { dsseEnvelope: { payload: 'e30=', signatures: [{ sig: 'a' }, { sig: 'b' }] } },
    { verificationMaterial: { ...material, certificate: undefined } },
    { verificationMaterial: { ...material, tlogEntries: [] } },
  ]) {
    expect(() => pypiForm(bundle(incomplete))).toThrow('no certificate, or no log entry')
  }
})

test('an unreadable attestation is a fault, never a pass', async () => {
  const made = pypiForm(bundle())
  const expected = { artifact: ARTIFACT, claims: CLAIMS }
  expect(await attestationFault(made, expected)).toMatch(/not exactly one subject/)
  const about = (statement: object) => ({ ...made, envelope: { ...made.envelope, statement: base64(statement) } })
  const statement = statementOf(ARTIFACT, { type: PYPI_PUBLISH, predicate: null })
  expect(await attestationFault(about(statement), expected)).toMatch(/is unreadable/)
  expect(await attestationFault(about({ ...statement, predicateType: 'other' }), expected)).toMatch(/type is other/)
  const [subject] = statement.subject
  expect(await attestationFault(about({ ...statement, subject: [subject, subject] }), expected)).toMatch(/exactly one/)
  expect(await signerOf(bundle())).toBeNull()
  expect(await signerOf({ verificationMaterial: undefined as never })).toBeNull()
  const chain = { x509CertificateChain: { certificates: [{ rawBytes: 'MA==' }] } }
  expect(certificateIn({ verificationMaterial: chain as never })).toBe('MA==')
})

test('nothing is signed without an ID token', async () => {
  const { http, clock, heard } = answeredBy(() => ({}))
  const ports = { http, clock, env: {}, log: { info() {}, debug() {}, problem() {} } }
  const signing = { ports, service: { fulcio: 'http://fulcio.invalid' }, mask() {} }
  const signed = signStatement(statementOf(ARTIFACT, { type: PYPI_PUBLISH, predicate: null }), signing)
  await expect(signed).rejects.toMatchObject({ failure: 'denied' })
  expect(heard).toEqual([])
})
