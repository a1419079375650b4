import { expect, test } from '@jest/globals'
import type { Artifact } from '@slipway/core/artifact'
import type { Problem } from '@slipway/core/problem'
import { pypiAttester } from '@slipway/release/attest/pypi'
import { answeredBy } from '../../registries/http.ts'

const JOB = {
  ACTIONS_ID_TOKEN_REQUEST_URL: 'http://issuer.invalid/token',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'hush-bearer',
}
const WORKFLOW = 'o/n/.github/workflows/release.yml@refs/tags/v1.0.0'
const PUBLIC = {
  repository: 'o/n',
  repository_visibility: 'public',
  workflow_ref: WORKFLOW,
  job_workflow_ref: WORKFLOW,
}
const FILE = { filename: 'demo-1.0.0.tar.gz', sha256: 'a'.repeat(64) } as Artifact

/** Returns the attester of a job with these claims, its problems and its requests. */
function attester(claims: object, mode: 'auto' | 'always' | 'never', isTrusted = true) {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const { heard, ...effects } = answeredBy(() => ({ body: { value: `${part({})}.${part(claims)}.hush` } }))
  const problems: Problem[] = []
  const log = { info() {}, debug() {}, problem: (each: Problem) => void problems.push(each) }
  const exec = async () => ({ code: 1, stdout: '', stderr: '' })
  const masked: string[] = []
  const mask = (each: string) => void masked.push(each)
  const attest = pypiAttester({ ...effects, env: JOB, log, exec }, { mode, isTrusted, mask })
  return { attest, problems, heard, masked }
}

test('there is no attester if nothing must be attested', () => {
  expect(attester(PUBLIC, 'never').attest).toBeUndefined()
  expect(attester(PUBLIC, 'auto', false).attest).toBeUndefined()
  expect(attester(PUBLIC, 'auto').attest).toBeDefined()
  expect(attester(PUBLIC, 'always', false).attest).toBeDefined()
})

test.each<[object, RegExp]>([
  [{ ...PUBLIC, repository_visibility: 'private' }, /o\/n is private, and signing would publish its name/],
  [{ ...PUBLIC, repository_visibility: 'internal' }, /o\/n is internal/],
  [{ repository: 'o/n' }, /not known to be public/],
  [{ ...PUBLIC, job_workflow_ref: 'o/s/.github/workflows/p.yml@v1' }, /reusable workflow o\/s\/.*p\.yml@v1/],
])('`auto` attests nothing for %j, and reports that once', async (claims, why) => {
  const { attest, problems, heard, masked } = attester(claims, 'auto')
  expect([await attest?.attest(FILE), await attest?.attest(FILE)]).toEqual([null, null])
  expect(problems.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['notice attestations-left-out'])
  expect(problems[0]?.message).toMatch(why)
  expect([heard.length, masked.length]).toEqual([1, 1])
  expect(heard[0]?.url).toContain('audience=sigstore')
})

test('`always` stops if PyPI would refuse the attestation', async () => {
  const { attest, heard } = attester({ ...PUBLIC, job_workflow_ref: 'o/s/.github/workflows/p.yml@v1' }, 'always')
  await expect(attest?.attest(FILE)).rejects.toMatchObject({ problems: [{ code: 'attestation-not-of-publisher' }] })
  expect(heard.length).toBe(1)
})
