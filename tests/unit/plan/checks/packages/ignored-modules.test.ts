import { expect, test } from '@jest/globals'
import { IN, PY, reported } from './package.ts'

const INIT = 'py/python/demo/__init__.py'
const VERSION = '__version__ = "1.2.0rc1"\n'

test.each<[string, string, string[]]>([
  ['the module', 'from ._version import name', [`error python-module-ignored ${INIT}:2`]],
  ['the module by its full name', 'import demo._version', [`error python-module-ignored ${INIT}:2`]],
  ['the module from the package', 'from . import name, _version as v', [`error python-module-ignored ${INIT}:2`]],
  ['the module, if there is one', 'try:\n    from ._version import name\nexcept ImportError: pass', []],
  ['the extension module', 'from ._internal import name', []],
  ['another module', 'from ._other import name', []],
])('a package that imports %s', async (_, statement, expected) => {
  const tree = { [INIT]: `${VERSION}${statement}\n`, 'py/.gitignore': '_internal.*\n_version.py\n' }
  expect(await reported(tree)).toEqual(expected)
})

test('the rules of the nearest folder count', async () => {
  const tree = {
    [INIT]: `${VERSION}from ._version import name\n`,
    '.gitignore': '_version.py\n',
    'py/python/.gitignore': '!_version.py\n',
    'py/python/demo/_version.py': '',
  }
  expect(await reported(tree)).toEqual([])
})

test('maturin takes an ignored module that `include` names', async () => {
  const tree = { [INIT]: `${VERSION}from ._version import name\n`, '.gitignore': '_version.py\n' }
  expect(await reported({ ...tree, [IN]: `${PY}include = ["python/demo/_version.py"]\n` })).toEqual([])
})
