import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { plant, type Tree } from '../../trees.ts'

/** A pyproject.toml that leaves the version to its backend. */
function leaving(backend: string, more = '', name = 'demo'): string {
  const [requires] = backend.split('.')
  return `[build-system]\nrequires = ["${requires}"]\nbuild-backend = "${backend}"\n[project]\nname = "${name}"\ndynamic = ["version"]\n${more}`
}

const HATCH = (more: string) => leaving('hatchling.build', `[tool.hatch.version]\n${more}`)
const SETUPTOOLS = (value: string, more = '') =>
  leaving('setuptools.build_meta', `[tool.setuptools.dynamic]\nversion = ${value}\n${more}`)
const FLIT = (more = '') => leaving('flit_core.buildapi', more)
const POETRY = (more: string) => leaving('poetry.core.masonry.api', `[tool.poetry]\n${more}`)
const PDM = (more: string) => leaving('pdm.backend', `[tool.pdm.version]\n${more}`)
const WHERE = '[tool.setuptools.packages.find]\nwhere = ["python"]\n'
const OTHER = '[tool.flit.module]\nname = "other"\n'

test.each<[string, string, string, string, number]>([
  ['hatch', HATCH('path = "src/demo/__about__.py"\n'), 'src/demo/__about__.py', '# x\n__version__ = "1.2.0"\n', 2],
  ['hatch, by its other name', HATCH('path = "demo/v.py"\n'), 'demo/v.py', "VERSION: str = 'v1.2.0'\n", 1],
  ['an attribute', SETUPTOOLS('{attr = "demo.__version__"}'), 'src/demo/__init__.py', '\n__version__ = "1.2.0"\n', 2],
  ['an attribute of a module', SETUPTOOLS('{attr = "demo.about.V"}'), 'demo/about.py', 'V = "1.2.0"\n', 1],
  ['an attribute below', SETUPTOOLS('{attr = "demo.V"}', WHERE), 'python/demo/__init__.py', 'V = "1.2.0"\n', 1],
  ['a file', SETUPTOOLS('{file = "VERSION"}'), 'VERSION', '1.2.0\n', 1],
  ['a list of one file', SETUPTOOLS('{file = ["VERSION"]}'), 'VERSION', '\n1.2.0', 2],
  ['flit', FLIT(), 'demo.py', '"""Demo."""\n__version__ = "1.2.0"\n', 2],
  ['flit, by a name', FLIT(OTHER), 'src/other/__init__.py', '__version__ = "1.2.0"\n', 1],
  ['pdm', PDM('source = "file"\npath = "demo/__init__.py"\n'), 'demo/__init__.py', '__version__ = "1.2.0"\n', 1],
])('the version is found as the backend does: %s', async (_, pyproject, file, text, line) => {
  const tree: Tree = { 'pyproject.toml': pyproject, 'CHANGELOG.md': '## 1.2.0\n\n- New.\n', [file]: text }
  const { version, packages, versions, problems } = await planProject(await plant(tree))
  expect([version, packages[0]?.version, problems]).toEqual(['1.2.0', '1.2.0', []])
  expect(versions.map((each) => `${each.file}:${each.line}`)).toEqual([`${file}:${line}`])
})

test('Poetry has it in a separate table', async () => {
  const { versions } = await planProject(await plant({ 'pyproject.toml': POETRY('version = "1.2.0"\n') }))
  expect(versions).toEqual([{ file: 'pyproject.toml', line: 8, value: '1.2.0' }])
})

const CRATE = '[package]\nname = "core"\nversion = "1.2.0"\ndescription = "d"\nlicense = "MIT"\n'

test.each<[string, string]>([
  ['git’s tags', leaving('setuptools.build_meta', '[tool.setuptools_scm]\n')],
  ['git’s tags, by hatch', HATCH('source = "vcs"\n')],
  ['a pattern of its own', HATCH('path = "a.py"\npattern = "x"\n')],
  ['a plugin of Poetry', POETRY('version = "0.0.0"\n[tool.poetry-dynamic-versioning]\nenable = true\n')],
  ['a file outside', SETUPTOOLS('{file = "../../VERSION"}')],
  ['two files', SETUPTOOLS('{file = ["a", "b"]}')],
])('a version that comes from %s is said to be computed', async (_, pyproject) => {
  const tree = { 'py/pyproject.toml': pyproject, 'Cargo.toml': CRATE, 'py/a.py': '__version__ = "9.9.9"\n' }
  const { packages, notChecked } = await planProject(await plant(tree))
  expect(packages[0]?.version).toBe('1.2.0')
  expect(notChecked).toEqual([expect.stringMatching(/^The version of demo: .* 1\.2\.0\.$/)])
})

test('a different version is reported where the backend finds it', async () => {
  const tree = {
    'Cargo.toml': CRATE,
    'py/pyproject.toml': HATCH('path = "demo/_ver.py"\n'),
    'py/demo/_ver.py': 'VERSION = "0.0.9"\n',
  }
  const { problems } = await planProject(await plant(tree))
  const where = { file: 'py/demo/_ver.py', line: 1 }
  expect(problems).toContainEqual(expect.objectContaining({ code: 'version-differs', where }))
})

test('where nothing but the tag tells the version, it does', async () => {
  const pyproject = leaving('setuptools.build_meta', '[tool.setuptools_scm]\n')
  const dir = await plant({ 'pyproject.toml': pyproject, 'CHANGELOG.md': '## 1.2.0\n\n- New.\n' })
  const { version, packages, problems } = await planProject(dir, { tag: 'v1.2.0' })
  expect([version, packages[0]?.version, problems]).toEqual(['1.2.0', '1.2.0', []])
  const without = await planProject(dir)
  expect(without.problems).toMatchObject([{ code: 'version-computed', where: { file: 'pyproject.toml', line: 6 } }])
})
