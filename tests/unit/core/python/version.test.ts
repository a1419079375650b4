import { expect, test } from '@jest/globals'
import {
  comparePython,
  fromPython,
  isPythonPrerelease,
  normalizePython,
  type PythonVersion,
  parsePython,
  toPython,
} from '@slipway/core/python/version'

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

// All tables below hold the results of `packaging`, which pip uses.
test.each<[string, string | null]>([
  ['1.0a', '1.0a0'],
  ['1.0_ALPHA-02', '1.0a2'],
  ['1.0.preview', '1.0rc0'],
  ['1.0-c3.r4', '1.0rc3.post4'],
  ['1.0-4', '1.0.post4'],
  ['1.0post-dev', '1.0.post0.dev0'],
  ['1.0.REV_2', '1.0.post2'],
  ['v00!01.02', '1.2'],
  [' 1.0\n', '1.0'],
  ['20240101123456789012345.1', '20240101123456789012345.1'],
  ['1.0+00012A.b_c-01', '1.0+00012a.b.c.1'],
  ['1.0dev1a2', null],
  ['1.0-', null],
  ['1.0--1', null],
  ['1.0+', null],
  ['1.0+a..b', null],
  ['1!', null],
  ['1.0.*', null],
  ['1..0', null],
  ['1.0\u212a', null],
  ['١.0', null],
])('packaging spells %p %p', (text, expected) => {
  expect(normalizePython(text)).toBe(expected)
})

// Each is older than the next, in all pairs.
const ASCENDING = [
  '0.9',
  '1.dev0',
  '1.0.dev10',
  '1a0.dev1',
  '1.0a0',
  '1a0.post0.dev2',
  '1a0.post0',
  '1a2',
  '1.0a10',
  '1b0',
  '1rc1',
  '1.0.0',
  '1+abc',
  '1+abc.1',
  '1+abc.1.0',
  '1+b',
  '1+5',
  '1.0+10',
  '1.0.post0.dev1',
  '1.0.post0',
  '1.post10',
  '1.0.1',
  '1.9',
  '1.10',
  '123456789012345678901.2',
  '123456789012345678902',
  '1!0.1',
]

test('orders versions as packaging does', () => {
  for (const [a, one] of ASCENDING.entries()) {
    for (const [b, other] of ASCENDING.entries()) {
      const order = comparePython(parsePython(one) as PythonVersion, parsePython(other) as PythonVersion)
      expect([one, other, Math.sign(order)]).toEqual([one, other, Math.sign(a - b)])
    }
  }
})

test.each([
  ['1.0', '1.0.0'],
  ['1.0a', 'v1.alpha-00'],
  ['1.0+a.1', '1.0+A-01'],
])('%s and %s are the same to packaging', (a, b) => {
  expect(comparePython(parsePython(a) as PythonVersion, parsePython(b) as PythonVersion)).toBe(0)
})

test.each([
  ['1.0rc1', true],
  ['1.0.dev1', true],
  ['1.0.post1.dev1', true],
  ['1.0.post1', false],
  ['1.0', false],
])('%s is a prerelease: %p', (text, expected) => {
  expect(isPythonPrerelease(parsePython(text) as PythonVersion)).toBe(expected)
})
