import { expect, test } from '@jest/globals'
import { readLock } from '@slipway/project/cargo/lockfile'
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
