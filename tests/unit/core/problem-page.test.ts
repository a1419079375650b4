import { expect, test } from '@jest/globals'
import { problemPage } from '@slipway/core/problem-page'

const JOB = {
  GITHUB_ACTIONS: 'true',
  GITHUB_SERVER_URL: 'https://github.example.invalid',
  GITHUB_ACTION_REPOSITORY: 'owner/slipway',
  GITHUB_ACTION_REF: 'v1.2.3',
}
const PATH = 'docs/problems/tag-missing.md'

test('in a job, the page is in the action’s repository at its ref', () => {
  expect(problemPage('tag-missing', JOB)).toBe(`https://github.example.invalid/owner/slipway/blob/v1.2.3/${PATH}`)
  expect(problemPage('tag-missing', { ...JOB, GITHUB_ACTION_REF: 'feature/a+b' })).toBe(
    `https://github.example.invalid/owner/slipway/blob/feature/a+b/${PATH}`,
  )
})

test('in the command, it is a path', () => {
  expect(problemPage('tag-missing')).toBe(PATH)
})

test.each<[string, Record<string, string | undefined>]>([
  ['no job', { GITHUB_ACTIONS: undefined }],
  ['no server', { GITHUB_SERVER_URL: '' }],
  ['a server that is not on the web', { GITHUB_SERVER_URL: 'javascript:alert(1)' }],
  ['no repository', { GITHUB_ACTION_REPOSITORY: '' }],
  ['a repository without an owner', { GITHUB_ACTION_REPOSITORY: 'slipway' }],
  ['a repository that leaves its folder', { GITHUB_ACTION_REPOSITORY: '../slipway' }],
  ['no ref', { GITHUB_ACTION_REF: '' }],
  ['a ref that leaves its folder', { GITHUB_ACTION_REF: 'a/../../b' }],
  ['a ref with a query', { GITHUB_ACTION_REF: 'a?b' }],
  ['a ref with a line', { GITHUB_ACTION_REF: 'v1\n::error::x' }],
])('with %s, it is a path', (_, change) => {
  expect(problemPage('tag-missing', { ...JOB, ...change })).toBe(PATH)
})

test('a code without a page has no address', () => {
  for (const code of ['someone-elses', '../README', 'README']) expect(problemPage(code, JOB)).toBeNull()
})
