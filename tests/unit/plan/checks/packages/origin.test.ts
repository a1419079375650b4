import { expect, test } from '@jest/globals'
import type { Tree } from '../../../trees.ts'
import { IN, PY, reported } from './package.ts'

test.each<[string, Tree, string[]]>([
  ['no Cargo.toml', { [IN]: `${PY}manifest-path = "rust/Cargo.toml"\n` }, [`error maturin-manifest-missing ${IN}:11`]],
  ['a Cargo.toml outside', { [IN]: `${PY}manifest-path = "../../rust/Cargo.toml"\n` }, []],
  [
    'no version, by another backend',
    { 'more/pyproject.toml': 'build-system.requires = ["setuptools"]\n[project]\nname = "more"\n' },
    ['error package-version-missing more/pyproject.toml:3'],
  ],
  [
    'maturin, but no build backend',
    { [IN]: PY.replace('build-backend = "maturin"', '') },
    [`warning build-backend-missing ${IN}:2`],
  ],
  [
    'a version that its backend finds',
    {
      'more/pyproject.toml':
        'build-system.requires = ["setuptools"]\n[project]\nname = "more"\ndynamic = ["version"]\n',
    },
    [],
  ],
])('the problems of a package with %s', async (_, changes, expected) => {
  expect(await reported(changes)).toEqual(expected)
})
