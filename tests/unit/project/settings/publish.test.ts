import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { CHANGELOG, crate, pure } from '../../../corpus/pieces.ts'
import { plant } from '../../trees.ts'

const TREE = {
  'Cargo.toml': '[workspace]\nmembers = ["*"]\n',
  ...crate('a', 'heron'),
  ...crate('b', 'heron_core'),
  ...crate('c', 'heron-tools'),
  ...pure('d', 'Heron.Py', 'hatchling.build'),
  ...pure('e', 'wader', 'hatchling.build'),
  'CHANGELOG.md': CHANGELOG,
}
const UNLISTED = '`publish` in slipway.toml does not list it.'

test.each([
  ['["heron"]', '', ['heron']],
  ['["heron-*"]', '', ['heron-tools', 'heron_core', 'Heron.Py']],
  ['["heron?core", "wader"]', '', ['heron_core', 'wader']],
  ['["heron*"]', '[crates.heron]\npublish = false\n', ['heron-tools', 'heron_core', 'Heron.Py']],
  [
    '["wader"]',
    '[crates.heron]\npublish = true\n[packages.heron-py]\npublish = true\n',
    ['heron', 'Heron.Py', 'wader'],
  ],
  ['[]', '[crates.heron]\npublish = true\n', ['heron']],
])('publish = %s and %j publish %j', async (publish, tables, names) => {
  const { crates, packages, problems } = await planProject(
    await plant({ ...TREE, 'slipway.toml': `publish = ${publish}\n${tables}` }),
  )
  const all = [...crates, ...packages]
  expect([all.filter((each) => each.reason === undefined).map((each) => each.name), problems]).toEqual([names, []])
  const others = all.filter((each) => each.reason !== undefined).map((each) => each.reason)
  expect(new Set(others)).toEqual(
    new Set([tables.includes('false') ? 'slipway.toml says `publish = false`.' : UNLISTED, UNLISTED]),
  )
})
