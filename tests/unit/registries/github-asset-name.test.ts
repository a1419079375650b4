import { expect, test } from '@jest/globals'
import { assetName } from '@slipway/registries/github/asset-name'
import { ASSET_NAMES } from '../../sandbox/asset-names.ts'

test.each(ASSET_NAMES)('GitHub stores %j as %j', (filename, expected) => {
  expect(assetName(filename)).toBe(expected)
  // So an upload with that name is not renamed again.
  expect(assetName(expected)).toBe(expected)
})
