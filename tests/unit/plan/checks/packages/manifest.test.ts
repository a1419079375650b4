import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { plant, type Tree } from '../../../trees.ts'

/** Returns the lines at which a package with more in `[project]`, from line 7 on, is refused. */
async function refusedAt(more: string, backend = 'setuptools.build_meta', changes: Tree = {}): Promise<string[]> {
  const system = `[build-system]\nrequires = []\nbuild-backend = "${backend}"\n`
  const root = await plant({
    'pyproject.toml': `${system}[project]\nname = "demo"\nversion = "1.2.0"\n${more}`,
    'Cargo.toml': '[package]\nname = "demo"\nversion = "1.2.0"\npublish = false\n',
    'src/lib.rs': '',
    ...changes,
  })
  const { problems } = await planProject(root)
  const found = problems.filter((each) => each.code === 'manifest-refused')
  return found.map(({ severity, where }) => `${severity} ${where?.file}:${where?.line}`)
}

const AT = (line: number) => [`error pyproject.toml:${line}`]

// Each case was tried with setuptools, hatchling and maturin.
test.each<[string, string[]]>([
  ['^3.9', AT(7)],
  ['3.10', AT(7)],
  ['>=3.9 <4', AT(7)],
  ['>=3.8.*', AT(7)],
  ['~=3', AT(7)],
  ['=>3.9', AT(7)],
  ['>=', AT(7)],
  ['>=3.9', []],
  ['>= 3.9 , <4', []],
  ['>=3.9,', []],
  ['', []],
  ['~=3.9', []],
  ['==3.*, !=3.9.*,!=3.10.1', []],
  ['>3.8rc1', []],
  ['===3.9', []],
])('requires-python %p', async (specifier, expected) => {
  expect(await refusedAt(`requires-python = "${specifier}"\n`)).toEqual(expected)
})

test.each<[string, string[]]>([
  ['numpy >= ', AT(9)],
  ['numpy ^1', AT(9)],
  ['numpy 1', AT(9)],
  ['numpy=1', AT(9)],
  ['numpy>=1 <2', AT(9)],
  ['-e .', AT(9)],
  ['a @ ', AT(9)],
  ['numpy>=1.*', AT(9)],
  ['numpy; python_version < 3', AT(9)],
  ['numpy', []],
  ['numpy==1.*, <2', []],
  ["a[b,c]>=1; python_version < '3.10'", []],
  ['a (>=1, <2)', []],
  ['a @ https://example.invalid/a.whl', []],
  ["a;os_name=='nt'", []],
  ['a.b-c_d>=1.0rc1', []],
])('the dependency %p', async (text, expected) => {
  expect(await refusedAt(`dependencies = [\n"fine",\n"${text}"]\n`)).toEqual(expected)
  expect(await refusedAt(`\n[project.optional-dependencies]\nx = ["${text}"]\n`)).toEqual(expected)
})

test.each<[string, string, string[]]>([
  ['readme = "README.adoc"', 'setuptools.build_meta', AT(7)],
  ['readme = "README.adoc"', 'hatchling.build', AT(7)],
  ['readme = "README.adoc"', 'maturin', []],
  ['readme = "README"', 'setuptools.build_meta', []],
  ['readme = "README.MD"', 'setuptools.build_meta', []],
  ['license-files = [\n"LICENSE",\n"../LICENSE"]', 'maturin', AT(9)],
  ['license-files = ["LICENSE"]', 'maturin', []],
  ['license-files = ["../LICENSE"]', 'hatchling.build', []],
  ['authors = [\n{ name = "A" }, "A <a@b.c>"]', 'maturin', AT(8)],
  ['authors = [{ name = "A", email = "a@b.c" }]', 'maturin', []],
  ['requires-python = "^3.9"', 'poetry.core.masonry.api', []],
  ['readme = "../README.md"', 'maturin', AT(7)],
  ['readme = { file = "../README.md", content-type = "text/markdown" }', 'setuptools.build_meta', AT(7)],
  ['readme = "../README.md"', 'hatchling.build', AT(7)],
  ['readme = "docs/../../README.md"', 'flit_core.buildapi', AT(7)],
  ['readme = "docs/../README.md"', 'hatchling.build', []],
])('%p, built by %s', async (line, backend, expected) => {
  expect(await refusedAt(`${line}\n`, backend)).toEqual(expected)
})

test('maturin takes a readme within the workspace of the crate', async () => {
  const pyproject = (readme: string) =>
    `[build-system]\nrequires = []\nbuild-backend = "maturin"\n[project]\nname = "demo"\nversion = "1.2.0"\nreadme = "${readme}"\n`
  const at = async (readme: string) => {
    const root = await plant({
      'rust/Cargo.toml': '[workspace]\nmembers = ["py"]\n',
      'rust/py/Cargo.toml': '[package]\nname = "demo"\nversion = "1.2.0"\npublish = false\n',
      'rust/py/src/lib.rs': '',
      'rust/py/pyproject.toml': pyproject(readme),
      'rust/README.md': '',
      'README.md': '',
    })
    const { problems } = await planProject(root)
    return problems.filter((each) => each.code === 'manifest-refused').map((each) => each.where)
  }
  expect(await at('../README.md')).toEqual([])
  expect(await at('../../README.md')).toEqual([{ file: 'rust/py/pyproject.toml', line: 7 }])
})

test('an unpublished package is not checked', async () => {
  expect(await refusedAt('requires-python = "^3.9"\nclassifiers = ["Private :: x"]\n')).toEqual([])
})

test('hostile requirements are not parsed', async () => {
  const texts = [`a${' '.repeat(50_000)}x`, `a[${'['.repeat(50_000)}`, `a>=${'1.'.repeat(25_000)}`]
  expect(await refusedAt(`dependencies = ${JSON.stringify(texts)}\n`)).toEqual([])
})
