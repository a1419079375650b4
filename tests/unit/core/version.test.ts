import { expect, test } from '@jest/globals'
import { normalizeName, wheelName } from '@slipway/core/name'
import {
  compareVersions,
  fromPython,
  isPrerelease,
  normalizePython,
  parseVersion,
  toPython,
} from '@slipway/core/version'

test.each([
  ['0.1.0', '0.1.0'],
  ['1.0.0-alpha.1', '1.0.0a1'],
  ['1.0.0-alpha', '1.0.0a0'],
  ['1.0.0-beta.2', '1.0.0b2'],
  ['1.0.0-rc.1', '1.0.0rc1'],
  ['1.0.0-rc1', '1.0.0rc1'],
  ['1.0.0-pre.1', '1.0.0rc1'],
  ['1.0.0-preview.1', '1.0.0rc1'],
  ['1.0.0-c.1', '1.0.0rc1'],
  ['1.0.0-dev.3', '1.0.0.dev3'],
  ['1.0.0-1', '1.0.0.post1'],
  ['1.0.0-r.1', '1.0.0.post1'],
  ['1.0.0-post.1', '1.0.0.post1'],
  ['1.0.0-rc.1.dev.2', '1.0.0rc1.dev2'],
  ['1.0.0+abc', '1.0.0+abc'],
  ['1.0.0+Abc-7', '1.0.0+abc.7'],
  ['1.0.0-rc.1.2', null],
  ['1.0.0-nightly.1', null],
  ['1.0.0-SNAPSHOT', null],
  ['v1.0.0', null],
  ['1.0', null],
])('SemVer %s is PEP 440 %s', (version, expected) => {
  expect(toPython(version)).toBe(expected)
})

test.each([
  ['1.0', '1.0'],
  ['V1.0-RC.01', '1.0rc1'],
  ['1.0.post', '1.0.post0'],
  ['1!2.0', '1!2.0'],
  ['0!2.0', '2.0'],
  ['1.0+Ubuntu-01', '1.0+ubuntu.1'],
  ['1.0.x', null],
  ['', null],
])('the Python version %p is spelt %p', (text, expected) => {
  expect(normalizePython(text)).toBe(expected)
})

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

test.each([
  ['1.2.0', '1.2.0'],
  ['1.2.0rc1', '1.2.0-rc.1'],
  ['v1.2.0.Alpha2', '1.2.0-alpha.2'],
  ['1.2.0b0', '1.2.0-beta.0'],
  ['1.2.0.dev3', '1.2.0-dev.3'],
  ['1.2', null],
  ['1.2.0.post1', null],
  ['1.2.0rc1.dev2', null],
  ['1!1.2.0', null],
  ['1.2.0+abc', null],
  ['nightly', null],
])('PEP 440 %s is SemVer %s', (text, expected) => {
  expect(fromPython(text)).toBe(expected)
  if (expected !== null) expect(toPython(expected)).toBe(normalizePython(text))
})
