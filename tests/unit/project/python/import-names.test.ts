import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { plant, type Tree, workspace } from '../../trees.ts'

const PY = workspace()['py/pyproject.toml'] ?? ''

async function planned(changes: Tree) {
  return (await planProject(await plant(workspace(changes)))).packages
}

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
  ['none that are known', { 'py/pyproject.toml': '[project]\nname = "x"\nversion = "1.2.0rc1"\n' }, []],
])('imports: %s', async (_, changes, expected) => {
  expect((await planned(changes)).map((each) => each.imports)).toEqual([expected])
})
