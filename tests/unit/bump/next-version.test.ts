import { expect, test } from '@jest/globals'
import { nextVersion } from '@slipway/bump/next-version'

test.each([
  ['major', '1.2.3', '2.0.0'],
  ['minor', '1.2.3', '1.3.0'],
  ['patch', '1.2.3', '1.2.4'],
  ['rc', '1.2.3', '1.2.4-rc.1'],
  ['rc', '1.2.4-rc.1', '1.2.4-rc.2'],
  ['rc', '1.2.4-rc.9', '1.2.4-rc.10'],
  ['rc', '1.2.4-alpha.3', '1.2.4-rc.1'],
  ['rc', '1.2.4-rc', '1.2.4-rc.1'],
  ['patch', '1.2.3-rc.1', '1.2.3'],
  ['minor', '1.2.3-rc.1', '1.3.0'],
  ['minor', '1.3.0-rc.1', '1.3.0'],
  ['major', '1.3.0-rc.1', '2.0.0'],
  ['major', '2.0.0-rc.1', '2.0.0'],
  ['patch', '1.2.3+abc', '1.2.4'],
  ['v2.0.0-rc.1', '1.2.3', '2.0.0-rc.1'],
  ['1.2.3', '1.2.3', '1.2.3'],
  ['1.0.0', '1.0', '1.0.0'],
])('%s of %s is %s', (wish, current, expected) => {
  expect(nextVersion(wish, current)).toBe(expected)
})

test.each([
  ['1.2', '1.2.3', 'bump-not-a-version'],
  ['latest', '1.2.3', 'bump-not-a-version'],
  ['', '1.2.3', 'bump-not-a-version'],
  ['1.2.3; rm -rf ~', '1.2.3', 'bump-not-a-version'],
  ['Patch', '1.2.3', 'bump-not-a-version'],
  ['01.2.3', '1.2.3', 'bump-not-a-version'],
  ['1.2.2', '1.2.3', 'bump-not-newer'],
  ['1.2.3-rc.1', '1.2.3', 'bump-not-newer'],
  ['rc', '1.2.3-rc1', 'bump-not-newer'],
  ['rc', '1.2.3-snapshot', 'bump-not-newer'],
  ['1.2.3+b', '1.2.3', 'bump-not-newer'],
  ['patch', '1.2', 'version-not-semver'],
])('refuses %p of %s: %s', (wish, current, code) => {
  expect(() => nextVersion(wish, current)).toThrow(
    expect.objectContaining({ problems: [expect.objectContaining({ code })] }),
  )
  if (code === 'bump-not-newer') expect(nextVersion(wish, current, true)).not.toBe(current)
})
