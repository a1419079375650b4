import { expect, test } from '@jest/globals'
import { poetrySpecifier } from '@slipway/project/python/poetry-constraint'

test.each([
  ['^1.2.3', '>=1.2.3,<2'],
  ['^0.2.3', '>=0.2.3,<0.3'],
  ['^0.0.3', '>=0.0.3,<0.0.4'],
  ['^0.0', '>=0.0,<0.1'],
  ['^0', '>=0,<1'],
  ['~1', '>=1,<2'],
  ['~1.2.3', '>=1.2.3,<1.3'],
  ['1.2.3', '==1.2.3'],
  ['~=1.2, !=1.3', '~=1.2, !=1.3'],
  ['*', ''],
  ['git', null],
])("Poetry's %p is %p", (constraint, specifier) => {
  expect(poetrySpecifier(constraint)).toBe(specifier)
})
