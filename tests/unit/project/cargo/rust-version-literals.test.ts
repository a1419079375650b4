import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { cargoVersions, rustVersions } from '@slipway/project/cargo/rust-version-literals'
import { plant } from '../../trees.ts'

const PURE = `[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "acme-demo"\nversion = "1.2.0rc1"\n`
test.each<[string, string, string]>([
  ['demo/__version__.py', '', 'error version-differs demo/__version__.py:1'],
  [
    'lib/demo/__init__.py',
    '[tool.setuptools.packages.find]\nwhere = ["lib"]\n',
    'error version-differs lib/demo/__init__.py:1',
  ],
  ['demo.py', '[tool.setuptools]\npy-modules = ["demo"]\n', 'error version-differs demo.py:1'],
  ['other.py', '[tool.setuptools]\npy-modules = ["demo"]\n', ''],
  ['src/acme/demo/__init__.py', '', 'error version-differs src/acme/demo/__init__.py:1'],
  [
    'acme/demo/_version.py',
    '[tool.setuptools]\npackages = ["acme.demo"]\n',
    'error version-differs acme/demo/_version.py:1',
  ],
])('%s has another version, with %p', async (file, more, expected) => {
  const tree = { 'pyproject.toml': PURE + more, [file]: '__version__ = "1.1.0"\n' }
  const init = { [file.replace(/_+version_*\.py$/, '__init__.py')]: '' }
  const root = await plant({ ...init, ...tree })
  const { problems } = await planProject(root)
  const differing = problems.filter((each) => each.code === 'version-differs')
  expect(differing.map(({ severity, code, where }) => `${severity} ${code} ${where?.file}:${where?.line}`)).toEqual(
    expected === '' ? [] : [expected],
  )
})

const PYO3 = 'const VERSION: &str = "1.1.0";\n'
test.each<[string, number[]]>([
  ['m.setattr("__version__", "1.1.0")?;', [1]],
  ['m.add(pyo3::intern!(py, "__version__"), "1.1.0")', [1]],
  ['m.add(intern!(m.py(), "__version__"), "1.1.0")', [1]],
  ['m.add(intern!(py, "__author__"), "1.1.0")', []],
  ['m.add("__version__", String::from("1.1.0"))', [1]],
  ['#[pymodule_export]\nconst __version__: &str = "1.1.0";', [2]],
  [`${PYO3}m.add("__version__", VERSION)?;`, [1]],
  [`pub static VERSION: &'static str =\n    "1.1.0";\nm.setattr("__version__", VERSION)?;`, [2]],
  [`${PYO3}m.add("__version__", NAME)?;`, []],
  [`${PYO3}// m.add("__version__", VERSION)?;`, []],
  ['/* m.add("__version__", "1.1.0")?; */', []],
  ['/* a /* b */ m.add("__version__", "1.1.0")?; */ m.add("__version__", "1.1.0")', [1]],
  [`glob("src/*"); m.add("__version__", "1.1.0")?; glob("*/x")`, [1]],
  [`let a = '"'; /* m.add("__version__", "1.1.0") */ let b = '"';`, []],
  [`let a = r#"/* "#; m.add("__version__", "1.1.0")?;`, [1]],
  ['fn f<\'a>(x: &\'a str) {} /* don\'t */ m.add("__version__", "1.1.0")', [1]],
])('Rust adds a version: %p', (text, lines) => {
  expect(rustVersions('a.rs', text).map((each) => [each.value, each.line])).toEqual(
    lines.map((line) => ['1.1.0', line]),
  )
})

test("a constant may be Cargo's version", () => {
  const text = 'const VERSION: &str = env!("CARGO_PKG_VERSION");\nm.add("__version__", VERSION)?;\n'
  expect([rustVersions('a.rs', text), cargoVersions('a.rs', text)]).toEqual([[], [{ file: 'a.rs', line: 1 }]])
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

test('a literal has its line', () => {
  expect(rustVersions('a.rs', 'fn f() {\n  m.add("__version__", "1")\n')[0]?.line).toBe(2)
})
