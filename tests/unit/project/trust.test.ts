import { expect, test } from '@jest/globals'
import { Folder } from '@slipway/project/folder'
import { judgeLogins } from '@slipway/project/trust/judge'
import { type PublishingJob, workflowLogins } from '@slipway/project/trust/publishing-jobs'
import { plant, type Tree } from './trees.ts'

const FILE = '.github/workflows/release.yml'
const PUSH = 'on: { push: { tags: ["v*"] } }\n'
const IDENTITY = '    permissions: { id-token: write }\n'
const PYPI = '      - uses: someone/slipway/actions/publish-pypi@v1\n'
const CRATE = '      - uses: someone/slipway/actions/publish-crate@v1\n'

/** A job with these lines before its steps. */
const job = (steps: string, lines = IDENTITY, name = 'publish') => `  ${name}:\n${lines}    steps:\n${steps}`

async function read(tree: Tree) {
  const logins = await workflowLogins(new Folder(await plant(tree)))
  const problems = judgeLogins(logins).map(({ severity, code, where }) => `${severity} ${code} ${where?.line}`)
  const shown = logins.publishing.map((each: PublishingJob) => {
    const { registry, login, mayIdentify, environment, file } = each
    return [registry, login, mayIdentify, environment, file.split('/').at(-1)]
  })
  return { shown, problems }
}

const release = (jobs: string, head = PUSH) => read({ [FILE]: `${head}jobs:\n${jobs}` })

test('a step without a token, in a job that may identify itself, publishes by trusted publishing', async () => {
  const { shown, problems } = await release(job(PYPI + CRATE, `${IDENTITY}    environment: pypi\n`))
  expect(shown).toEqual([
    ['pypi', 'identity', true, 'pypi', 'release.yml'],
    ['crates', 'identity', true, 'pypi', 'release.yml'],
  ])
  expect(problems).toEqual([])
})

const TOKENS: [what: string, steps: string, lines?: string][] = [
  ['an input', `${PYPI}        with: { pypi-token: "\${{ secrets.A }}" }\n`],
  ['a former input', `${CRATE}        with: { token: "\${{ secrets.A }}" }\n`],
  ['a variable of the step', `${CRATE}        env: { CARGO_REGISTRY_TOKEN: "\${{ secrets.A }}" }\n`],
  ['a variable of the job', PYPI, '    env: { PYPI_API_TOKEN: "x" }\n'],
  ['the setting never', `${PYPI}        with: { trusted-publishing: never }\n`],
  ["PyPI's own action", '      - uses: pypa/gh-action-pypi-publish@release/v1\n        with: { password: x }\n'],
]

test.each(TOKENS)('%s is a token', async (_, steps, lines = '') => {
  const { shown, problems } = await release(job(steps, lines))
  expect(shown.map(([, login]) => login)).toEqual(['token'])
  expect(problems).toEqual([])
})

test('always is no token, and neither is an empty one', async () => {
  const always = `${PYPI}        with: { pypi-token: x, trusted-publishing: always }\n`
  expect((await release(job(always))).shown.map(([, login]) => login)).toEqual(['identity'])
  expect((await release(job(`${CRATE}        with: { crates-token: "" }\n`))).shown[0]?.[1]).toBe('identity')
})

test("other registries than the three are nobody's business, and Test PyPI is told apart", async () => {
  const steps = [
    `${CRATE}        with: { registry: own }\n`,
    `${PYPI}        with: { repository-url: "https://example.invalid/" }\n`,
    `${PYPI}        with: { repository: testpypi }\n`,
    '      - uses: rust-lang/crates-io-auth-action@v1\n',
    '      - uses: pypa/gh-action-pypi-publish@release/v1\n',
  ]
  expect((await release(job(steps.join('')))).shown.map(([registry]) => registry)).toEqual([
    'testpypi',
    'crates',
    'pypi',
  ])
})

const GRANTS: [what: string, jobs: string, head: string, granted: boolean][] = [
  ['the workflow', job(PYPI, ''), `${PUSH}permissions: { id-token: write }\n`, true],
  [
    'the workflow, and a job that names others',
    job(PYPI, '    permissions: { contents: read }\n'),
    `${PUSH}permissions: { id-token: write }\n`,
    false,
  ],
  ['write-all', job(PYPI, '    permissions: write-all\n'), PUSH, true],
  ['read-all', job(PYPI, '    permissions: read-all\n'), PUSH, false],
  ['nobody', job(PYPI, ''), PUSH, false],
]

test.each(GRANTS)('granted by %s', async (_, jobs, head, granted) => {
  const { shown, problems } = await release(jobs, head)
  expect(shown[0]?.[2]).toBe(granted)
  expect(problems.some((each) => each.startsWith('error identity-not-granted'))).toBe(!granted)
})

test('a called workflow of the project has at most what its caller grants', async () => {
  const call = (lines: string) => `${PUSH}jobs:\n  all:\n${lines}    uses: ./.github/workflows/publish.yml\n`
  const called = (lines: string) => `on: workflow_call\njobs:\n${job(PYPI + CRATE, lines)}`
  const both = (caller: string, callee: string) =>
    read({ [FILE]: call(caller), '.github/workflows/publish.yml': called(callee) })
  // PyPI knows the file that the job stands in, crates.io the one that was started: both are kept.
  const { shown } = await both(IDENTITY, '')
  expect(shown).toEqual([
    ['pypi', 'identity', true, null, 'publish.yml'],
    ['crates', 'identity', true, null, 'publish.yml'],
  ])
  expect((await both('', IDENTITY)).shown[0]?.[2]).toBe(false)
  expect((await both(IDENTITY, '    permissions: {}\n')).shown[0]?.[2]).toBe(false)
})

test("a call of Slipway's whole release needs the secrets", async () => {
  const call = (secrets: string) =>
    release(`  release:\n    uses: someone/slipway/.github/workflows/release.yml@v1\n${secrets}`)
  expect((await call('')).problems).toEqual([
    'error trusted-publishing-reusable 4',
    'error trusted-publishing-reusable 4',
  ])
  expect((await call('    secrets: inherit\n')).problems).toEqual([])
  expect((await call('    secrets: { CARGO_REGISTRY_TOKEN: x }\n')).problems).toEqual([
    'error trusted-publishing-reusable 4',
  ])
})

test('events that registries refuse stop where nothing else starts the workflow', async () => {
  const on = (events: string) => release(job(PYPI + CRATE, `${IDENTITY}    environment: a\n`), `on: ${events}\n`)
  expect((await on('pull_request_target')).problems).toEqual([
    'error trusted-publishing-event 7',
    'error trusted-publishing-event 8',
  ])
  expect((await on('[push, workflow_run]')).problems).toEqual(['warning trusted-publishing-event 8'])
})

const CODE: [what: string, steps: string][] = [
  ['a build', '      - run: cargo build --release\n'],
  ['tests', '      - run: |\n          set -e\n          pytest -q\n'],
  ["Slipway's build", '      - uses: someone/slipway/actions/build-wheels@v1\n'],
  ['an action of the project', '      - uses: ./tools/prepare\n'],
]

test.each(CODE)('%s in a job that may publish is told', async (_, steps) => {
  const together = await release(job(steps + PYPI, `${IDENTITY}    environment: a\n`))
  expect(together.problems).toEqual(['warning identity-beside-code 7'])
  // Another job of the same workflow is the same publisher, unless there is an environment that it has not.
  const apart = (publishing: string) => release(job(steps, IDENTITY, 'build') + job(PYPI, publishing))
  expect((await apart(IDENTITY)).problems).toEqual([
    'warning identity-beside-code 6',
    expect.stringMatching(/^notice publisher-without-environment /),
  ])
  expect((await apart(`${IDENTITY}    environment: a\n`)).problems).toEqual([])
  expect((await release(job(steps, '', 'build') + job(PYPI, `${IDENTITY}    environment: a\n`))).problems).toEqual([])
})

test('what is no YAML, and an environment by an expression, are left alone', async () => {
  expect(await release('  publish: [\n')).toEqual({ shown: [], problems: [] })
  const { shown, problems } = await release(job(PYPI, `${IDENTITY}    environment: "\${{ inputs.environment }}"\n`))
  expect([shown[0]?.[3], problems]).toEqual([undefined, []])
})
