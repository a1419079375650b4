import { expect, test } from '@jest/globals'
import { lineFinder, placesIn } from '@slipway/project/version-place'

test('counts lines in any order', () => {
  const lineOf = lineFinder('a\nb\n\nc')
  expect([5, 0, 1, 2, 4, 3].map(lineOf)).toEqual([4, 1, 1, 2, 3, 2])
  expect(placesIn('f', 'x\nx', /(?<version>x)/dg, 'semver').map(({ line }) => line)).toEqual([1, 2])
})
