import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { plant, workspace } from '../../../trees.ts'
import { FILE } from './workflow.ts'

const JOB = 'jobs:\n  out:\n    runs-on: ubuntu-latest\n    steps:\n      - run: '
const PUBLISH = `${JOB}cargo publish\n`
const pushed = (patterns: string, rest = PUBLISH) => `on:\n  push:\n    tags: ${patterns}\n${rest}`

/** Returns the warnings about the trigger of workflows, by file name, when a tag is planned. */
async function found(files: Record<string, string>, tag = 'v2026.6.3', version = '2026.6.3'): Promise<string[]> {
  const tree = workspace()
  const changed = Object.entries({ ...tree, ...files }).map(([file, text]) => [
    file,
    text?.replaceAll('1.2.0-rc.1', version).replaceAll('1.2.0rc1', version),
  ])
  const { problems } = await planProject(await plant(Object.fromEntries(changed)), { tag })
  return problems
    .filter((each) => each.code === 'workflow-tag-not-matched')
    .map(({ severity, where }) => `${severity} ${where?.file}:${where?.line}`)
}

const WARNED = [`warning ${FILE}:3`]

test.each([
  ['a digit and a full stop', pushed("['v[0-9].*']"), WARNED],
  ['any digits', pushed("['v[0-9]+.*']"), []],
  ['everything', pushed("['*']"), []],
  ['another prefix', pushed("['py-v*']"), WARNED],
  ['all but this one', pushed("['v*', '!v2026.*']"), WARNED],
  ['an ignored tag', 'on:\n  push:\n    tags-ignore: ["v2026*"]\n'.concat(PUBLISH), [`warning ${FILE}:1`]],
  ['branches alone', `on:\n  push:\n    branches: [main]\n${PUBLISH}`, []],
  ...['release', 'create', 'workflow_call', 'workflow_run', 'repository_dispatch'].map(
    (event): [string, string, string[]] => [
      `test tags, and at ${event}`,
      `on:\n  push:\n    tags: ["test-*"]\n  ${event}:\n${PUBLISH}`,
      [],
    ],
  ),
  ['other tags, and by hand', `on:\n  push:\n    tags: ["py-v*"]\n  workflow_dispatch:\n${PUBLISH}`, WARNED],
  ["cargo-dist's tags", `on:\n  pull_request:\n  push:\n    tags:\n      - '**[0-9]+.[0-9]+.[0-9]+*'\n${PUBLISH}`, []],
  ['tags and branches', `on: {push: {branches: [main], tags: ['v*']}}\n${PUBLISH}`, []],
  ['a release', `on: release\n${PUBLISH}`, []],
  ['nothing that publishes', pushed("['py-v*']", `${JOB}cargo test\n`), []],
  [
    "Slipway's release",
    pushed("['py-v*']", 'jobs:\n  out:\n    uses: o/slipway/.github/workflows/release.yml@v1\n'),
    WARNED,
  ],
])('a workflow that starts at %s', async (_, text, expected) => {
  expect(await found({ [FILE]: text })).toEqual(expected)
})

test('one workflow that the tag starts is enough, as is one that tags do not start', async () => {
  const other = '.github/workflows/python.yml'
  const own = { [FILE]: pushed("['py-v*']") }
  expect(await found({ ...own, [other]: pushed("['v*']") })).toEqual([])
  expect(await found({ ...own, [other]: `on: workflow_dispatch\n${PUBLISH}` })).toEqual([])
  expect(await found({ ...own, [other]: pushed("['rs-v*']") })).toEqual([`warning ${other}:3`])
  // One that only checks pushes with Slipway publishes nothing.
  const check = 'on: push\njobs:\n  check:\n    uses: o/slipway/.github/workflows/check.yml@v1\n'
  expect(await found({ ...own, [other]: check })).toEqual(WARNED)
})

test('a prerelease counts if its tag is named: else it may be a state between releases', async () => {
  const files = { [FILE]: pushed("['v[0-9]+.[0-9]+.[0-9]+']") }
  const { problems } = await planProject(await plant(workspace(files)))
  expect(problems.map((each) => each.code)).not.toContain('workflow-tag-not-matched')
  expect(await found(files, 'v1.2.0-rc.1', '1.2.0-rc.1')).toEqual(WARNED)
})
