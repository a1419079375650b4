import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import type { Problem } from '@slipway/core/problem'
import { findWorkflow } from '../../../packages/cli/src/rehearse/workflow/find.ts'
import { namedWorkflow } from '../../../packages/cli/src/rehearse/workflow/named-file.ts'
import { localCommands, obstacles } from '../../../packages/cli/src/rehearse/workflow/permit.ts'
import { readWorkflow } from '../../../packages/cli/src/rehearse/workflow/reading.ts'

const SLIPWAY = resolve(import.meta.dirname, '../../..')
const FILE = '.github/workflows/release.yml'
const folders: string[] = []
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true, force: true }))))

async function project(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-test-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

const ON = 'on: { push: { tags: ["v*"] } }\n'
const job = (...steps: string[]) =>
  `${ON}jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n${steps.map((each) => `      - ${each}\n`).join('')}`
const RELEASES = job('uses: someone/slipway@v1')
const problems = async (files: Record<string, string>): Promise<string[]> => {
  const dir = await project(files)
  const found = await obstacles(dir, await readWorkflow(dir, FILE, SLIPWAY))
  return found.map(({ code, where, message }: Problem) => {
    return `${code} ${where?.file}:${where?.line} ${/`([^`]+)`/.exec(message)?.[1]}`
  })
}
const codes = async (act: Promise<unknown>) => {
  const { problems: found } = (await act.catch((cause) => cause)) as { problems: Problem[] }
  return found.map(({ code, message }) => `${code}: ${message}`)
}

test('findWorkflow finds the only workflow that starts on a tag and uses Slipway, and names several', async () => {
  const dir = await project({
    [FILE]: RELEASES,
    '.github/workflows/ci.yml': 'on: pull_request\njobs: { a: { runs-on: x, steps: [{ uses: someone/slipway@v1 }] } }',
    '.github/workflows/bad.yml': 'a: [',
    '.github/workflows/other.yml': job('run: true'),
  })
  expect((await findWorkflow(dir, SLIPWAY)).file).toBe(FILE)
  await writeFile(join(dir, '.github/workflows/second.yml'), RELEASES)
  expect(await codes(findWorkflow(dir, SLIPWAY))).toEqual([
    'workflow-ambiguous: Several workflows start on a tag and use Slipway: .github/workflows/release.yml, .github/workflows/second.yml.',
  ])
  expect(await codes(findWorkflow(await project({}), SLIPWAY))).toEqual([
    'workflow-missing: No workflow in .github/workflows starts on a tag and uses Slipway.',
  ])
})

test('a workflow is named by its path or its file name; a foreign file is added', async () => {
  const dir = await project({ [FILE]: RELEASES, 'ci/other.yml': 'on: push' })
  expect(await namedWorkflow(dir, 'release.yml')).toEqual({ file: FILE, added: {} })
  expect(await namedWorkflow(dir, join(dir, FILE))).toEqual({ file: FILE, added: {} })
  expect(await namedWorkflow(dir, 'ci/other.yml')).toEqual({
    file: '.github/workflows/other.yml',
    added: { '.github/workflows/other.yml': 'on: push' },
  })
  expect(await codes(namedWorkflow(dir, 'no.yml'))).toEqual(['workflow-missing: There is no workflow no.yml.'])
})

test('called workflows and actions of the project and of Slipway are read too', async () => {
  const dir = await project({
    [FILE]: `${ON}jobs:\n  a: { uses: someone/slipway/.github/workflows/release.yml@v1 }\n  b: { uses: ./.github/workflows/own.yml }\n`,
    '.github/workflows/own.yml':
      'on: workflow_call\njobs: { c: { runs-on: [self-hosted, big], steps: [{ uses: ./tools/x }] } }',
    'tools/x/action.yml': 'runs: { using: composite, steps: [{ run: make, shell: bash }] }',
  })
  const read = await readWorkflow(dir, FILE, SLIPWAY)
  expect(read.unread).toEqual([])
  expect(read.labels).toEqual(expect.arrayContaining(['ubuntu-latest', 'ubuntu-slim', 'self-hosted', 'big']))
  const files = new Set(localCommands(read).map((each) => each.where.file))
  expect([...files].sort()).toEqual(
    ['build', 'finish', 'release', 'stage']
      .map((each) => `slipway/.github/workflows/${each}.yml`)
      .concat('tools/x/action.yml'),
  )
  expect(localCommands(read).find((each) => each.where.file === 'tools/x/action.yml')?.commands).toBe('make')
  expect(await obstacles(dir, read)).toEqual([])
})

test('steps that write elsewhere are refused with file and line, also in scripts, actions and called workflows', async () => {
  const found = await problems({
    [FILE]: `${job('run: |\n          cargo build\n          cargo publish', 'uses: pypa/gh-action-pypi-publish@release/v1', 'run: ./ci/out.sh', 'uses: ./tools/x', 'run: echo cargo publish')}  b: { uses: ./.github/workflows/own.yml }\n`,
    'ci/out.sh': '#!/bin/sh\ntwine upload dist/*\n',
    'tools/x/action.yml': 'runs:\n  using: composite\n  steps:\n    - { run: gh release create v1, shell: bash }\n',
    '.github/workflows/own.yml':
      'on: workflow_call\njobs:\n  c:\n    runs-on: x\n    steps:\n      - uses: docker/build-push-action@v6\n        with: { push: true }\n',
  })
  expect(found.sort()).toEqual([
    'workflow-writes-elsewhere .github/workflows/own.yml:6 docker/build-push-action with push',
    `workflow-writes-elsewhere ${FILE}:8 cargo publish`,
    `workflow-writes-elsewhere ${FILE}:9 pypa/gh-action-pypi-publish`,
    'workflow-writes-elsewhere ci/out.sh:2 twine upload',
    'workflow-writes-elsewhere tools/x/action.yml:4 gh release',
  ])
})

test('actions, workflows and containers that cannot run on this machine are named', async () => {
  const found = await problems({
    [FILE]: `${job('uses: actions/checkout@v6', 'uses: docker/login-action@v3', 'uses: some/action@v1', 'uses: ./gone', 'uses: ./box', 'uses: someone/slipway@v1')}  b: { uses: other/repo/.github/workflows/x.yml@v1 }\n  c:\n    runs-on: x\n    container: debian\n    steps: []\n`,
    'box/action.yml': 'runs: { using: docker, image: Dockerfile }',
  })
  expect(found.sort()).toEqual([
    `workflow-action-unknown ${FILE}:10 ./box`,
    `workflow-action-unknown ${FILE}:12 other/repo/.github/workflows/x.yml@v1`,
    `workflow-action-unknown ${FILE}:14 job c`,
    `workflow-action-unknown ${FILE}:8 some/action@v1`,
    `workflow-action-unknown ${FILE}:9 ./gone`,
  ])
})
