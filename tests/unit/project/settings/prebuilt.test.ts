import { expect, test } from '@jest/globals'
import { parsePrebuiltGlob, wrongPrebuiltGlob } from '@slipway/project/settings/prebuilt'

test.each([
  ['wheelhouse/*.whl', 'wheel', null],
  ['*.whl', 'wheel', null],
  ['a/**/*-manylinux*.whl', 'wheel', null],
  ['wheels-*/demo-*.whl', 'wheel', 'demo'],
  ['Demo.Py-1.*.whl', 'wheel', 'Demo.Py'],
  ['dist/*.tar.gz', 'sdist', null],
  ['dist/demo_py-*.tar.gz', 'sdist', 'demo_py'],
])('%s is of %s files, named %j', (glob, kind, distribution) => {
  expect(parsePrebuiltGlob(glob)).toEqual({ glob, kind, distribution })
  expect(wrongPrebuiltGlob(glob)).toBeNull()
})

test.each([
  ['wheelhouse/*', 'does not end in `.whl` or `.tar.gz`'],
  ['wheelhouse/*.zip', 'does not end in `.whl` or `.tar.gz`'],
  ['wheelhouse/demo.whl', 'has a file name that begins neither with `*` nor with the name of a package and `-`'],
  ['wheelhouse/[de]*-1.whl', 'has a file name that begins neither with `*` nor with the name of a package and `-`'],
  ['../wheelhouse/*.whl', 'leads out of the project'],
  ['/wheelhouse/*.whl', 'leads out of the project'],
  ['', 'is empty'],
])('%j is refused: it %s', (glob, why) => {
  expect(wrongPrebuiltGlob(glob)).toBe(why)
})
