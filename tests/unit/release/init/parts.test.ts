import { expect, test } from '@jest/globals'
import { tagFor } from '@slipway/core/tag'
import { startsAt, tagTrigger } from '@slipway/documents/workflows/triggers'
import { parseYaml } from '@slipway/documents/yaml'
import { tagFilter } from '@slipway/release/init/parts'
import { workflowText } from '@slipway/release/init/workflow-text'

const PARTS = { crates: true, packages: true, image: true, late: false, dockerHub: false, path: '.', owner: 'acme' }

test.each([
  ['v{version}', 'v*'],
  ['{version}', '[0-9]*'],
  ['demo-v{version}', 'demo-v*'],
  ['release/{version}/final', 'release/*/final'],
  ['a+b-{version}', 'a\\+b-*'],
])('tags of %s match %s', (pattern, filter) => {
  expect(tagFilter({ version: '1.2.0', tag: tagFor('1.2.0', pattern) })).toBe(filter)
})

test.each(['v{version}', '{version}', 'release/{version}/final'])(
  'the filter for %s starts at its tags alone',
  async (pattern) => {
    const tags = tagFilter({ version: '1.2.0', tag: tagFor('1.2.0', pattern) })
    const text = workflowText('identity', { ...PARTS, tags })
    const trigger = tagTrigger(await parseYaml('release.yml', text))
    if (trigger === null) throw new Error('No tag starts the workflow.')
    expect(['1.2.0', '2.0.0-rc.1'].map((each) => startsAt(trigger, tagFor(each, pattern)))).toEqual([true, true])
    expect(['latest', 'nightly-1.2.0'].map((each) => startsAt(trigger, each))).toEqual([false, false])
  },
)
