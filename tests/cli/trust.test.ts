import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { repository, WORKSPACE } from '../bundle/project.ts'
import { ENTRY } from '../rehearsal/example.ts'
import { run, succeed, tested } from '../sandbox/harness.ts'
import { expression } from '../unit/plan/checks/workflows/workflow.ts'

const PYPROJECT = `[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"

[project]
name = "slipway-demo"
version = "1.2.0"
requires-python = ">=3.9"
`

const workflow = (permissions: string) => `on: { push: { tags: ["v*"] } }
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: release
    permissions: { ${permissions} }
    steps:
      - uses: someone/slipway/actions/publish-crate@v1
      - uses: someone/slipway/actions/publish-pypi@v1
`

const PYTHON = { 'python/pyproject.toml': PYPROJECT, 'python/slipway_demo.py': '__version__ = "1.2.0"\n' }

async function project(permissions = 'id-token: write') {
  const files = {
    ...WORKSPACE,
    'python/pyproject.toml': PYPROJECT,
    'python/slipway_demo.py': '__version__ = "1.2.0"\n',
  }
  const dir = await repository({ ...files, '.github/workflows/release.yml': workflow(permissions) })
  await succeed(['git', 'remote', 'add', 'origin', 'git@github.com:owner/project.git'], { cwd: dir })
  return dir
}

/** Runs `slipway trust` against a sandbox, without the variables of a job. */
async function trust(
  dir: string,
  args: readonly string[],
  sandbox?: { dir: string },
  more: Record<string, string> = {},
) {
  const unset = [
    'GITHUB_REPOSITORY',
    'GITHUB_WORKFLOW_REF',
    'GITHUB_API_URL',
    'CARGO_REGISTRY_TOKEN',
    'ACTIONS_ID_TOKEN_REQUEST_URL',
  ]
  const env: Record<string, string | undefined> = Object.fromEntries(unset.map((each) => [each, undefined]))
  if (sandbox) env.SLIPWAY_SANDBOX = join(sandbox.dir, 'sandbox.json')
  return run([process.execPath, ENTRY, 'trust', dir, ...args], { env: { ...env, ...more } })
}

test('trust shows the login for each registry, and the values for its form', async () => {
  const { code, stdout, stderr } = await trust(await project(), ['--offline'])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^crates\.io +trusted publishing +publish +\.github\/workflows\/release\.yml:8$/m)
  expect(stdout).toMatch(/^PyPI +trusted publishing +publish +\.github\/workflows\/release\.yml:9$/m)
  expect(stdout).toContain(`Trusted publisher to register on crates.io, PyPI (GitHub):
  repository owner  owner
  repository name   project
  workflow file     release.yml
  environment       release
`)
})

test('trust reads the public data of the registries', async () => {
  const [dir, sandbox] = [await project(), await tested()]
  const fresh = await trust(dir, ['--json', '--tag', 'v1.2.0'], sandbox)
  const { logins, problems } = JSON.parse(fresh.stdout)
  expect(logins).toHaveLength(2)
  expect(problems.map((each: { code: string; severity: string }) => `${each.severity} ${each.code}`).sort()).toEqual([
    'error crate-first-version',
    'error crate-first-version',
    'notice package-first-version',
  ])
  expect(fresh.code).toBe(1)
  const pending = problems.find((each: { code: string }) => each.code === 'package-first-version')
  expect(pending.hint).toContain('project `slipway-demo`, repository owner `owner`')

  for (const each of ['slipway-demo-zcore', 'slipway-demo-app']) await sandbox.steer.reserveCrate(each)
  expect((await trust(dir, ['--tag', 'v1.2.0'], sandbox)).code).toBe(0)
})

test('a login that will fail is an error at its line; a project without a publishing workflow gets a message', async () => {
  const refused = await trust(await project('contents: read'), ['--offline'])
  expect(refused.code).toBe(1)
  expect(refused.stdout).toMatch(
    /^\.github\/workflows\/release\.yml:8: error\[identity-not-granted\]: .* the job publish: /m,
  )
  const none = await trust(await repository(WORKSPACE), ['--offline'])
  expect([none.code, none.stdout]).toEqual([0, expect.stringContaining('No workflow')])
})

test('a registry that the plan does not publish to needs no login', async () => {
  const call = `on: { push: { tags: ["v*"] } }
jobs:
  release:
    uses: someone/slipway/.github/workflows/release.yml@v1
    secrets: { PYPI_API_TOKEN: x }
`
  const files = { ...PYTHON, '.github/workflows/release.yml': call }
  const only = await trust(await repository(files), ['--offline'])
  expect([only.code, only.stdout]).toEqual([0, expect.not.stringContaining('crates.io')])
  const both = await trust(await repository({ ...WORKSPACE, ...files }), ['--offline'])
  expect([both.code, both.stdout]).toEqual([
    1,
    expect.stringContaining('does not pass the secret CARGO_REGISTRY_TOKEN'),
  ])
  const off = call.replace('    secrets:', '    with: { crates: off }\n    secrets:')
  const without = await trust(await repository({ ...WORKSPACE, ...files, '.github/workflows/release.yml': off }), [
    '--offline',
  ])
  expect(without.code).toBe(0)
})

test('a project in a subfolder uses the workflows of the repository root', async () => {
  const moved = Object.fromEntries(Object.entries(PYTHON).map(([name, text]) => [`sub/${name}`, text]))
  const dir = await repository({ ...moved, '.github/workflows/release.yml': workflow('contents: read') })
  const { code, stdout } = await trust(join(dir, 'sub'), ['--offline'])
  expect(code).toBe(1)
  expect(stdout).toMatch(/^\.\.\/\.github\/workflows\/release\.yml:9: error\[identity-not-granted\]/m)
})

test('in a run, only the started workflow is checked', async () => {
  const other = workflow('contents: read').replace('["v*"]', '["old-*"]')
  const files = {
    ...PYTHON,
    '.github/workflows/old.yml': other,
    '.github/workflows/release.yml': workflow('id-token: write'),
  }
  const dir = await repository(files)
  expect((await trust(dir, ['--offline'])).code).toBe(1)
  const env = { GITHUB_WORKFLOW_REF: 'owner/project/.github/workflows/release.yml@refs/tags/v1.2.0' }
  const ran = await trust(dir, ['--offline'], undefined, env)
  expect([ran.code, ran.stdout]).toEqual([0, expect.not.stringContaining('old.yml')])
})

test('an environment computed by an expression is shown as such', async () => {
  const text = workflow('id-token: write').replace('environment: release', `environment: "${expression('inputs.to')}"`)
  const dir = await repository({ ...PYTHON, '.github/workflows/release.yml': text })
  await succeed(['git', 'remote', 'add', 'origin', 'git@github.com:owner/project.git'], { cwd: dir })
  expect((await trust(dir, ['--offline'])).stdout).toContain(
    `environment       (the value of ${expression('inputs.to')})`,
  )
})
