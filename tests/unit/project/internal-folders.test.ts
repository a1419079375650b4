import { expect, test } from '@jest/globals'
import { type PlanOptions, planProject } from '@slipway/plan/plan'
import { METADATA, plant, type Tree, workspace } from '../trees.ts'

const crate = (name: string, more = '', version = '1.2.0') =>
  `[package]\nname = "${name}"\nversion = "${version}"\n${METADATA}${more}`

/** A workspace of the crate `demo` at the top, and what else lies below. */
function members(list: string, others: Tree, more = ''): Tree {
  return {
    'Cargo.toml': `[workspace]\nmembers = [${list}]\n${crate('demo', more)}`,
    'CHANGELOG.md': '## 1.2.0\n\n- New.\n',
    ...others,
  }
}

/** Each crate and package with the reason why it is not published, and what is told. */
async function planned(tree: Tree, options?: PlanOptions) {
  const plan = await planProject(await plant(tree), options)
  const reasons = [...plan.crates, ...plan.packages].map(({ name, reason }) => [name, reason ?? null])
  const told = plan.problems.map(({ code, where }) => `${code} ${where?.file}:${where?.line}`)
  return { plan, reasons: Object.fromEntries(reasons), told }
}

const BARE = '[package]\nname = "helper"\nversion = "0.1.0"\n'

test.each([
  ['tests/ui/base', 'tests'],
  ['example/a', 'example'],
  ['benches', 'benches'],
  ['fuzz', 'fuzz'],
  ['crates/templates/x', 'templates'],
  ['crates/a/testdata', 'testdata'],
  ['docs/src', 'docs'],
])('a member in %s is a helper, whatever its version and metadata', async (path, folder) => {
  const { reasons, told } = await planned(members(`"${path}"`, { [`${path}/Cargo.toml`]: BARE }))
  expect([reasons, told]).toEqual([{ demo: null, helper: `It is in the folder ${folder}.` }, []])
})

test.each([['test-helpers'], ['crates/fuzzy'], ['crates/contest']])('a member in %s is not', async (path) => {
  const { reasons, told } = await planned(members(`"${path}"`, { [`${path}/Cargo.toml`]: BARE }))
  expect(reasons).toEqual({ demo: null, helper: null })
  expect(told).toEqual([
    `version-differs ${path}/Cargo.toml:3`,
    ...Array(2).fill(`crate-metadata-missing ${path}/Cargo.toml:2`),
  ])
})

test('a project may lie in a folder of that name itself', async () => {
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
])('a helper among the %s of what is published', async (_, more, expected) => {
  const others = { 'tests/helper/Cargo.toml': crate('helper'), 'tests/other/Cargo.toml': crate('other') }
  const { reasons, told } = await planned(members('"tests/*"', others, more))
  expect(reasons).toEqual({ demo: null, helper: expected, other: 'It is in the folder tests.' })
  expect(told).toEqual([])
})

test('what a needed helper needs is published, what one that is not needed needs is not', async () => {
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
])('a helper is published that %s names', async (_, more, settings) => {
  const others = { 'tests/helper/Cargo.toml': crate('helper', more), 'slipway.toml': settings }
  expect((await planned(members('"tests/*"', others))).reasons).toEqual({ demo: null, helper: null })
})

const PACKAGE = (name: string, more = '') =>
  `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "${name}"\nversion = "1.2.0"\n${more}`

test('what no workspace knows in such folders is not read, but where the settings publish it', async () => {
  const others = {
    'examples/a/Cargo.toml': crate('aside'),
    'examples/b/Cargo.toml': '[package\n',
    'template/pyproject.toml': PACKAGE('Made.Up', '[project.scripts]\nname = "x"\n'),
    'template/more/pyproject.toml': PACKAGE('other', '[tool.x]\nname = "made-up"\n'),
  }
  expect((await planned(members('', others))).reasons).toEqual({ demo: null })
  const settings = '[crates.aside]\npublish = true\n[packages.made-up]\npublish = true\n'
  const { reasons, told } = await planned(members('', { ...others, 'slipway.toml': settings }))
  expect([reasons, told]).toEqual([{ demo: null, aside: null, 'Made.Up': null }, []])
})

const TRIAL = PACKAGE('trial').replace('1.2.0', '0.0.9')
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
  ['lies in tests besides', { 'tests/test-utils/pyproject.toml': TRIAL }, {}],
  [
    'maturin builds from a crate there',
    {
      'test-crates/a/pyproject.toml': TRIAL.replaceAll('hatchling', 'maturin').replace('maturin.build', 'maturin'),
      'test-crates/a/Cargo.toml': crate('a'),
    },
    { trial: 'It is in the folder test-crates.' },
  ],
])('a pyproject.toml in a folder for tests that %s', async (_, files, expected) => {
  const { reasons, told } = await planned(members('', files))
  expect([reasons, told]).toEqual([{ demo: null, ...expected }, []])
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
])('a crate %s is found', async (_, tree, expected, problems) => {
  const { reasons, told } = await planned({ ...tree, 'CHANGELOG.md': '## 1.2.0\n\n- New.\n' })
  expect([reasons, told]).toEqual([expected, problems])
})

const KINDS = (kinds: string, more = '') => `[lib]\ncrate-type = [${kinds}]\n${more}`
const C_LIBRARY = 'It builds only a C library (its `crate-type`), so no Rust program can depend on it.'
test.each<[string, string, Tree, string | null]>([
  ['a cdylib', KINDS('"cdylib"'), {}, C_LIBRARY],
  ['a staticlib beside it', KINDS('"cdylib", "staticlib"'), {}, C_LIBRARY],
  ['a Rust library too', KINDS('"cdylib", "rlib"'), {}, null],
  ['a library of the usual kind too', KINDS('"lib", "cdylib"'), {}, null],
  ['a plugin for Rust', '[lib]\nproc-macro = true\n', {}, null],
  ['a program too', KINDS('"cdylib"'), { 'ffi/src/main.rs': 'fn main() {}\n' }, null],
  ['programs too', KINDS('"cdylib"'), { 'ffi/src/bin/a.rs': 'fn main() {}\n' }, null],
  ['a program elsewhere too', KINDS('"cdylib"', '[[bin]]\nname = "a"\npath = "a.rs"\n'), {}, null],
  [
    'WebAssembly',
    KINDS('"cdylib"', '[dependencies]\nwasm-bindgen = "0.2"\n'),
    {},
    'It builds only a WebAssembly module (its `crate-type`), so no Rust program can depend on it.',
  ],
])('a crate that builds %s', async (_, more, files, expected) => {
  const { reasons, told } = await planned(members('"ffi"', { 'ffi/Cargo.toml': crate('ffi', more), ...files }))
  expect(reasons).toEqual({ demo: null, ffi: expected })
  expect(told).toEqual([])
})

const NODE = '[package]\nname = "node"\nversion = "0.1.0"\n[lib]\ncrate-type = ["cdylib"]\n'

test('a C library is as it is: its version, metadata and paths keep nothing back', async () => {
  const node = `${NODE}[dependencies]\ndemo = { path = "../.." }\n`
  const { told } = await planned(members('"bindings/*"', { 'bindings/node/Cargo.toml': node }))
  expect(told).toEqual([])
})

test.each<[string, string, PlanOptions]>([
  ['the settings', '[crates.node]\npublish = true\n', {}],
  ['an option', '', { crates: ['node'] }],
])('a C library is published that %s names', async (_, settings, options) => {
  const others = { 'node/Cargo.toml': crate('node', KINDS('"cdylib"')), 'slipway.toml': settings }
  expect((await planned(members('"node"', others), options)).reasons).toEqual({ demo: null, node: null })
})

test('a C library may be on a registry already where it says enough for one', async () => {
  const described = await planned(members('"node"', { 'node/Cargo.toml': crate('node', KINDS('"cdylib"')) }))
  expect(described.plan.crates[1]).toMatchObject({ name: 'node', extension: true })
  const bare = await planned(members('"node"', { 'node/Cargo.toml': NODE }))
  expect(bare.plan.crates[1]).not.toHaveProperty('extension')
})

const ENVIRONMENT = '[project]\nname = "env"\nversion = "0.1.0"\n'
const VIRTUAL = 'Its pyproject.toml has no [build-system], so it describes an environment, not a package.'
test.each<[string, string, Tree, string | null]>([
  ['no build-system', ENVIRONMENT, {}, VIRTUAL],
  ['no build-system, with a setup.py', ENVIRONMENT, { 'env/setup.py': 'setup()\n' }, null],
  ['no build-system, with a setup.cfg', ENVIRONMENT, { 'env/setup.cfg': '[metadata]\n' }, null],
  ['no build-system, with what setuptools is to do', `${ENVIRONMENT}[tool.setuptools]\npackages = []\n`, {}, null],
  ['no build-system, but a package for uv', `${ENVIRONMENT}[tool.uv]\npackage = true\n`, {}, null],
  [
    'no package for uv',
    PACKAGE('env', '[tool.uv]\npackage = false\n'),
    {},
    'Its pyproject.toml has `package = false` in [tool.uv].',
  ],
  [
    'no package for Poetry',
    PACKAGE('env', '[tool.poetry]\npackage-mode = false\n'),
    {},
    'Its pyproject.toml has `package-mode = false` in [tool.poetry].',
  ],
  [
    'no package for PDM',
    PACKAGE('env', '[tool.pdm]\ndistribution = false\n'),
    {},
    'Its pyproject.toml has `distribution = false` in [tool.pdm].',
  ],
  ['a package for PDM', PACKAGE('env', '[tool.pdm]\ndistribution = true\n'), {}, null],
])('a pyproject.toml that is %s', async (_, text, files, expected) => {
  const { reasons, told, plan } = await planned(
    workspace({ 'env/pyproject.toml': text.replace('"1.2.0"', '"0.1.0"'), ...files }),
  )
  expect(reasons).toMatchObject({ demo: null, env: expected })
  const differs = expected === null ? [expect.stringMatching(/^version-differs env\/pyproject.toml:/)] : []
  expect(told).toEqual(differs)
  expect(plan.matrix.some((each) => each.package === 'env')).toBe(expected === null)
})

test('a package with an extension module is one, whatever uv is to do with it', async () => {
  const text = workspace()['py/pyproject.toml'] as string
  const { reasons, told } = await planned(workspace({ 'py/pyproject.toml': `${text}[tool.uv]\npackage = false\n` }))
  expect([reasons, told]).toEqual([{ demo: null, 'demo-py': expect.stringContaining('publish = false') }, []])
})

test('an environment is published that the settings name', async () => {
  const settings = '[packages.env]\npublish = true\nversion = "own"\n'
  const { reasons } = await planned(workspace({ 'env/pyproject.toml': ENVIRONMENT, 'slipway.toml': settings }))
  expect(reasons).toMatchObject({ env: null })
})

test('an environment alone is nothing to release, and says why', async () => {
  const { plan } = await planned({ 'pyproject.toml': ENVIRONMENT, 'CHANGELOG.md': '## 0.1.0\n\n- New.\n' })
  expect(plan.problems).toEqual([
    expect.objectContaining({
      code: 'no-project',
      message: `Nothing here can be released. env: ${VIRTUAL}`,
      hint: expect.stringContaining('publish = true'),
    }),
  ])
})

test('an environment may tell the version of an image', async () => {
  const { plan, told } = await planned({
    'pyproject.toml': ENVIRONMENT,
    Dockerfile: 'FROM scratch\n',
    'compose.yaml': 'services:\n  env:\n    build: .\n    image: ghcr.io/owner/env:0.1.0\n',
    'CHANGELOG.md': '## 0.1.0\n\n- New.\n',
  })
  expect([plan.version, plan.images.map((each) => each.name), told]).toEqual(['0.1.0', ['ghcr.io/owner/env'], []])
})

test('of crates with versions of their own, the one that is called as the repository leads', async () => {
  const about = 'repository = "https://example.invalid/owner/demo.git"\n'
  const tree = {
    'Cargo.toml': '[workspace]\nmembers = ["*"]\n',
    'a/Cargo.toml': crate('demo-a', about, '0.3.0'),
    'b/Cargo.toml': crate('demo', about, '1.2.0'),
    'CHANGELOG.md': '## 1.2.0\n\n- New.\n',
  }
  expect((await planned(tree)).told).toEqual(['version-differs a/Cargo.toml:3'])
})

/** The version of a release, and where it is found to differ. */
async function versions(tree: Tree) {
  const { plan, told } = await planned({ ...tree, 'CHANGELOG.md': null })
  return [plan.version, told.filter((each) => each.startsWith('version-'))]
}

test.each<[string, Tree, string, string[]]>([
  [
    'a crate before the workspace that only a private one has its version from',
    {
      'Cargo.toml': '[workspace]\nmembers = ["crates/*", "xtask"]\n[workspace.package]\nversion = "0.0.0"\n',
      'xtask/Cargo.toml': '[package]\nname = "xtask"\nversion.workspace = true\npublish = false\n',
      'crates/acme/Cargo.toml': crate('acme'),
    },
    '1.2.0',
    [],
  ],
  [
    'a Python package before the private crates beside it',
    {
      'Cargo.toml': '[package]\nname = "xtask"\nversion = "0.0.0"\npublish = false\n',
      'py/pyproject.toml': PACKAGE('demo'),
    },
    '1.2.0',
    [],
  ],
  [
    'the Python package at the top before others',
    { 'core/pyproject.toml': PACKAGE('demo-core').replace('1.2.0', '0.4.0'), 'pyproject.toml': PACKAGE('demo') },
    '1.2.0',
    ['version-differs core/pyproject.toml:6'],
  ],
  [
    'a published crate before a Python package that is built from none',
    { 'rust/Cargo.toml': crate('demo'), 'py/pyproject.toml': PACKAGE('demo').replace('1.2.0', '2.0.0') },
    '1.2.0',
    ['version-differs py/pyproject.toml:6'],
  ],
])('what leads is %s', async (_, tree, version, expected) => {
  expect(await versions(tree)).toEqual([version, expected])
})

test.each<[string, string, string, string[]]>([
  [
    'a tool that says too little of itself',
    '',
    'tool',
    ['It is outside of the workspace and has no description or license, which crates.io requires.'],
  ],
  ['a member that does', '', 'member', []],
  ['one that asks to be published', 'publish = ["crates-io"]\n', 'tool', []],
])('beside a workspace, %s', async (_, more, as, reasons) => {
  const tool = `[package]\nname = "tool"\nversion = "0.1.0"\n${more}`
  const { crates } = await planProject(
    await plant({
      'Cargo.toml': `[workspace]\nmembers = ["core"${as === 'member' ? ', "core/tool"' : ''}]\n`,
      'core/Cargo.toml': crate('demo'),
      'core/tool/Cargo.toml': tool,
    }),
  )
  expect(crates.find((each) => each.name === 'tool')?.reason ?? []).toEqual(reasons.length > 0 ? reasons[0] : [])
})
