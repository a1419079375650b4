import { expect, test } from '@jest/globals'
import { expression } from '../checks/workflows/workflow.ts'
import { CRATE, FILE, IDENTITY, job, PUSH, PYPI, read, release } from './release.ts'

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
  ['nothing', job(PYPI, ''), PUSH, false],
]

test.each(GRANTS)('granted by %s', async (_, jobs, head, granted) => {
  const { publishing, problems } = await release(jobs, head)
  expect(publishing[0]?.[2]).toBe(granted)
  expect(problems.some((each) => each.startsWith('error identity-not-granted'))).toBe(!granted)
})

test('a called workflow of the project has at most what its caller grants', async () => {
  const call = (lines: string) => `${PUSH}jobs:\n  all:\n${lines}    uses: ./.github/workflows/publish.yml\n`
  const called = (lines: string) => `on: workflow_call\njobs:\n${job(PYPI + CRATE, lines)}`
  const both = (caller: string, callee: string) =>
    read({ [FILE]: call(caller), '.github/workflows/publish.yml': called(callee) })
  // PyPI identifies the file that contains the job, crates.io the one that was started: both are kept.
  const { publishing } = await both(IDENTITY, '')
  expect(publishing).toEqual([
    ['pypi', 'identity', true, null, 'publish.yml'],
    ['crates', 'identity', true, null, 'publish.yml'],
  ])
  expect((await both('', IDENTITY)).publishing[0]?.[2]).toBe(false)
  expect((await both(IDENTITY, '    permissions: {}\n')).publishing[0]?.[2]).toBe(false)
})

test('invalid YAML is reported; an expression for an environment is kept as written', async () => {
  expect(await release(`${job(PYPI)}  broken: [\n`)).toEqual({
    publishing: [],
    problems: [expect.stringMatching(/^warning workflow-unreadable /)],
  })
  const text = expression('inputs.environment')
  const { publishing, problems } = await release(job(PYPI, `${IDENTITY}    environment: "${text}"\n`))
  expect([publishing[0]?.[3], problems]).toEqual([text, []])
})

test('workflows that call each other in a cycle are read once each', async () => {
  const self = [1, 2, 3, 4].map((each) => `  again${each}:\n    uses: ./.github/workflows/release.yml\n`).join('')
  const { publishing } = await release(self + job(PYPI), 'on: { push: { tags: ["v*"] }, workflow_call: {} }\n')
  expect(publishing).toHaveLength(1)
})

test('a job that never runs publishes nothing', async () => {
  for (const never of ['false', `"${expression('false')}"`]) {
    expect((await release(job(PYPI, `    if: ${never}\n`))).publishing).toEqual([])
  }
})
