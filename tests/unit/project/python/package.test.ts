import { expect, test } from '@jest/globals'
import { parseToml } from '@slipway/documents/toml'
import { planProject } from '@slipway/plan/plan'
import { readPackage, requirementsOfBackend } from '@slipway/project/python/package'
import { plant, type Tree, workspace } from '../../trees.ts'

const PY = workspace()['py/pyproject.toml'] ?? ''

async function planned(changes: Tree) {
  return (await planProject(await plant(workspace(changes)))).packages
}

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
      withoutDefault: false,
      bindings: null,
    },
  })
})

test('without a build-system the backend is setuptools', () => {
  const read = readPackage(parseToml('pyproject.toml', '[project]\nname = "a"\nversion = "1"\n'))
  expect(read).toMatchObject({ path: '.', backend: 'setuptools', maturin: null, place: { line: 3 } })
})

test('returns the requirements of the backend', async () => {
  const root = await plant(workspace())
  expect(await requirementsOfBackend(`${root}/py`)).toEqual(['maturin>=1.9,<2'])
  expect(await requirementsOfBackend(root)).toEqual([])
})

test.each([
  ['examples/a/pyproject.toml'],
  ['tests/fixtures/pyproject.toml'],
  ['.hidden/pyproject.toml'],
  ['venv/lib/pyproject.toml'],
])('does not release %s', async (file) => {
  const other = { [file]: '[project]\nname = "other"\nversion = "9"\n', 'venv/pyvenv.cfg': '' }
  expect((await planned(other)).map((each) => each.name)).toEqual(['demo'])
})

test('does not release a package with a `Private ::` classifier', async () => {
  const text = '[project]\nname = "b"\nversion = "9"\nclassifiers = ["Private :: Do Not Upload"]\n'
  const plan = await planProject(await plant(workspace({ 'b/pyproject.toml': text })))
  expect(plan.packages.map(({ name, reason }) => [name, reason])).toEqual([
    ['b', expect.stringContaining('Private ::')],
    ['demo', undefined],
  ])
  expect(plan.problems).toEqual([])
})

test('does not release crates in examples', async () => {
  const root = await plant({
    'rust/Cargo.toml': '[package]\nname = "a"\nversion = "1.0.0"\n',
    'examples/b/Cargo.toml': '[package]\nname = "b"\nversion = "1.0.0"\n',
  })
  expect((await planProject(root)).crates.map((each) => each.name)).toEqual(['a'])
})

test('finds the crate of manifest-path outside of the workspace', async () => {
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

// poetry-core writes the same bounds into the metadata.
test.each([
  ['^3.8', '>=3.8,<4'],
  ['~3.11', '>=3.11,<3.12'],
  ['3.11', '==3.11.*'],
  ['3', '==3.*'],
  ['3.11.2', '==3.11.2'],
  ['>=3.8,<4.0', '>=3.8,<4.0'],
  ['*', null],
  ['^3.8 || ^3.10', '^3.8 || ^3.10'],
])("Poetry's Python %p is %p", (constraint, expected) => {
  const text = `[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\npython = "${constraint}"\n`
  expect(readPackage(parseToml('pyproject.toml', text))?.requiresPython).toBe(expected)
})
