import { expect, test } from '@jest/globals'
import { Folder } from '@slipway/documents/folder'
import { judgeLogins } from '@slipway/plan/logins/judge'
import { type PublishingJob, workflowLogins } from '@slipway/plan/logins/publishing-jobs'
import { plant, type Tree } from '../trees.ts'
import { expression } from './checks/workflows/workflow.ts'

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

test('what is no YAML is told; an environment by an expression is kept as it is written', async () => {
  expect(await release(`${job(PYPI)}  broken: [\n`)).toEqual({
    shown: [],
    problems: [expect.stringMatching(/^warning workflow-unreadable /)],
  })
  const text = expression('inputs.environment')
  const { shown, problems } = await release(job(PYPI, `${IDENTITY}    environment: "${text}"\n`))
  expect([shown[0]?.[3], problems]).toEqual([text, []])
})

test('workflows that call each other in a circle are read once each', async () => {
  const self = [1, 2, 3, 4].map((each) => `  again${each}:\n    uses: ./.github/workflows/release.yml\n`).join('')
  const { shown } = await release(self + job(PYPI), 'on: { push: { tags: ["v*"] }, workflow_call: {} }\n')
  expect(shown).toHaveLength(1)
})

test('a job that never runs publishes nothing', async () => {
  for (const never of ['false', `"${expression('false')}"`]) {
    expect((await release(job(PYPI, `    if: ${never}\n`))).shown).toEqual([])
  }
})

test('a caller that does not grant what a called workflow asks for is where it is mended', async () => {
  const caller = `${PUSH}jobs:\n  all:\n    permissions: { contents: read }\n    uses: ./.github/workflows/publish.yml\n`
  const called = `on: workflow_call\njobs:\n${job(PYPI)}`
  const logins = await workflowLogins(
    new Folder(await plant({ [FILE]: caller, '.github/workflows/publish.yml': called })),
  )
  const [problem] = judgeLogins(logins)
  expect(problem).toMatchObject({ code: 'identity-not-granted', where: { file: FILE, line: 5 } })
  expect(problem?.hint).toContain('calling job')
})

const COMMANDS: [run: string, registry: string, login: string][] = [
  ['uv publish', 'pypi', 'identity'],
  ["uv publish 'wheels-*/*'", 'pypi', 'identity'],
  ['uv publish --trusted-publishing never', 'pypi', 'token'],
  ['uv publish --token "$T"', 'pypi', 'token'],
  ['uv publish --index testpypi dist/*', 'testpypi', 'identity'],
  ['uv publish --publish-url https://example.invalid/legacy/', '', ''],
  ['uv build', '', ''],
  ['maturin upload dist/*', 'pypi', 'identity'],
  ['maturin publish --repository testpypi', 'testpypi', 'identity'],
  ['twine upload -r testpypi dist/*', 'testpypi', 'identity'],
  ['python -m twine upload --password x dist/*', 'pypi', 'token'],
  ['echo uv is great', '', ''],
]

test.each(COMMANDS)('the command %s', async (run, registry, login) => {
  const { shown } = await release(job(`      - run: ${JSON.stringify(run)}\n`))
  expect(shown.map((each) => each.slice(0, 2))).toEqual(registry === '' ? [] : [[registry, login]])
})

test("tools' own variables are tokens, and what other tools do wrong stops no release", async () => {
  const env = '    env: { UV_PUBLISH_TOKEN: "x" }\n'
  expect((await release(job('      - run: uv publish\n', env))).shown[0]?.[1]).toBe('token')
  expect((await release(job('      - run: uv publish\n', '    environment: a\n'))).problems).toEqual([
    'warning identity-not-granted 6',
  ])
  const maturin = '      - uses: PyO3/maturin-action@v1\n        with: { command: upload }\n'
  expect((await release(job(maturin))).shown[0]?.slice(0, 2)).toEqual(['pypi', 'identity'])
})

test("the attestations of PyPI's own action are refused from a called workflow", async () => {
  const step = '      - uses: pypa/gh-action-pypi-publish@release/v1\n'
  const both = (steps: string) =>
    read({
      [FILE]: `${PUSH}jobs:\n  all:\n${IDENTITY}    uses: ./.github/workflows/publish.yml\n`,
      '.github/workflows/publish.yml': `on: workflow_call\njobs:\n${job(steps, '    environment: a\n')}`,
    })
  expect((await both(step)).problems).toEqual(['warning attestation-not-of-publisher 6'])
  expect((await both(`${step}        with: { attestations: false }\n`)).problems).toEqual([])
})

const RUNS: [run: string, code: boolean][] = [
  ['# make sure the files are there', false],
  ['apt-get install -y make', false],
  ['echo "now make it"', false],
  ['pip install twine', false],
  ['cargo login', false],
  ['maturin upload dist/*', false],
  ['./scripts/build.sh', true],
  ['bash ci/build.sh', true],
  ['cargo --locked build', true],
  ['cargo xtask dist', true],
  ['docker build .', true],
  ['pip install .', true],
  ['python -m pip install dist/*.whl', true],
  ['python tools/make.py', true],
  ['VAR=1 make dist', true],
]

test.each(RUNS)('%s is code of the project: %s', async (run, code) => {
  const { problems } = await release(
    job(`      - run: ${JSON.stringify(run)}\n${PYPI}`, `${IDENTITY}    environment: Release\n`),
  )
  expect(problems).toEqual(code ? ['warning identity-beside-code 7'] : [])
})
