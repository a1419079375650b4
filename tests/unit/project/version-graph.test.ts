import { expect, test } from '@jest/globals'
import { type PlanOptions, planProject } from '@slipway/plan/plan'
import { METADATA, plant, type Tree, workspace } from '../trees.ts'
import { LOCK } from './locks.ts'

const OF_VERSIONS = /^(version|lock|sibling|python-version|no-python|local|prerelease|tag|changelog|toml)-/

/** Returns the problems of a plan about versions, each as `severity code file:line`. */
async function problemsOf(changes: Tree, options?: PlanOptions): Promise<string[]> {
  const { problems } = await planProject(await plant(workspace(changes)), options)
  return problems
    .filter(({ code }) => OF_VERSIONS.test(code))
    .map(({ severity, code, where }) => `${severity} ${code} ${where?.file}:${where?.line}`)
}

/** Returns the tree at another version, in every spelling. */
function at(version: string, python: string, changes: Tree = {}): Tree {
  const moved = Object.entries(workspace()).map(([file, text]) => [
    file,
    text?.replaceAll('1.2.0-rc.1', version).replaceAll('1.2.0rc1', python) ?? null,
  ])
  return { ...Object.fromEntries(moved), ...changes }
}

const TOP = workspace()['Cargo.toml'] ?? ''
const SUB = { 'sub/Cargo.toml': `[workspace]\n[package]\nname = "sub"\nversion = "1.2.0-rc.1"\n${METADATA}` }
const STALE = 'version = 4\n\n[[package]]\n\nname = "sub"\nversion = "1.1.0"\n'
const INIT = 'py/python/demo/__init__.py'

test.each<[string, Tree, string[]]>([
  ['the lock is fresh', { 'Cargo.lock': LOCK }, []],
  ['and has the line ends of Windows', { 'Cargo.lock': LOCK.replaceAll('\n', '\r\n') }, []],
  [
    'the lock has the version before',
    { 'Cargo.lock': LOCK.replace('name = "demo"\nversion = "1.2.0-rc.1"', 'name = "demo"\nversion = "1.1.0"') },
    ['error lock-stale Cargo.lock:6'],
  ],
  [
    'the lock lacks a crate',
    { 'Cargo.lock': LOCK.replace('name = "demo"\n', 'name = "demo"\nsource = "registry+x"\n') },
    ['error lock-stale Cargo.lock:1'],
  ],
  [
    'the lock has a crate that is gone',
    { 'Cargo.lock': `${LOCK}\n[[package]]\nname = "gone"\nversion = "1.2.0-rc.1"\n` },
    [],
  ],
  [
    'a crate from elsewhere is needed, so that more may be in the lock',
    {
      'Cargo.lock': `${LOCK.replace(' "demo",\n', ' "demo",\n "far",\n')}\n[[package]]\nname = "far"\nversion = "0.1.0"\n`,
      'py/Cargo.toml': `${workspace()['py/Cargo.toml']}far = { path = "../../far" }\n`,
    },
    [],
  ],
  [
    'the lock does not know a dependency',
    { 'Cargo.lock': LOCK.replace(' "pyo3",\n', '') },
    ['error lock-stale Cargo.lock:9'],
  ],
  [
    'the lock has a dependency in a version that is not accepted',
    { 'Cargo.lock': LOCK.replace('0.27.1', '0.26.9') },
    ['error lock-stale Cargo.lock:9'],
  ],
  [
    'a stale lock is not committed',
    { 'Cargo.lock': LOCK.replace('0.27.1', '0.26.9'), '.gitignore': 'Cargo.lock\n' },
    [],
  ],
  [
    'a pin does not accept its sibling',
    { 'Cargo.toml': TOP.replace('path = "core", version = "1.2.0-rc.1"', 'path = "core", version = "1.1.0"') },
    ['error sibling-pin-differs Cargo.toml:6'],
  ],
  [
    'a pin is exact',
    { 'Cargo.toml': TOP.replace('path = "core", version = "1.2.0-rc.1"', 'path = "core", version = "=1.2.0-rc.1"') },
    [],
  ],
  [
    'a pin for one platform, by another name, does not accept its sibling',
    {
      'py/Cargo.toml': `${workspace()['py/Cargo.toml']}[target.'cfg(unix)'.build-dependencies]\nother = { path = "../core", package = "demo", version = "2" }\n`,
    },
    ['error sibling-pin-differs py/Cargo.toml:12'],
  ],
  [
    'a pin that nobody uses does not accept its sibling',
    { 'Cargo.toml': `${TOP}unused = { path = "core", package = "demo", version = "0.1" }\n` },
    [],
  ],
  [
    'a Python package has its version twice',
    { 'py/pyproject.toml': workspace()['py/pyproject.toml']?.replace('[tool', 'version = "1.2.0rc1"\n[tool') ?? null },
    ['error version-twice py/pyproject.toml:6'],
  ],
  ...['/Cargo.lock', 'core/'].map((rule): [string, Tree, string[]] => [
    `a lock is stale that git tracks, by ${rule}`,
    { '.gitignore': `${rule}\n`, ...SUB, 'sub/Cargo.lock': STALE },
    ['error lock-stale sub/Cargo.lock:6'],
  ]),
  ...['Cargo.lock', '*.lock', '**/Cargo.lock', '/sub/Cargo.lock', 'sub/*\n!sub/Cargo.toml'].map(
    (rule): [string, Tree, string[]] => [
      `a lock is stale that git leaves out, by ${rule}`,
      { '.gitignore': `${rule}\n`, ...SUB, 'sub/Cargo.lock': STALE },
      [],
    ],
  ),
  ['CITATION.cff agrees', { 'CITATION.cff': 'cff-version: 1.2.0\nversion: 1.2.0-rc.1\ntitle: x\n' }, []],
  [
    'CITATION.cff has another',
    { 'CITATION.cff': 'cff-version: 1.2.0\r\nversion: "v1.1.0" # last\r\n' },
    ['warning version-differs CITATION.cff:2'],
  ],
  [
    'a file that is named has another',
    {
      'slipway.toml': '[[version-files]]\nfile = "docs/conf.py"\npattern = "release = \\"{version}\\""\n',
      'docs/conf.py': 'release = "1.2.0rc1"\n\nrelease = "1.1.0"\n',
    },
    ['error version-differs docs/conf.py:3'],
  ],
  [
    'a file that is named has no version',
    { 'slipway.toml': '[[version-files]]\nfile = "a.txt"\npattern = "v{version}"\n', 'a.txt': 'version 1.2.0-rc.1\n' },
    ['error version-pattern-not-found a.txt:1'],
  ],
  [
    '__about__.py has another',
    { 'py/python/demo/__about__.py': '__version__ = "1"\n' },
    ['error version-differs py/python/demo/__about__.py:1'],
  ],
  [
    'Python is given the version that Cargo has',
    { [INIT]: 'from ._internal import __version__\n' },
    ['notice version-spelt-by-cargo py/src/lib.rs:1'],
  ],
])('when %s', async (_, changes, expected) => {
  expect(await problemsOf(changes)).toEqual(expected)
})

test('leaves out a package that is versioned separately', async () => {
  const own = {
    'scs/pyproject.toml':
      'build-system.requires = ["setuptools"]\n[project]\nname = "scs_autotuner"\nversion = "0.1.0"\n',
    'scs/scs_autotuner/__init__.py': '__version__ = "0.1.0"\n',
  }
  expect(await problemsOf(own)).toEqual([
    'error version-differs scs/pyproject.toml:4',
    'error version-differs scs/scs_autotuner/__init__.py:1',
  ])
  expect(await problemsOf({ ...own, 'slipway.toml': '[packages.scs-autotuner]\nversion = "own"\n' })).toEqual([])
})

/** Returns the settings that the hints about differing versions suggest. */
async function hints(changes: Tree): Promise<(string | undefined)[]> {
  const { problems } = await planProject(await plant(workspace(changes)))
  const differing = problems.filter((each) => each.code === 'version-differs')
  return differing.map(({ hint }) => / If it has a separate version, set (.*?) in slipway\.toml;/.exec(hint)?.[1])
}

const MEMBER = (name: string, version: string) => `[package]\nname = "${name}"\n${version}\n${METADATA}`
const WITH = (text: string) => workspace()['Cargo.toml']?.replace('"py"', text) ?? null

test.each<[string, Tree, string[]]>([
  [
    'a crate',
    { 'Cargo.toml': WITH('"py", "a_b"'), 'a_b/Cargo.toml': MEMBER('a_b', 'version = "0.1.0"') },
    ['`version = "own"` under `[crates.a_b]`'],
  ],
  [
    'a Python package with dots',
    { 'more/pyproject.toml': 'build-system.requires = ["x"]\n[project]\nname = "a.b"\nversion = "0.1.0"\n' },
    ['`version = "own"` under `[packages."a.b"]`'],
  ],
  [
    "a Python package's __version__",
    { 'py/python/demo/__init__.py': '__version__ = "0.1.0"\n' },
    ['`version = "own"` under `[packages.demo]`'],
  ],
  [
    'a file without an owner',
    {
      'conf.py': 'release = "1.1.0"\n',
      'slipway.toml': '[[version-files]]\nfile = "conf.py"\npattern = \'release = "{version}"\'\n',
    },
    [undefined as unknown as string],
  ],
])('the hint for the version of %s is the setting to add', async (_, changes, expected) => {
  expect(await hints(changes)).toEqual(expected)
})

test('a hint names some of the crates that inherit a version', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const tree = {
    'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\n[workspace.package]\nversion = "0.5.0"\n',
    ...Object.fromEntries(names.map((name) => [`crates/${name}/Cargo.toml`, MEMBER(name, 'version.workspace = true')])),
    'core/Cargo.toml': null,
    'py/Cargo.toml': `${workspace()['py/Cargo.toml']}`
      .replace('version.workspace = true', 'version = "1.2.0-rc.1"')
      .replace('demo.workspace = true\n', ''),
  }
  expect(await hints(tree)).toEqual([
    '`version = "own"` under `[crates.a]`, `[crates.b]`, `[crates.c]`, `[crates.d]`, `[crates.e]` and 2 others that inherit it',
  ])
})

test('reports each of many differing versions on its line', async () => {
  const names = Array.from({ length: 13 }, (_, index) => `x${String(index).padStart(2, '0')}`)
  const changes = Object.fromEntries(names.map((name) => [`x/${name}/Cargo.toml`, MEMBER(name, 'version = "0.1.0"')]))
  const { problems } = await planProject(await plant(workspace({ 'Cargo.toml': WITH('"py", "x/*"'), ...changes })))
  const differing = problems.filter((each) => each.code === 'version-differs')
  expect(differing.map(({ where }) => `${where?.file}:${where?.line}`)).toEqual(
    names.map((name) => `x/${name}/Cargo.toml:3`),
  )
})

const REQUIRING = (pin: string) => ({
  'more/pyproject.toml': `build-system.requires = ["setuptools"]\n[project]\nname = "demo-more"\nversion = "1.2.0rc1"\ndependencies = [\n  "numpy==1.0",\n  ${pin},\n]\n`,
})
test.each([
  ['"Demo == 1.2.0rc1"', []],
  ['\'demo[fast]==1.2.0-rc.1 ; python_version > "3"\'', []],
  ['"demo (==1.1.0)"', ['error version-differs more/pyproject.toml:7']],
  ['"demo>=1.1.0"', []],
  ['"demo==1.*"', []],
  ['"demo-others==1.1.0"', []],
])('a sibling package requires %p', async (pin, expected) => {
  expect(await problemsOf(REQUIRING(pin))).toEqual(expected)
})

test.each([
  ['"demo~=1.2.0rc1"', []],
  ['"demo~=1.1.0"', ['error sibling-pin-differs more/pyproject.toml:7']],
  ['"demo>=1.0,<1.2"', ['error sibling-pin-differs more/pyproject.toml:7']],
  ['"demo[x] (>=1.0, <2) ; os_name == \'nt\'"', []],
  ['"demo==1.1.*"', ['error sibling-pin-differs more/pyproject.toml:7']],
  ['"numpy<1"', []],
  ['"demo @ file:///demo"', []],
])('a sibling package requires the range %p', async (pin, expected) => {
  expect(await problemsOf(REQUIRING(pin))).toEqual(expected)
})

test.each([
  ['demo = "^1.1"', []],
  ['demo = "~1.1"', ['error sibling-pin-differs more/pyproject.toml:7']],
  ['demo = "1.1.0"', ['error sibling-pin-differs more/pyproject.toml:7']],
  ['Demo = { version = ">=0.1,<1.2", extras = ["x"] }', ['error sibling-pin-differs more/pyproject.toml:7']],
  ['demo = "1.1.*"', ['error sibling-pin-differs more/pyproject.toml:7']],
  ['demo = "^0.9 || ^1.1"', []],
  ['demo = { path = "../py", develop = true }', []],
  ['demo = "*"', []],
])('with Poetry, a sibling package requires %p', async (pin, expected) => {
  const text = `build-system.requires = ["poetry-core"]\n[tool.poetry]\nname = "demo-more"\nversion = "1.2.0rc1"\ndescription = "d"\n[tool.poetry.dependencies]\n${pin}\n`
  expect(await problemsOf({ 'more/pyproject.toml': text })).toEqual(expected)
})

test('leaves out a crate that is versioned separately, which does not decide', async () => {
  const tree = {
    'Cargo.toml': '[workspace]\nmembers = ["a", "b"]\n',
    'a/Cargo.toml': `[package]\nname = "a"\nversion = "0.3.0"\n${METADATA}`,
    'b/Cargo.toml': `[package]\nname = "b"\nversion = "1.2.0-rc.1"\n${METADATA}`,
    'py/pyproject.toml': null,
  }
  expect(await problemsOf(tree)).toEqual([
    'error version-differs b/Cargo.toml:3',
    'warning changelog-section-missing CHANGELOG.md:1',
  ])
  expect(await problemsOf({ ...tree, 'slipway.toml': '[crates.a]\nversion = "own"\n' })).toEqual([])
})

const LEAD = 'Cargo.toml:4'
test.each<[version: string, python: string, string[]]>([
  ['1.2.0', '1.2.0', []],
  ['1.2.0-dev.3', '1.2.0.dev3', []],
  ['1.2.0-1', '1.2.0.post1', [`error prerelease-is-post-release ${LEAD}`]],
  ['1.2.0-r.1', '1.2.0.post1', [`error prerelease-is-post-release ${LEAD}`]],
  ['1.2.0-rc.1.post.1', '1.2.0rc1.post1', [`error prerelease-is-post-release ${LEAD}`]],
  ['1.2.0+abc', '1.2.0+abc', [`error local-version ${LEAD}`]],
  ['1.2.0-pre.1', '1.2.0rc1', [`notice python-version-collides ${LEAD}`]],
  ['1.2.0-c.1', '1.2.0rc1', [`notice python-version-collides ${LEAD}`]],
])('%s is %s for Python', async (version, python, expected) => {
  expect(await problemsOf(at(version, python))).toEqual(expected)
})

test('reports two versions of the changelog that Python takes for one', async () => {
  const changelog = '## [1.2.0-rc.1]\n\n- New.\n\n## [1.2.0-pre.1]\n\n- Old.\n'
  expect(await problemsOf({ 'CHANGELOG.md': changelog })).toEqual(['warning python-version-collides CHANGELOG.md:5'])
})

test('without a Python package, a version need not be valid for Python', async () => {
  const tree: Tree = { 'py/pyproject.toml': null, 'py/python/demo/__init__.py': null }
  expect(await problemsOf(at('1.2.0-nightly.1', '', tree))).toEqual([])
})

test('only the importing package can set `__version__` in Python', async () => {
  const scs = { 'py/python/scs/__init__.py': '__version__ = "1.2.0rc1"\n' }
  expect(await problemsOf({ [INIT]: '', ...scs })).toEqual(['notice version-spelt-by-cargo py/src/lib.rs:1'])
  expect(await problemsOf(scs)).toEqual([])
})

const MANY = 200_000
test.each<[string, Tree]>([
  ['Python', { [INIT]: `__version__ = "1.2.0rc1"\n${'__version__ = '.repeat(MANY)}\n${'__version__\n'.repeat(MANY)}` }],
  [
    'Rust, in quotes and comments',
    { 'py/src/lib.rs': `${'\\\\"'.repeat(MANY)}\n${"'".repeat(MANY)}${'/*'.repeat(MANY)}${'r#'.repeat(MANY)}` },
  ],
  [
    'Rust, by constants',
    { 'py/src/lib.rs': Array.from({ length: MANY / 4 }, (_, index) => `.add("__version__", A${index})`).join('\n') },
  ],
  ['Rust', { 'py/src/lib.rs': `${'.add('.repeat(MANY)}${'\n'.repeat(MANY)}${'.add("__version__",'.repeat(MANY / 2)}` }],
  ['CITATION.cff', { 'CITATION.cff': 'version: 1.2.0-rc.1-'.repeat(MANY / 2) }],
  [
    'a file that is named',
    {
      'slipway.toml': '[[version-files]]\nfile = "a.txt"\npattern = "{version}!"\n',
      'a.txt': `1.2.0-rc.1! ${'0.0.0-'.repeat(MANY)}${'1'.repeat(MANY)}${'1.1.1a1'.repeat(MANY / 2)}`,
    },
  ],
  ['a lock', { 'Cargo.lock': `${LOCK}${'[[package]]\nname = "demo"\nversion = "9.9.9"\n'.repeat(MANY / 2)}` }],
  [
    'a pin',
    {
      'py/Cargo.toml': `${workspace()['py/Cargo.toml']}x = { path = "../core", package = "demo", version = "${'1,'.repeat(4000)}" }\n`,
    },
  ],
])('reads megabytes of %s at once', async (_, changes) => {
  expect(await problemsOf(changes)).toEqual([])
})
