import { expect, test } from '@jest/globals'
import type { Tree } from '../../../trees.ts'
import { IN, PY, reported } from './package.ts'

test.each<[string, Tree, string[]]>([
  [
    'a module outside of any package',
    { [IN]: PY.replace('demo._internal', 'dem._internal') },
    [`error python-module-missing ${IN}:9`, `warning python-package-left-out ${IN}:10`],
  ],
  ['a missing source folder', { [IN]: PY.replace('"python"', '"src"') }, [`error python-module-missing ${IN}:9`]],
  ['no source folder', { [IN]: PY.replace('python-source = "python"\n', '') }, []],
  ['a program', { [IN]: `${PY.replace('demo._internal', 'dem')}bindings = "bin"\n` }, []],
  ['a package beside it', { 'py/python/scs/__init__.py': '' }, [`warning python-package-left-out ${IN}:10`]],
  [
    'packages beside it that are not installed',
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
    'packages beside the crate, none of them its own',
    {
      'py/python/demo/__init__.py': null,
      'py/scs/__init__.py': '',
      [IN]: PY.replace('python-source = "python"\n', ''),
    },
    [],
  ],
  [
    'a listed package that is missing',
    { [IN]: `${PY}python-packages = [\n"demo",\n"scs"]\n` },
    [`error python-package-missing ${IN}:13`],
  ],
  [
    'a package in it, and modules that are not installed',
    { 'py/python/demo/sub/__init__.py': '', 'py/python/conftest.py': '' },
    [],
  ],
  ['a module beside it', { 'py/python/tool.py': '' }, [`warning python-package-left-out ${IN}:10`]],
  [
    'a module beside it that is named',
    { 'py/python/tool.py': '', [IN]: `${PY}python-packages = ["demo", "tool.py"]\n` },
    [],
  ],
  [
    'a listed module that is missing',
    { [IN]: `${PY}python-packages = ["demo", "tool.py"]\n` },
    [`error python-package-missing ${IN}:11`],
  ],
])('the problems of a package with %s', async (_, changes, expected) => {
  expect(await reported(changes)).toEqual(expected)
})

/** Returns a setuptools package, which lists `packages` in line 7. */
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
  ['one of three, where git selects the data', listing('"a"', '', '"setuptools", "setuptools-scm>=8"'), []],
])('setuptools lists %s', async (_, files, expected) => {
  expect(await reported(files)).toEqual(expected)
})
