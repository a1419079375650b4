import { expect, test } from '@jest/globals'
import { tagFor, versionInTag } from '@slipway/core/tag'
import { parseToml } from '@slipway/documents/toml'
import { planProject } from '@slipway/plan/plan'
import { rustVersions } from '@slipway/project/cargo/rust-version-literals'
import { readPackage, requirementsOfBackend } from '@slipway/project/python/package'
import { pythonVersions } from '@slipway/project/python/version-literals'
import { plant, type Tree, workspace } from '../../trees.ts'

test.each([
  ['__version__ = "1.0"', ['1.0']],
  ["x = 1\n__version__: str = '1.0'  # here", ['1.0']],
  ['__version__ = version("demo")', []],
  ['from ._internal import __version__', []],
  ['# __version__ = "1.0"', []],
  ['__all__ = ["__version__"]', []],
])('in Python, %p has versions %p', (text, expected) => {
  expect(pythonVersions('a.py', text).map((each) => each.value)).toEqual(expected)
})

test.each([
  ['m.add("__version__", "1.0.0")?;', ['1.0.0']],
  ['m.add(\n    "__version__",\n    "1.0.0",\n)?;', ['1.0.0']],
  ['m.add("__version__", env!("CARGO_PKG_VERSION"))?;', []],
  ['// m.add("__version__", "1.0.0")', []],
  ['m.add("other", "1.0.0")', []],
])('in Rust, %p has versions %p', (text, expected) => {
  expect(rustVersions('lib.rs', text).map((each) => each.value)).toEqual(expected)
})

test('literals have their line', () => {
  expect(pythonVersions('a.py', '\n\n__version__ = "1"\n')[0]?.line).toBe(3)
  expect(rustVersions('a.rs', 'fn f() {\n  m.add("__version__", "1")\n')[0]?.line).toBe(2)
})

test.each([
  ['v1.2.3', '1.2.3'],
  ['1.2.3', '1.2.3'],
  ['demo-v1.2.3-rc.1', '1.2.3-rc.1'],
  ['some-thing/v1.2.3', '1.2.3'],
  ['v1.0.0-2.0.0', '1.0.0-2.0.0'],
  ['v1.2', '1.2'],
  ['latest', null],
])('the tag %s holds %p', (tag, expected) => {
  expect(versionInTag(tag)).toBe(expected)
  expect(versionInTag(tagFor('1.2.3'))).toBe('1.2.3')
})

const PY = workspace()['py/pyproject.toml'] ?? ''
const CARGO = workspace()['py/Cargo.toml'] ?? ''

async function planned(changes: Tree) {
  return (await planProject(await plant(workspace(changes)))).packages
}

test.each<[string, Tree, string | null]>([
  ['the lowest feature', { 'py/Cargo.toml': CARGO.replace('"abi3-py39"', '"abi3-py310", "abi3-py39"') }, 'cp39'],
  ['no abi3', { 'py/Cargo.toml': CARGO.replace('"abi3-py39"', '') }, null],
  ['abi3 alone, by requires-python', { 'py/Cargo.toml': CARGO.replace('abi3-py39', 'abi3') }, 'cp39'],
  [
    'a feature that maturin turns on',
    {
      'py/Cargo.toml': `${CARGO.replace('"abi3-py39"', '')}[features]\nwheel = ["stable"]\nstable = ["pyo3/abi3-py311"]\n`,
      'py/pyproject.toml': `${PY}features = ["wheel"]\n`,
    },
    'cp311',
  ],
  [
    'a feature that nobody turns on',
    { 'py/Cargo.toml': `${CARGO.replace('"abi3-py39"', '')}[features]\nwheel = ["pyo3/abi3-py311"]\n` },
    null,
  ],
  ['a feature named by maturin', { 'py/pyproject.toml': `${PY}features = ["pyo3/abi3-py38"]\n` }, 'cp38'],
  [
    'a workspace dependency',
    {
      'Cargo.toml': `${workspace()['Cargo.toml']}pyo3 = { version = "0.27", features = ["abi3-py312"] }\n`,
      'py/Cargo.toml': CARGO.replace(/pyo3 = .*/, 'pyo3.workspace = true'),
    },
    'cp312',
  ],
  ['a binary', { 'py/pyproject.toml': `${PY}bindings = "bin"\n` }, null],
])('abi3 by %s', async (_, changes, expected) => {
  expect((await planned(changes)).map((each) => each.abi3)).toEqual([expected])
})

const SCS = { 'py/python/scs/__init__.py': '', 'py/python/data/x.txt': '' }
test.each<[string, Tree, string[]]>([
  ['every package of python-source', SCS, ['demo', 'scs']],
  ['python-packages', { ...SCS, 'py/pyproject.toml': `${PY}python-packages = ["demo"]\n` }, ['demo']],
  [
    'the module alone without python-source',
    { ...SCS, 'py/pyproject.toml': PY.replace(/python-source.*\n/, ''), 'py/tests/__init__.py': '' },
    ['demo'],
  ],
  [
    'the library without module-name',
    { 'py/pyproject.toml': PY.replace(/module-name.*\n|python-source.*\n/g, '') },
    ['_internal'],
  ],
  [
    'the packages in src of another backend',
    {
      'py/pyproject.toml': '[project]\nname = "x"\nversion = "1.2.0rc1"\n',
      'py/src/y/__init__.py': '',
      'py/src/y/z/__init__.py': '',
    },
    ['y'],
  ],
  ['none that can be told', { 'py/pyproject.toml': '[project]\nname = "x"\nversion = "1.2.0rc1"\n' }, []],
])('imports: %s', async (_, changes, expected) => {
  expect((await planned(changes)).map((each) => each.imports)).toEqual([expected])
})

test('reads a package', () => {
  expect(readPackage(parseToml('py/pyproject.toml', PY))).toEqual({
    name: 'demo',
    path: 'py',
    document: expect.objectContaining({ file: 'py/pyproject.toml' }),
    place: null,
    dynamicVersion: { file: 'py/pyproject.toml', line: 6 },
    backend: 'maturin',
    requiresPython: '>=3.9',
    requiresPythonAt: { file: 'py/pyproject.toml', line: 7 },
    maturin: {
      manifest: 'py/Cargo.toml',
      moduleName: 'demo._internal',
      pythonSource: 'py/python',
      pythonPackages: null,
      features: [],
      bindings: null,
    },
  })
})

test('without a build-system the backend is setuptools', () => {
  const read = readPackage(parseToml('pyproject.toml', '[project]\nname = "a"\nversion = "1"\n'))
  expect(read).toMatchObject({ path: '.', backend: 'setuptools', maturin: null, place: { line: 3 } })
})

test('tells what the backend needs', async () => {
  const root = await plant(workspace())
  expect(await requirementsOfBackend(`${root}/py`)).toEqual(['maturin>=1.9,<2'])
  expect(await requirementsOfBackend(root)).toEqual([])
})

test.each([
  ['examples/a/pyproject.toml'],
  ['tests/fixtures/pyproject.toml'],
  ['.hidden/pyproject.toml'],
  ['venv/lib/pyproject.toml'],
])('%s is not released', async (file) => {
  const other = { [file]: '[project]\nname = "other"\nversion = "9"\n', 'venv/pyvenv.cfg': '' }
  expect((await planned(other)).map((each) => each.name)).toEqual(['demo'])
})

test('a package that PyPI is told to refuse is not released', async () => {
  const text = '[project]\nname = "b"\nversion = "9"\nclassifiers = ["Private :: Do Not Upload"]\n'
  const plan = await planProject(await plant(workspace({ 'b/pyproject.toml': text })))
  expect(plan.packages.map(({ name, reason }) => [name, reason])).toEqual([
    ['b', expect.stringContaining('Private ::')],
    ['demo', undefined],
  ])
  expect(plan.problems).toEqual([])
})

test('crates to try things on are not released either', async () => {
  const root = await plant({
    'rust/Cargo.toml': '[package]\nname = "a"\nversion = "1.0.0"\n',
    'examples/b/Cargo.toml': '[package]\nname = "b"\nversion = "1.0.0"\n',
  })
  expect((await planProject(root)).crates.map((each) => each.name)).toEqual(['a'])
})

test('manifest-path names the crate, outside the workspace too', async () => {
  const plan = await planProject(
    await plant({
      'pyproject.toml': `[build-system]\nrequires = ["maturin"]\nbuild-backend = "maturin"\n[project]\nname = "n"\n[tool.maturin]\nmanifest-path = "rust/Cargo.toml"\n`,
      'rust/Cargo.toml': '[package]\nname = "n-python"\nversion = "0.3.0"\n[lib]\ncrate-type = ["cdylib"]\n',
    }),
  )
  expect(plan).toMatchObject({
    version: '0.3.0',
    crates: [{ name: 'n-python', publish: false }],
    packages: [{ name: 'n', version: '0.3.0', imports: ['n_python'] }],
  })
})
