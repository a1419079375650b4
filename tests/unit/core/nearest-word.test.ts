import { expect, test } from '@jest/globals'
import { nearest } from '@slipway/core/nearest-word'

test.each([
  ['tags', 'tag'],
  ['chnagelog', 'changelog'],
  ['TARGETS', 'targets'],
  ['xyz', undefined],
  ['', undefined],
  ['t'.repeat(100_000), undefined],
])('takes %.20p for %p', (word, meant) => {
  expect(nearest(word, ['tag', 'changelog', 'targets'])).toBe(meant)
})
