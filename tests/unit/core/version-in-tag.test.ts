import { expect, test } from '@jest/globals'
import { tagFor, versionInTag } from '@slipway/core/tag'

test.each([
  ['v1.2.3', '1.2.3'],
  ['1.2.3', '1.2.3'],
  ['demo-v1.2.3-rc.1', '1.2.3-rc.1'],
  ['some-thing/v1.2.3', '1.2.3'],
  ['v1.0.0-2.0.0', '1.0.0-2.0.0'],
  ['v1.2', '1.2'],
  ['latest', null],
])('the tag %s holds %p', (tag, expected) => {
  expect(versionInTag(tag)).toBe(expected)
  expect(versionInTag(tagFor('1.2.3'))).toBe('1.2.3')
})
