import { expect, test } from '@jest/globals'
import { allowsMinor, allowsPython, lowestPython } from '@slipway/core/python/requires-python'

test.each([
  [undefined, true],
  ['', true],
  ['>=3.9', true],
  ['>=3.11.8', false],
  ['>=3.8,!=3.11.*', false],
  ['^3.12', true],
  ['^3.12, <3.11', false],
  [`>=4${',>=3'.repeat(300)}`, true],
])('requires-python %p allows 3.11.7: %p', (specifier, allowed) => {
  expect(allowsPython(specifier, '3.11.7')).toBe(allowed)
})

test.each<[string | null, number | null]>([
  ['>=3.9', 9],
  // pip installs it on 3.9.1 and later.
  ['>3.9', 9],
  ['>=3.9.1', 9],
  ['>3.9.100', 9],
  ['>=3.9,!=3.9.*', 10],
  ['>=3.9,!=3.9.0', 9],
  ['==3.11.*', 11],
  ['==3.11.4', 11],
  ['===3.11.4', 11],
  ['~=3.10', 10],
  ['~= 3.10.2', 10],
  ['>= 3.9, <4', 9],
  ['<3.14,>=3.10', 10],
  ['>=2.7,!=3.0.*,!=3.1.*,!=3.2.*', 3],
  ['>=3', null],
  ['<3.14', null],
  ['>=4', null],
  ['whatever', null],
  [null, null],
])('the lowest Python that %p allows is 3.%p', (requiresPython, expected) => {
  expect(lowestPython(requiresPython)).toBe(expected)
})

test.each([
  ['>3.9', 9, true],
  ['<=3.9', 9, true],
  ['<3.9', 9, false],
  ['<3.9.5', 9, true],
  ['>=3.9.200', 9, true],
  ['!=3.9.*', 9, false],
  [null, 9, true],
])('%p allows some 3.%p: %p', (requiresPython, minor, allowed) => {
  expect(allowsMinor(requiresPython, minor)).toBe(allowed)
})
