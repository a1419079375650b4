import { expect, test } from '@jest/globals'
import { Folder } from '@slipway/documents/folder'
import { judgeLogins } from '@slipway/plan/logins/judge'
import { workflowLogins } from '@slipway/plan/logins/publishing-jobs'
import { plant } from '../../trees.ts'
import { CRATE, FILE, IDENTITY, job, PUSH, PYPI, read, release } from './release.ts'

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

test('refused events are errors if nothing else starts the workflow', async () => {
  const on = (events: string) => release(job(PYPI + CRATE, `${IDENTITY}    environment: a\n`), `on: ${events}\n`)
  expect((await on('pull_request_target')).problems).toEqual([
    'error trusted-publishing-event 7',
    'error trusted-publishing-event 8',
  ])
  expect((await on('[push, workflow_run]')).problems).toEqual(['warning trusted-publishing-event 8'])
})

test('a missing grant is reported at the calling job', async () => {
  const caller = `${PUSH}jobs:\n  all:\n    permissions: { contents: read }\n    uses: ./.github/workflows/publish.yml\n`
  const called = `on: workflow_call\njobs:\n${job(PYPI)}`
  const logins = await workflowLogins(
    new Folder(await plant({ [FILE]: caller, '.github/workflows/publish.yml': called })),
  )
  const [problem] = judgeLogins(logins)
  expect(problem).toMatchObject({ code: 'identity-not-granted', where: { file: FILE, line: 5 } })
  expect(problem?.hint).toContain('calling job')
})

test('registries refuse the jobs of a GitHub Enterprise Server', async () => {
  const text = `${PUSH}jobs:\n${job(PYPI + CRATE, `${IDENTITY}    environment: a\n`)}`
  const logins = await workflowLogins(new Folder(await plant({ [FILE]: text })))
  expect(judgeLogins(logins, 'https://github.com')).toEqual([])
  const problems = judgeLogins(logins, 'https://github.example.invalid')
  expect(problems.map(({ code, message, hint }) => `${code}: ${message} ${hint}`)).toEqual([
    'trusted-publishing-refused: PyPI trusts jobs on github.com only, and the job publish runs on github.example.invalid. Pass a token as `pypi-token`.',
    'trusted-publishing-refused: crates.io trusts jobs on github.com only, and the job publish runs on github.example.invalid. Pass a token as `crates-token`.',
  ])
  const tokens = `${PUSH}jobs:\n${job(`${PYPI}        with: { pypi-token: x }\n`)}`
  const byToken = await workflowLogins(new Folder(await plant({ [FILE]: tokens })))
  expect(judgeLogins(byToken, 'https://github.example.invalid')).toEqual([])
})

test('hints have the line to change', async () => {
  const text = `on: pull_request_target\njobs:\n${job(PYPI, '')}`
  const logins = await workflowLogins(new Folder(await plant({ [FILE]: text })))
  const hints = judgeLogins(logins).map(({ code, hint }) => `${code}: ${hint}`)
  expect(hints).toEqual([
    expect.stringMatching(/^identity-not-granted: .*`id-token: write`/),
    expect.stringMatching(/^trusted-publishing-event: .*`on: { push: { tags: \["v\*"\] } }`/),
    expect.stringMatching(/^publisher-without-environment: .*`environment: release`/),
  ])
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
