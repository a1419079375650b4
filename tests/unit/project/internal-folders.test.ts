import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { plant, type Tree } from '../trees.ts'
import { crate, members, planned, pyproject } from './planned.ts'

const BARE = '[package]\nname = "helper"\nversion = "0.1.0"\n'

test.each([
  ['tests/ui/base', 'tests'],
  ['example/a', 'example'],
  ['benches', 'benches'],
  ['fuzz', 'fuzz'],
  ['crates/templates/x', 'templates'],
  ['crates/a/testdata', 'testdata'],
  ['docs/src', 'docs'],
])('a member in %s is internal, whatever its version and metadata', async (path, folder) => {
  const { reasons, problems } = await planned(members(`"${path}"`, { [`${path}/Cargo.toml`]: BARE }))
  expect([reasons, problems]).toEqual([{ demo: null, helper: `It is in the folder ${folder}.` }, []])
})

test.each([['test-helpers'], ['crates/fuzzy'], ['crates/contest']])('a member in %s is not', async (path) => {
  const { reasons, problems } = await planned(members(`"${path}"`, { [`${path}/Cargo.toml`]: BARE }))
  expect(reasons).toEqual({ demo: null, helper: null })
  expect(problems).toEqual([
    `version-differs ${path}/Cargo.toml:3`,
    ...Array(2).fill(`crate-metadata-missing ${path}/Cargo.toml:2`),
  ])
})

test('a project may itself be in an internal folder', async () => {
  const root = await plant({ 'tests/Cargo.toml': crate('demo'), 'tests/CHANGELOG.md': '## 1.2.0\n\n- New.\n' })
  expect((await planProject(`${root}/tests`)).crates).toMatchObject([{ name: 'demo', publish: true }])
})

const NEEDING = (kind: string, version = 'version = "1.2.0", ') =>
  `[${kind}]\nhelper = { ${version}path = "tests/helper" }\n`
test.each([
  ['dependencies', NEEDING('dependencies'), null],
  ['build-dependencies', NEEDING('build-dependencies'), null],
  ['dev-dependencies, with a version', NEEDING('dev-dependencies'), null],
  ['dev-dependencies', NEEDING('dev-dependencies', ''), 'It is in the folder tests.'],
])('an internal crate among the %s of a published one', async (_, more, expected) => {
  const others = { 'tests/helper/Cargo.toml': crate('helper'), 'tests/other/Cargo.toml': crate('other') }
  const { reasons, problems } = await planned(members('"tests/*"', others, more))
  expect(reasons).toEqual({ demo: null, helper: expected, other: 'It is in the folder tests.' })
  expect(problems).toEqual([])
})

test('publishes the dependencies of internal crates only if those are needed', async () => {
  const others = {
    'tests/helper/Cargo.toml': crate('helper', '[dependencies]\ninner = { version = "1.2.0", path = "../inner" }\n'),
    'tests/inner/Cargo.toml': crate('inner'),
    'tests/top/Cargo.toml': crate('top', '[dependencies]\nlow = { version = "1.2.0", path = "../low" }\n'),
    'tests/low/Cargo.toml': crate('low'),
  }
  const { plan } = await planned(members('"tests/*"', others, NEEDING('dependencies')))
  expect(plan.crates.filter((each) => each.publish !== false).map((each) => each.name)).toEqual([
    'inner',
    'helper',
    'demo',
  ])
})

test.each([
  ['the settings', '', '[crates.helper]\npublish = true\n'],
  ['its own manifest', 'publish = true\n', ''],
  ['its own manifest, for a registry', 'publish = ["own"]\n', ''],
])('publishes an internal crate that %s names', async (_, more, settings) => {
  const others = { 'tests/helper/Cargo.toml': crate('helper', more), 'slipway.toml': settings }
  expect((await planned(members('"tests/*"', others))).reasons).toEqual({ demo: null, helper: null })
})

test('reads internal folders outside of workspaces only for what the settings publish', async () => {
  const others = {
    'examples/a/Cargo.toml': crate('aside'),
    'examples/b/Cargo.toml': '[package\n',
    'template/pyproject.toml': pyproject('Made.Up', '[project.scripts]\nname = "x"\n'),
    'template/more/pyproject.toml': pyproject('other', '[tool.x]\nname = "made-up"\n'),
  }
  expect((await planned(members('', others))).reasons).toEqual({ demo: null })
  const settings = '[crates.aside]\npublish = true\n[packages.made-up]\npublish = true\n'
  const { reasons, problems } = await planned(members('', { ...others, 'slipway.toml': settings }))
  expect([reasons, problems]).toEqual([{ demo: null, aside: null, 'Made.Up': null }, []])
})

const TRIAL = pyproject('trial').replace('1.2.0', '0.0.9')
test.each<[string, Tree, Record<string, string | null>]>([
  ['could be built', { 'packages/test-utils/pyproject.toml': TRIAL }, { trial: 'It is in the folder test-utils.' }],
  [
    'could be built, which the settings publish',
    {
      'test-utils/pyproject.toml': TRIAL,
      'slipway.toml': '[packages.trial]\npublish = true\nversion = "own"\n',
    },
    { trial: null },
  ],
  ['describes an environment', { 'test-env/pyproject.toml': '[project]\nname = "env"\nversion = "0.0.9"\n' }, {}],
  ['is no TOML', { 'test_data/pyproject.toml': '[build-system]\n[project\n' }, {}],
  ['is in an internal folder too', { 'tests/test-utils/pyproject.toml': TRIAL }, {}],
  [
    'maturin builds from a crate there',
    {
      'test-crates/a/pyproject.toml': TRIAL.replaceAll('hatchling', 'maturin').replace('maturin.build', 'maturin'),
      'test-crates/a/Cargo.toml': crate('a'),
    },
    { trial: 'It is in the folder test-crates.' },
  ],
])('a pyproject.toml in a test folder that %s', async (_, files, expected) => {
  const { reasons, problems } = await planned(members('', files))
  expect([reasons, problems]).toEqual([{ demo: null, ...expected }, []])
})

test.each<[string, Tree, Record<string, string | null>, string[]]>([
  [
    'that a workspace excludes',
    {
      'Cargo.toml': `[workspace]\nexclude = ["aside"]\n${crate('demo')}`,
      'aside/Cargo.toml': crate(
        'aside',
        NEEDING('dependencies', '').replace('tests/helper', '..').replace('helper', 'demo'),
      ),
    },
    { demo: null, aside: null },
    ['path-dependency-without-version aside/Cargo.toml:7'],
  ],
  [
    'that a crate without a workspace depends on',
    {
      'Cargo.toml': crate('demo', NEEDING('dependencies').replace('tests/helper', 'aside').replace('helper', 'aside')),
      'aside/Cargo.toml': crate('aside'),
    },
    { demo: null, aside: null },
    [],
  ],
  [
    'in a folder of that kind that a crate without a workspace depends on',
    {
      'Cargo.toml': crate('demo', NEEDING('dependencies')),
      'tests/helper/Cargo.toml': crate('helper'),
      'tests/other/Cargo.toml': crate('other'),
    },
    { demo: null, helper: null },
    [],
  ],
  [
    'below it, with a workspace of its own',
    { 'Cargo.toml': crate('demo'), 'a/Cargo.toml': '[workspace]\nmembers = ["b"]\n', 'a/b/Cargo.toml': crate('b') },
    { demo: null, b: null },
    [],
  ],
])('finds a crate %s', async (_, tree, expected, expectedProblems) => {
  const { reasons, problems } = await planned({ ...tree, 'CHANGELOG.md': '## 1.2.0\n\n- New.\n' })
  expect([reasons, problems]).toEqual([expected, expectedProblems])
})
