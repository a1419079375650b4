import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { exampleRepository, repository, WORKSPACE } from '../bundle/project.ts'
import { ENTRY } from '../rehearsal/example.ts'
import { run, succeed, tested } from '../sandbox/harness.ts'

const RELEASE = '.github/workflows/release.yml'

/** Runs `slipway init` without the variables of a job. */
function init(dir: string, args: readonly string[], env: Record<string, string> = {}) {
  const unset = { GITHUB_REPOSITORY: undefined, GITHUB_WORKFLOW_REF: undefined, CARGO_REGISTRY_TOKEN: undefined }
  return run([process.execPath, ENTRY, 'init', dir, ...args], { env: { ...unset, ...env } })
}

const status = async (dir: string) => (await succeed(['git', 'status', '--porcelain', '-uall'], { cwd: dir })).stdout

async function workspace(): Promise<string> {
  const dir = await repository(WORKSPACE)
  await succeed(['git', 'remote', 'add', 'origin', 'https://github.com/owner/project.git'], { cwd: dir })
  return dir
}

test('init shows the files with --dry-run, writes them without it, and changes nothing the second time', async () => {
  const dir = await workspace()
  const dry = await init(dir, ['--offline', '--dry-run'])
  expect([dry.code, dry.stderr, await status(dir)]).toEqual([0, '', ''])
  expect(dry.stdout).toMatch(/^crate slipway-demo-zcore 1\.2\.0 +crates\.io +core\/Cargo\.toml$/m)
  expect(dry.stdout).toContain(`Would write ${RELEASE}:\n\non: { push: { tags: ["v*"] }`)

  const first = await init(dir, ['--offline'])
  expect([first.code, await status(dir)]).toEqual([0, `?? ${RELEASE}\n`])
  expect(first.stdout).toContain(`Wrote ${RELEASE}.\n`)
  expect(dry.stdout).toContain(await readFile(join(dir, RELEASE), 'utf8'))
  expect(first.stdout).toContain(`Trusted publisher to register on crates.io (GitHub):
  repository owner  owner
  repository name   project
  workflow file     release.yml
  environment       release
`)

  const second = await init(dir, ['--offline'])
  expect([second.code, await status(dir)]).toEqual([0, `?? ${RELEASE}\n`])
  expect(second.stdout).toContain(`${RELEASE} is up to date.\nNothing to change.\n`)
})

test('init asks the registries what trusted publishing needs, as trust does', async () => {
  const [dir, sandbox] = [await workspace(), await tested()]
  const fresh = await init(dir, ['--json'], { SLIPWAY_SANDBOX: join(sandbox.dir, 'sandbox.json') })
  const { problems, files, byHand, repository: named } = JSON.parse(fresh.stdout)
  expect(problems.map((each: { code: string }) => each.code)).toEqual(['crate-first-version', 'crate-first-version'])
  expect([files[0].file, files[0].state, byHand.environment, named]).toEqual([
    RELEASE,
    'new',
    'release',
    'owner/project',
  ])
  const trust = await run([process.execPath, ENTRY, 'trust', dir, '--offline', '--json'], {
    env: { GITHUB_REPOSITORY: undefined },
  })
  expect(JSON.parse(trust.stdout).logins).toEqual(JSON.parse(fresh.stdout).logins)
})

test('init leaves a workflow that uses Slipway as it is', async () => {
  const dir = await exampleRepository()
  const { code, stdout } = await init(dir, ['--offline'])
  expect([code, await status(dir)]).toEqual([0, ''])
  expect(stdout).toContain(`${RELEASE} exists and stays as it is.\nNothing to change.\n`)
  expect(stdout).not.toContain('Login:')
})

test('init lists what becomes of the steps of a hand-made workflow', async () => {
  const text =
    'on: { push: { tags: ["v*"] } }\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: cargo publish -p x\n'
  const dir = await repository({ ...WORKSPACE, '.github/workflows/ship.yml': text })
  const { code, stdout } = await init(dir, ['--offline', '--dry-run'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^ship\.yml:6 +cargo publish -p x +publish-crate +Publishes the crates/m)
  expect(stdout).toContain('ship.yml:6: warning[workflow-releases-too]')
})

test('a folder without a project is refused, and nothing is written', async () => {
  const dir = await repository({ 'README.md': '' })
  const { code, stdout, stderr } = await init(dir, ['--offline'])
  expect([code, stdout, await status(dir)]).toEqual([1, '', ''])
  expect(stderr).toContain('error[no-project]')
})
