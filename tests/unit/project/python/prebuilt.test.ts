import { expect, test } from '@jest/globals'
import { builtPackages } from '@slipway/core/overview'
import { workspace } from '../../trees.ts'
import { planned, pyproject } from '../planned.ts'

/** A package of maturin (`demo`), one of hatchling (`pure-py`) and one of Meson (`lib.c`). */
const TREE = workspace({
  'pure/pyproject.toml': pyproject('pure-py').replace('1.2.0', '1.2.0rc1'),
  'pure/pure_py/__init__.py': '',
  'c/pyproject.toml':
    '[build-system]\nrequires = ["meson-python"]\nbuild-backend = "mesonpy"\n[project]\nname = "lib.c"\nversion = "1.2.0rc1"\n',
})

test.each([
  ['any name stands for what is compiled', ['w/*.whl'], { demo: ['w/*.whl'], 'lib.c': ['w/*.whl'] }, ['pure-py']],
  [
    'a name stands for its package alone, as PyPI compares names',
    ['w/Lib_C-*.whl', 'w/pure_py-*.whl', 'w/pure_py-*.tar.gz'],
    { 'lib.c': ['w/Lib_C-*.whl'], 'pure-py': ['w/pure_py-*.whl', 'w/pure_py-*.tar.gz'] },
    ['demo'],
  ],
  ['no setting: Slipway builds everything', [], {}, ['demo', 'pure-py', 'lib.c']],
])('%s', async (_, prebuilt, packages, built) => {
  const { plan } = await planned({ ...TREE, 'slipway.toml': `prebuilt = ${JSON.stringify(prebuilt)}\n` })
  const found = plan.packages.flatMap((each) => (each.prebuilt ? [[each.name, each.prebuilt]] : []))
  expect(Object.fromEntries(found)).toEqual(packages)
  expect(new Set(builtPackages(plan).map((each) => each.name))).toEqual(new Set(built))
  expect(new Set(plan.matrix.map((each) => each.package))).toEqual(new Set(built))
})

test('an option replaces the setting', async () => {
  const tree = { ...TREE, 'slipway.toml': 'prebuilt = ["w/demo-*.whl"]\n' }
  const { plan } = await planned(tree, { prebuilt: ['x/lib_c-*.whl'] })
  expect(plan.packages.map((each) => each.prebuilt)).toEqual(
    plan.packages.map((each) => (each.name === 'lib.c' ? ['x/lib_c-*.whl'] : undefined)),
  )
  const { problems } = await planned(tree, { prebuilt: ['x/nothing-*.whl'] })
  expect(problems).toContain('settings-unknown-name undefined:undefined')
})

test.each([
  ['an unknown name', 'prebuilt = [\n  "w/*.whl",\n  "w/demos-*.whl",\n]\n', 'settings-unknown-name slipway.toml:3'],
  ['another ending', 'prebuilt = [\n  "w/*",\n]\n', 'settings-bad-value slipway.toml:2'],
  ['a path out of the project', 'prebuilt = ["../*.whl"]\n', 'settings-bad-value slipway.toml:1'],
  ['a text', 'prebuilt = "w/*.whl"\n', 'settings-wrong-type slipway.toml:1'],
  ['a number', 'prebuilt = [1]\n', 'settings-wrong-type slipway.toml:1'],
])('%s is reported at its line', async (_, settings, problem) => {
  const { problems } = await planned({ ...TREE, 'slipway.toml': settings })
  expect(problems.filter((each) => each.includes('slipway.toml'))).toEqual([problem])
})

test('a mistake before it does not move the line of another', async () => {
  const lists = [
    'prebuilt = [\n  "w/*",\n  1,\n  "w/owl-*.whl",\n]\n',
    'publish = [\n  "a b",\n  1,\n  "demo*",\n  "pure-py",\n  "lib.c",\n  "owl",\n]\n',
    '[[version-files]]\nfile = "a.md"\n\n[[version-files]]\nfile = "b.md"\npattern = "v{version}"\n',
  ]
  const found = lists.map(async (settings) => (await planned({ ...TREE, 'slipway.toml': settings })).problems)
  const [prebuilt, publish, files] = await Promise.all(found)
  expect(prebuilt).toContain('settings-unknown-name slipway.toml:4')
  expect(publish).toContain('settings-unknown-name slipway.toml:7')
  expect(files).toContain('settings-file-missing slipway.toml:5')
})

test('any name is of no package if nothing is compiled', async () => {
  const tree = { 'pyproject.toml': pyproject('wader'), 'wader/__init__.py': '', 'CHANGELOG.md': '## 1.2.0\n\n- New.\n' }
  const { plan, problems } = await planned({ ...tree, 'slipway.toml': 'prebuilt = ["w/*.whl"]\n' })
  expect([problems, plan.matrix.map((each) => each.package)]).toEqual([
    ['settings-bad-value slipway.toml:1'],
    ['wader'],
  ])
})
