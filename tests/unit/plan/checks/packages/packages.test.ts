import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { plant, type Tree, workspace } from '../../../trees.ts'

const PY = workspace()['py/pyproject.toml'] as string

async function told(changes: Tree): Promise<string[]> {
  const { problems } = await planProject(await plant(workspace(changes)))
  // What Rust says counts where no Python file has a version, which is for other tests.
  const others = problems.filter((each) => each.code !== 'version-spelt-by-cargo')
  return others.map(({ severity, code, where }) => `${severity} ${code} ${where?.file}:${where?.line}`)
}

/** More in `[project]`, from line 8 on. */
function project(more: string): Tree {
  return { 'py/pyproject.toml': PY.replace('[tool.maturin]', `${more}[tool.maturin]`) }
}

const IN = 'py/pyproject.toml'
test.each<[string, Tree, string[]]>([
  ['a summary of 512', project(`description = "${'x'.repeat(512)}"\n`), []],
  ['a longer summary', project(`description = "${'x'.repeat(513)}"\n`), [`error package-description-too-long ${IN}:8`]],
  ['classifiers', project('classifiers = ["Typing :: Typed", "Topic :: Database :: Database Engines/Servers"]\n'), []],
  [
    'a classifier of one word',
    project('classifiers = [\n"Typing :: Typed",\n"Typed"]\n'),
    [`error classifier-invalid ${IN}:10`],
  ],
  ['a classifier without blanks', project('classifiers = ["Typing::Typed"]\n'), [`error classifier-invalid ${IN}:8`]],
  ['a license', project('license = "MIT OR Apache-2.0"\n'), []],
  ['a license in words', project('license = "MIT License"\n'), [`error license-expression-invalid ${IN}:8`]],
  ['a license with a slash', project('license = "MIT/Apache-2.0"\n'), [`error license-expression-invalid ${IN}:8`]],
  ['a license in lower case', project('license = "mit"\n'), []],
  ['an unknown license', project('license = "MITT"\n'), [`error license-expression-invalid ${IN}:8`]],
  ['a deprecated license', project('license = "GPL-3.0"\n'), []],
  ['a license in a table', project('license = { text = "MIT" }\n'), [`notice license-table-deprecated ${IN}:8`]],
  [
    'a license said twice',
    project('license = "MIT"\nclassifiers = [\n"License :: OSI Approved :: MIT License"]\n'),
    [`notice license-said-twice ${IN}:10`],
  ],
  ['a license by its classifier only', project('classifiers = ["License :: OSI Approved :: MIT License"]\n'), []],
  ['a readme', { ...project('readme = "README.md"\n'), 'py/README.md': '' }, []],
  [
    'a readme that is elsewhere',
    { ...project('readme = "README.md"\n'), 'README.md': '' },
    [`error package-file-missing ${IN}:8`],
  ],
  [
    'a readme as a table',
    project('readme = { file = "R.md", content-type = "text/markdown" }\n'),
    [`error package-file-missing ${IN}:8`],
  ],
  ['a readme as text', project('readme = { text = "R.md", content-type = "text/markdown" }\n'), []],
  [
    'a license file that is not there',
    project('license = { file = "COPYING" }\n'),
    [`notice license-table-deprecated ${IN}:8`, `error package-file-missing ${IN}:8`],
  ],
  [
    'license files',
    { ...project('license-files = ["LICEN[CS]E*", "AUTHORS"]\n'), 'py/LICENSE.txt': '', 'py/AUTHORS': '' },
    [],
  ],
  [
    'license files that are not there',
    project('license-files = [\n"LICENSE"]\n'),
    [`warning license-files-missing ${IN}:9`],
  ],
  ['a bad name', { [IN]: PY.replace('name = "demo"', 'name = "demo-"') }, [`error package-name-invalid ${IN}:5`]],
  [
    'a bad name that goes nowhere',
    { [IN]: PY.replace('name = "demo"', 'name = "demo-"\nclassifiers = ["Private :: x"]') },
    [],
  ],
  ['older Pythons than its wheel', { [IN]: PY.replace('3.9', '3.8') }, [`error requires-python-below-abi3 ${IN}:7`]],
  ['older Pythons, compatible', { [IN]: PY.replace('>=3.9', '~=3.8') }, [`error requires-python-below-abi3 ${IN}:7`]],
  ['older Pythons after one', { [IN]: PY.replace('>=3.9', '>3.7') }, [`error requires-python-below-abi3 ${IN}:7`]],
  ['compatible Pythons', { [IN]: PY.replace('>=3.9', '~=3.9, <4') }, []],
  ['Pythons without some', { [IN]: PY.replace('>=3.9', '>=3.8, !=3.8.*') }, []],
  ['any Python 3', { [IN]: PY.replace('>=3.9', '>=3') }, []],
  ['newer Pythons than its wheel', { [IN]: PY.replace('3.9', '3.10') }, [`notice abi3-below-requires-python ${IN}:7`]],
  [
    'a module of no package',
    { [IN]: PY.replace('demo._internal', 'dem._internal') },
    [`error python-module-missing ${IN}:9`, `warning python-package-left-out ${IN}:10`],
  ],
  [
    'a source folder that is not there',
    { [IN]: PY.replace('"python"', '"src"') },
    [`error python-module-missing ${IN}:9`],
  ],
  ['no source folder', { [IN]: PY.replace('python-source = "python"\n', '') }, []],
  ['a program', { [IN]: `${PY.replace('demo._internal', 'dem')}bindings = "bin"\n` }, []],
  ['a package beside it', { 'py/python/scs/__init__.py': '' }, [`warning python-package-left-out ${IN}:10`]],
  [
    'a package beside it that nobody installs',
    { 'py/python/tests/__init__.py': '', 'py/python/benches/__init__.py': '' },
    [],
  ],
  [
    'a package beside it that is named',
    { 'py/python/scs/__init__.py': '', [IN]: `${PY}python-packages = ["demo", "scs"]\n` },
    [],
  ],
  [
    'a package beside it that is included',
    {
      'py/python/scs/__init__.py': '',
      [IN]: `${PY}include = [{ path = "python/scs/**/*", format = ["sdist", "wheel"] }]\n`,
    },
    [],
  ],
  [
    'a package beside it that is included in the sdist',
    { 'py/python/scs/__init__.py': '', [IN]: `${PY}include = [{ path = "python/scs/**/*", format = "sdist" }]\n` },
    [`warning python-package-left-out ${IN}:10`],
  ],
  [
    'a package beside it and the crate',
    {
      'py/python/demo/__init__.py': null,
      'py/demo/__init__.py': '__version__ = "1.2.0rc1"\n',
      'py/scs/__init__.py': '',
      'py/tools/__init__.py': '',
      [IN]: PY.replace('python-source = "python"\n', ''),
    },
    [`warning python-package-left-out ${IN}:9`],
  ],
  [
    'packages beside the crate, and none of its own',
    {
      'py/python/demo/__init__.py': null,
      'py/scs/__init__.py': '',
      [IN]: PY.replace('python-source = "python"\n', ''),
    },
    [],
  ],
  [
    'a package that is named only',
    { [IN]: `${PY}python-packages = [\n"demo",\n"scs"]\n` },
    [`error python-package-missing ${IN}:13`],
  ],
  ['no Cargo.toml', { [IN]: `${PY}manifest-path = "rust/Cargo.toml"\n` }, [`error maturin-manifest-missing ${IN}:11`]],
  ['a Cargo.toml outside', { [IN]: `${PY}manifest-path = "../../rust/Cargo.toml"\n` }, []],
  [
    'no version, by another backend',
    { 'more/pyproject.toml': 'build-system.requires = ["setuptools"]\n[project]\nname = "more"\n' },
    ['error package-version-missing more/pyproject.toml:3'],
  ],
  [
    'a version that its backend finds',
    {
      'more/pyproject.toml':
        'build-system.requires = ["setuptools"]\n[project]\nname = "more"\ndynamic = ["version"]\n',
    },
    [],
  ],
  ['sources that are no package', { 'py/python/demo/sub/__init__.py': '', 'py/python/tool.py': '' }, []],
])('of a package with %s', async (_, changes, expected) => {
  expect(await told(changes)).toEqual(expected)
})

/** A package of setuptools', which lists `packages` in line 7. */
function listing(packages: string, more = '', requires = '"setuptools"'): Tree {
  const text = `[build-system]\nrequires = [${requires}]\n[project]\nname = "more"\nversion = "1.2.0rc1"\n[tool.setuptools]\npackages = [${packages}]\n`
  const inits = ['a', 'a/sub', 'a/sub/deep', 'a/tests', 'b/sub'].map((each) => [`more/${each}/__init__.py`, ''])
  return { 'more/pyproject.toml': `${text}${more}`, ...Object.fromEntries(inits) }
}

test.each<[string, Tree, string[]]>([
  ['one of three', listing('"a"'), ['warning python-package-left-out more/pyproject.toml:7']],
  ['all', listing('"a", "a.sub", "a.sub.deep"'), []],
  ['one of three, in other folders', listing('"a"', '[tool.setuptools.package-dir]\na = "x"\n'), []],
  ['one of three, the others as data', { ...listing('"a"'), 'more/MANIFEST.in': 'graft a\n' }, []],
  ['one of three, where git tells what is data', listing('"a"', '', '"setuptools", "setuptools-scm>=8"'), []],
])('setuptools is told of %s', async (_, files, expected) => {
  expect(await told(files)).toEqual(expected)
})

/** What build backends do with an SPDX expression beside a classifier, as their builds showed. */
test.each([
  ['setuptools.build_meta', 'error'],
  ['setuptools.build_meta:__legacy__', 'error'],
  ['flit_core.buildapi', 'error'],
  ['pdm.backend', 'error'],
  ['hatchling.build', 'notice'],
  ['poetry.core.masonry.api', 'notice'],
  ['uv_build', 'notice'],
])('a license said twice, built by %s: %s', async (backend, severity) => {
  const license = 'license = "MIT"\nclassifiers = ["License :: OSI Approved :: MIT License"]\n'
  const file = 'more/pyproject.toml'
  const text = `[build-system]\nbuild-backend = "${backend}"\n[project]\nname = "more"\nversion = "1.2.0rc1"\n${license}`
  expect(await told({ [file]: text })).toEqual([`${severity} license-said-twice ${file}:7`])
})
