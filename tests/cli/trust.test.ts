import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { repository, WORKSPACE } from '../bundle/project.ts'
import { ENTRY } from '../rehearsal/example.ts'
import { run, succeed, tested } from '../sandbox/harness.ts'

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

/** Runs it against a sandbox, as a job that has no login. */
async function trust(dir: string, args: readonly string[], sandbox?: { dir: string }) {
  const unset = ['GITHUB_REPOSITORY', 'GITHUB_API_URL', 'CARGO_REGISTRY_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_URL']
  const env: Record<string, string | undefined> = Object.fromEntries(unset.map((each) => [each, undefined]))
  if (sandbox) env.SLIPWAY_SANDBOX = join(sandbox.dir, 'sandbox.json')
  return run([process.execPath, ENTRY, 'trust', dir, ...args], { env })
}

test('trust shows how each registry is logged in to, and what to fill into its form', async () => {
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

test('trust asks the registries what they tell everybody', async () => {
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

test('a login that will fail is an error at its line, and where no workflow publishes that is said', async () => {
  const refused = await trust(await project('contents: read'), ['--offline'])
  expect(refused.code).toBe(1)
  expect(refused.stdout).toMatch(
    /^\.github\/workflows\/release\.yml:8: error\[identity-not-granted\]: The job publish /m,
  )
  const none = await trust(await repository(WORKSPACE), ['--offline'])
  expect([none.code, none.stdout]).toEqual([0, expect.stringContaining('No workflow')])
})
