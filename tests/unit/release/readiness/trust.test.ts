import { expect, test } from '@jest/globals'
import type { Plan } from '@slipway/core/plan'
import type { PlannedLogin } from '@slipway/core/planned-login'
import { planProject } from '@slipway/plan/plan'
import { endpointsOf } from '@slipway/registries/endpoints'
import { credentialsOf } from '@slipway/release/readiness/credentials'
import { askTrust } from '@slipway/release/readiness/trust'
import { answeredBy, type Said } from '../../registries/http.ts'
import { plant, workspace } from '../../trees.ts'

const where = { file: '.github/workflows/release.yml', line: 9 }
const publisher = { owner: 'o', repository: 'demo', workflow: 'release.yml', environment: null }
const login = (target: string, kind: PlannedLogin['kind']): PlannedLogin => ({
  target,
  kind,
  job: 'publish',
  where,
  publisher: kind === 'identity' ? publisher : null,
})

async function findings(
  logins: PlannedLogin[],
  answers: (url: string) => Said,
  more: Partial<Plan> = {},
  env: Record<string, string> = {},
) {
  const plan: Plan = { ...(await planProject(await plant(workspace()))), ...more, logins }
  const { heard, ...effects } = answeredBy(({ url }) => answers(url))
  const ports = {
    ...effects,
    env: {},
    exec: async () => ({ code: 1, stdout: '', stderr: '' }),
    log: { info() {}, debug() {}, problem() {} },
  }
  const { problems, notChecked } = await askTrust({
    ports,
    whereNamed: () => undefined,
    repository: async () => null,
    plan,
    endpoints: endpointsOf({}),
    credentials: credentialsOf(env),
    isTagged: true,
  })
  return {
    plan,
    notChecked,
    heard,
    problems: problems.map((each) => `${each.severity} ${each.code} ${each.where?.line}`),
  }
}

/** Answers like crates.io: its configuration, and the settings of each crate. */
const crates =
  (only: boolean) =>
  (url: string): Said =>
    url.endsWith('config.json')
      ? { body: { dl: 'http://registry.invalid/dl', api: 'http://registry.invalid' } }
      : { body: { crates: new URL(url).searchParams.getAll('ids[]').map((name) => ({ name, trustpub_only: only })) } }

test('a crate that accepts no token stops a workflow that has one', async () => {
  const { problems, plan } = await findings([login('crates.io', 'token')], crates(true))
  const count = plan.crates.filter((each) => each.publish === true).length
  expect(count).toBeGreaterThan(0)
  expect(problems).toEqual(Array.from({ length: count }, () => 'error crate-trusted-publishing-only 9'))
  expect((await findings([login('crates.io', 'token')], crates(false))).problems).toEqual([])
  const identity = await findings([login('crates.io', 'identity')], crates(true))
  expect([identity.problems, identity.heard]).toEqual([[], []])
})

test('a crate that accepts no token stops a job that has one, unless a workflow logs in otherwise', async () => {
  const env = { CARGO_REGISTRY_TOKEN: 'x' }
  const { problems } = await findings([], crates(true), {}, env)
  expect(new Set(problems)).toEqual(new Set(['error crate-trusted-publishing-only undefined']))
  expect((await findings([], crates(false), {}, env)).problems).toEqual([])
  expect((await findings([login('crates.io', 'identity')], crates(true), {}, env)).problems).toEqual([])
  expect((await findings([], crates(true))).problems).toEqual([])
})

test('new projects of an index need a pending publisher, one at a time', async () => {
  const gone = () => ({ status: 404 })
  const { plan, problems } = await findings([login('PyPI', 'identity'), login('Test PyPI', 'token')], gone)
  expect(problems).toEqual(['notice package-first-version 9'])
  const [first] = plan.packages
  const two = [first, { ...first, name: 'other' }] as Plan['packages']
  expect((await findings([login('PyPI', 'identity')], gone, { packages: two })).problems).toEqual([
    'notice package-first-version 9',
    'notice package-first-version 9',
    'warning pending-publishers-clash 9',
  ])
  const there = () => ({ body: { files: [] } })
  expect((await findings([login('PyPI', 'identity')], there)).problems).toEqual([])
})

test('a failed query is reported as not checked', async () => {
  const down = () => ({ status: 500 })
  const { problems, notChecked } = await findings([login('crates.io', 'token')], down)
  expect(problems).toEqual([])
  expect(notChecked[0]).toMatch(/^Whether crates\.io accepts a token for .*: HTTP 500/)
})
