import { expect, test } from '@jest/globals'
import type { Plan } from '@slipway/core/plan'
import { planProject } from '@slipway/plan/plan'
import { endpointsOf } from '@slipway/registries/endpoints'
import { credentialsOf } from '@slipway/release/readiness/credentials'
import { askIdentity } from '@slipway/release/readiness/identity'
import { answeredBy, type Said } from '../../registries/http.ts'
import { plant, workspace } from '../../trees.ts'

const ISSUER = {
  ACTIONS_ID_TOKEN_REQUEST_URL: 'http://issuer.invalid/token?a=1',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'hush-bearer',
}
const OWN = {
  repository: 'o/demo',
  workflow_ref: 'o/demo/.github/workflows/release.yml@refs/tags/v1.2.0',
  job_workflow_ref: 'o/demo/.github/workflows/release.yml@refs/tags/v1.2.0',
  environment: 'pypi',
  event_name: 'push',
}

function tokenOf(claims: object): Said {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return { body: { value: `${part({ alg: 'RS256' })}.${part(claims)}.hush-signature` } }
}

async function findings(said: Said | Error, env: Record<string, string> = {}) {
  const plan: Plan = await planProject(await plant(workspace()))
  const { heard, ...effects } = answeredBy(() => said)
  const all = { ...ISSUER, ...env }
  const ports = {
    ...effects,
    env: all,
    exec: async () => ({ code: 1, stdout: '', stderr: '' }),
    log: { info() {}, debug() {}, problem() {} },
  }
  const found = await askIdentity({
    ports,
    whereNamed: () => undefined,
    repository: async () => null,
    plan,
    endpoints: endpointsOf({}),
    credentials: credentialsOf(all),
    isTagged: true,
  })
  expect(JSON.stringify(found)).not.toContain('hush')
  return { heard, found, codes: found.problems.map(({ severity, code }) => `${severity} ${code}`) }
}

test('the publisher settings that a registry needs are reported', async () => {
  const { codes, found, heard } = await findings(tokenOf(OWN))
  expect(codes).toEqual(['notice trusted-publisher'])
  expect(found.problems[0]?.message).toMatch(
    /owner o, repository demo, workflow release\.yml for crates\.io, release\.yml for PyPI, environment pypi/,
  )
  expect(heard.map(({ method, url }) => `${method} ${url}`)).toEqual([
    `GET ${ISSUER.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=slipway`,
  ])
})

const REUSED = { ...OWN, job_workflow_ref: 'other/flows/.github/workflows/publish.yml@v1' }
const TOKENS = { CARGO_REGISTRY_TOKEN: 'hush', PYPI_TOKEN: 'hush' }
test.each([
  [
    'in a reusable workflow of another repository',
    REUSED,
    {},
    ['error trusted-publishing-reusable', 'notice trusted-publisher'],
  ],
  ['in one, with a token for PyPI', REUSED, { PYPI_TOKEN: 'hush' }, ['notice trusted-publisher']],
  [
    'in a reusable workflow of its own repository',
    { ...OWN, job_workflow_ref: 'O/demo/.github/workflows/publish.yml@v1' },
    {},
    ['notice trusted-publisher'],
  ],
  ['for pull_request_target', { ...OWN, event_name: 'pull_request_target' }, {}, ['error trusted-publishing-event']],
  [
    'for workflow_run',
    { ...OWN, event_name: 'workflow_run' },
    {},
    ['error trusted-publishing-event', 'notice trusted-publisher'],
  ],
  [
    'for workflow_run, to PyPI only',
    { ...OWN, event_name: 'workflow_run' },
    { CARGO_REGISTRY_TOKEN: 'hush' },
    ['notice trusted-publisher'],
  ],
  ['for workflow_run, with tokens', { ...OWN, event_name: 'workflow_run' }, TOKENS, []],
  ['without claims', {}, {}, []],
  ['with claims that are not strings', { ...OWN, repository: 5, workflow_ref: {} }, {}, []],
])('a job %s', async (_, claims, env, expected) => {
  expect((await findings(tokenOf(claims), env)).codes).toEqual(expected)
})

test.each([
  ['no answer', new Error('reset')],
  ['a refusal', { status: 403 }],
  ['a web page', { body: 'hush-page' }],
  ['a malformed token', { body: { value: 'hush' } }],
  ['a number', { body: { value: 1 } }],
])('%s from the issuer is a reason, not an error', async (_, said) => {
  const { codes, found } = await findings(said)
  expect([codes, found.notChecked.length]).toEqual([[], 1])
})

test('a job that may not request a token requests none', async () => {
  const { heard, found } = await findings(tokenOf(OWN), { ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' })
  expect([heard, found.problems, found.notChecked]).toEqual([[], [], []])
})
