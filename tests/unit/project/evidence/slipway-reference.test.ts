import { expect, test } from '@jest/globals'
import { slipwayReference } from '@slipway/project/evidence/slipway-reference'

test.each([
  ['OWNER/slipway@v1', { owner: 'OWNER', path: '', ref: 'v1' }],
  ['a/slipway/actions/plan@main', { owner: 'a', path: 'actions/plan', ref: 'main' }],
  ['a/slipway/.github/workflows/release.yml@v1', { owner: 'a', path: '.github/workflows/release.yml', ref: 'v1' }],
  ['actions/checkout@v6', null],
  ['./slipway', null],
])('%s as a reference to Slipway: %j', (uses, expected) => {
  expect(slipwayReference(uses)).toEqual(expected)
})
