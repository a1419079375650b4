import { expect, test } from '@jest/globals'
import { readLock, sortedLock } from '@slipway/project/cargo/lockfile'
import { LOCK } from '../locks.ts'

test('reads the places of versions in a lock file', () => {
  const packages = readLock('Cargo.lock', LOCK)
  expect(packages.map(({ name, line, isForeign }) => [name, line, isForeign])).toEqual([
    ['demo', 5, false],
    ['demo-py', 9, false],
    ['pyo3', 17, true],
  ])
  const places = packages.flatMap(({ version, dependencies }) => [version, ...dependencies])
  expect(places.map(({ range }) => LOCK.slice(...range))).toEqual(places.map(({ value }) => value))
  expect(places.map(({ value }) => value)).toEqual(['1.2.0-rc.1', '1.2.0-rc.1', 'demo', 'pyo3', '0.27.1'])
})

const entry = (name: string, version: string, more = '') =>
  `[[package]]\nname = "${name}"\nversion = "${version}"\n${more}`
const FOREIGN = 'source = "registry+https://example.invalid/index"\n'

test.each<[string, string[], number[]]>([
  ['versions by SemVer, not as texts', [entry('a', '1.10.0'), entry('a', '1.9.0')], [1, 0]],
  [
    'prereleases before their release',
    [entry('a', '1.0.0'), entry('a', '1.0.0-rc.2'), entry('a', '1.0.0-rc.10')],
    [1, 2, 0],
  ],
  [
    'a crate from disk before the same version from a registry',
    [entry('a', '1.0.0', FOREIGN), entry('a', '1.0.0')],
    [1, 0],
  ],
  ['names as texts', [entry('a', '1.0.0'), entry('a-b', '0.1.0'), entry('a_b', '0.1.0')], [0, 1, 2]],
])('a sorted lock file has %s', (_, entries, order) => {
  for (const end of ['\n', '\r\n']) {
    const text = (all: readonly string[]) => `version = 4\n\n${all.join('\n')}`.replaceAll('\n', end)
    expect(sortedLock('Cargo.lock', text(entries))).toBe(text(order.map((each) => entries[each] ?? '')))
  }
})

test('a sorted lock file has dependencies as texts', () => {
  const lock = (...names: string[]) =>
    entry('b', '1.0.0', `dependencies = [\n${names.map((each) => ` "${each}",\n`).join('')}]\n`)
  expect(sortedLock('Cargo.lock', lock('a 1.2.0', 'a 1.10.0', 'a-b'))).toBe(lock('a 1.10.0', 'a 1.2.0', 'a-b'))
})
