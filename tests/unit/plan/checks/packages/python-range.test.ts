import { expect, test } from '@jest/globals'
import type { Tree } from '../../../trees.ts'
import { IN, PY, reported } from './package.ts'

test.each<[string, Tree, string[]]>([
  ['older Pythons than its wheel', { [IN]: PY.replace('3.9', '3.8') }, [`error requires-python-below-abi3 ${IN}:7`]],
  ['older Pythons, compatible', { [IN]: PY.replace('>=3.9', '~=3.8') }, [`error requires-python-below-abi3 ${IN}:7`]],
  ['older Pythons after one', { [IN]: PY.replace('>=3.9', '>3.7') }, [`error requires-python-below-abi3 ${IN}:7`]],
  ['compatible Pythons', { [IN]: PY.replace('>=3.9', '~=3.9, <4') }, []],
  ['Pythons without some', { [IN]: PY.replace('>=3.9', '>=3.8, !=3.8.*') }, []],
  ['any Python 3', { [IN]: PY.replace('>=3.9', '>=3') }, []],
  ['newer Pythons than its wheel', { [IN]: PY.replace('3.9', '3.10') }, [`notice abi3-below-requires-python ${IN}:7`]],
])('the problems of a package with %s', async (_, changes, expected) => {
  expect(await reported(changes)).toEqual(expected)
})
