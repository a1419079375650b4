import { expect, test } from '@jest/globals'
import { normalizeName, wheelName } from '@slipway/core/name'
import { compareVersions, isPrerelease, parseVersion } from '@slipway/core/version'

test.each([
  ['1.2.3', true],
  ['1.2.3-rc.1+build.5', true],
  ['1.2.3+a-b', true],
  ['v1.2.3', false],
  [' 1.2.3', false],
  ['=1.2.3', false],
  ['1.2', false],
  ['01.2.3', false],
  ['1.2.3-01', false],
])('%p is SemVer: %p', (text, expected) => {
  expect(parseVersion(text) !== null).toBe(expected)
})

test('parses a version', () => {
  expect(parseVersion('1.2.3-rc.1+a.b')).toEqual({
    major: 1,
    minor: 2,
    patch: 3,
    prerelease: ['rc', 1],
    build: ['a', 'b'],
  })
})

test('orders prereleases', () => {
  expect(isPrerelease('1.0.0-rc.1')).toBe(true)
  expect(isPrerelease('1.0.0+rc.1')).toBe(false)
  expect(['1.0.0', '1.0.0-rc.10', '1.0.0-rc.9'].sort(compareVersions)).toEqual(['1.0.0-rc.9', '1.0.0-rc.10', '1.0.0'])
})

test.each([
  ['Metatron-QSO', 'metatron-qso', 'metatron_qso'],
  ['a._-b', 'a-b', 'a_b'],
])('%s is compared as %s and named %s in files', (name, normalized, inFiles) => {
  expect(normalizeName(name)).toBe(normalized)
  expect(wheelName(name)).toBe(inFiles)
})
