import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { groupOf } from '@slipway/project/settings/groups'
import { DEFAULT_SETTINGS } from '@slipway/project/settings/read'
import { crate, members, pure } from '../../../corpus/pieces.ts'
import { plant, type Tree } from '../../trees.ts'

const GROUP = '[groups.py]\nmembers = ["py-*"]\n'
const TREE: Tree = {
  'Cargo.toml': members(['heron', 'heron-core']),
  ...crate('heron', 'heron'),
  ...crate('heron-core', 'heron-core'),
  ...pure('python/a', 'py-kite', 'hatchling.build', '0.3.0'),
  ...pure('python/b', 'Py.Wader', 'hatchling.build', '0.3.0'),
  'CHANGELOG.md': '# Changelog\n\n## 1.2.0\n\n- New.\n\n## 0.3.0\n\n- Python.\n',
  'CITATION.cff': 'cff-version: 1.2.0\ntitle: Heron\nversion: 1.2.0\n',
}

async function planned(settings: string, tag: string | undefined, changes: Tree = {}) {
  const plan = await planProject(await plant({ ...TREE, 'slipway.toml': settings, ...changes }), { tag })
  const problems = plan.problems.map(({ code, where }) => `${code} ${where?.file}`)
  return [plan.version, plan.tag, plan.notes?.includes('Python') ?? null, problems]
}

test.each([
  [undefined, '1.2.0', 'v1.2.0', false],
  ['v1.2.0', '1.2.0', 'v1.2.0', false],
  ['py-v0.3.0', '0.3.0', 'py-v0.3.0', true],
])('the tag %s releases its group, whose versions differ from the others', async (tag, version, planTag, isPython) => {
  expect(await planned(GROUP, tag)).toEqual([version, planTag, isPython, []])
})

test('a group has the tags that its settings say', async () => {
  const settings = `${GROUP}tag = "python/{version}"\n`
  expect(await planned(settings, 'python/0.3.0')).toEqual(['0.3.0', 'python/0.3.0', true, []])
  const differs = ['tag-differs-from-version heron-core/Cargo.toml']
  expect(await planned(settings, 'py-v0.3.0')).toEqual(['1.2.0', 'py-v0.3.0', false, differs])
})

test('versions within the released group must agree, those within another need not', async () => {
  const other = pure('python/b', 'Py.Wader', 'hatchling.build', '0.4.0')
  const differs = ['version-differs python/b/pyproject.toml', 'version-differs python/b/src/Py.Wader/__init__.py']
  expect(await planned(GROUP, 'v1.2.0', other)).toEqual(['1.2.0', 'v1.2.0', false, []])
  expect(await planned(GROUP, 'py-v0.3.0', other)).toMatchObject([
    '0.3.0',
    'py-v0.3.0',
    true,
    expect.arrayContaining(differs.slice(0, 1)),
  ])
  const crates = { 'heron/Cargo.toml': (TREE['heron/Cargo.toml'] as string).replace('1.2.0', '1.3.0') }
  expect(await planned(GROUP, 'py-v0.3.0', crates)).toEqual(['0.3.0', 'py-v0.3.0', true, []])
  expect(await planned(GROUP, 'v1.2.0', crates)).toMatchObject([
    '1.2.0',
    'v1.2.0',
    false,
    ['version-differs heron/Cargo.toml'],
  ])
})

test('if everything is in groups, that of the leading crate is planned without a tag', async () => {
  const settings = `${GROUP}[groups.rust]\nmembers = ["heron*"]\n`
  expect(await planned(settings, undefined)).toEqual(['1.2.0', 'rust-v1.2.0', false, []])
  expect(await planned(settings, 'py-v0.3.0')).toEqual(['0.3.0', 'py-v0.3.0', true, []])
})

test('names are in the group whose pattern matches them, by any spelling', () => {
  const groups = [
    { name: 'py', members: ['py_*', 'kite'], tag: null },
    { name: 'rust', members: ['heron'], tag: null },
  ]
  const names = ['Py.Wader', 'kite', 'Heron', 'heron-core', 'py']
  const found = names.map((each) => groupOf({ ...DEFAULT_SETTINGS, groups }, each)?.name ?? null)
  expect(found).toEqual(['py', 'py', 'rust', null, null])
})
