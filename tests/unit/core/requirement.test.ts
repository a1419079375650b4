import { expect, test } from '@jest/globals'
import { accepts } from '@slipway/core/requirement'

test.each<[requirement: string, version: string, boolean | null]>([
  ['1.2.3', '1.9.0', true],
  ['1.2.3', '2.0.0', false],
  ['0.1', '0.1.9', true],
  ['0.1.0', '0.2.0', false],
  ['0.0.3', '0.0.4', false],
  ['~1.2.3', '1.3.0', false],
  ['=1.2', '1.2.9', true],
  ['1.*', '1.9.0', true],
  ['*', '9.0.0', true],
  ['>=1.2, <1.5', '1.4.9', true],
  ['>= 1.2,<1.5', '1.5.0', false],
  ['1.2.3', '1.2.4-rc.1', false],
  ['1.2.4-rc.1', '1.2.4-rc.2', true],
  ['1.2.4-rc.1', '1.2.5-rc.1', false],
  ['1 || 2', '1.0.0', null],
  ['=*', '1.0.0', null],
  ['1 2', '1.0.0', null],
  ['1 - 2', '1.0.0', null],
  ['latest', '1.0.0', null],
])('the requirement %p of %s: %p', (requirement, version, expected) => {
  expect(accepts(requirement, version)).toBe(expected)
})
