import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { ProblemError } from '@slipway/core/problem'
import {
  bestPython,
  findPythons,
  loads,
  minor,
  nameOfPython,
  type Python,
  pythonFor,
  pythonsFor,
} from '@slipway/toolchain/python'
import { realPorts, recordedPorts } from './ports.ts'

const python = (version: string, more: Partial<Python> = {}): Python => ({
  path: `/opt/${version}/bin/python3`,
  version,
  implementation: 'cpython',
  freeThreaded: false,
  venv: true,
  ...more,
})

test('the best Python is the lowest that can create virtual environments', () => {
  expect(bestPython([python('3.8.1', { venv: false }), python('3.9.2'), python('3.13.0')]).version).toBe('3.9.2')
  expect(() => bestPython([])).toThrow('no CPython 3.8 or later')
  expect(() => bestPython([python('3.11.0', { venv: false })])).toThrow('can create virtual environments')
})

const several = [
  python('3.8.18'),
  python('3.9.2', { venv: false }),
  python('3.10.1', { freeThreaded: true }),
  python('3.11.7'),
  python('3.13.0'),
]
const name = 'heron'

test.each([
  [{}, '3.8.18 3.11.7 3.13.0'],
  [{ requiresPython: '>=3.9' }, '3.11.7 3.13.0'],
  [{ requiresPython: '>=3.11.8' }, '3.13.0'],
  [{ requiresPython: '<3.13' }, '3.8.18 3.11.7'],
  [{ requiresPython: 'whatever' }, '3.8.18 3.11.7 3.13.0'],
  [{ abi3: 'cp39' }, '3.11.7 3.13.0'],
  [{ abi3: 'cp38', requiresPython: '>=3.10' }, '3.11.7 3.13.0'],
  [{ abi3: null, requiresPython: '>=3.12' }, '3.13.0'],
])('%j is tested on %s, and built for the first', (constraint, versions) => {
  const found = pythonsFor(several, { name, ...constraint })
  expect(found.map((each) => each.version).join(' ')).toBe(versions)
  expect(pythonFor(several, undefined, { name, ...constraint })).toBe(found[0])
})

test('a free-threaded Python is chosen only by its own name', () => {
  const both = [...several, python('3.10.2'), python('3.14.1', { freeThreaded: true })]
  expect(pythonFor(both, '3.10', { name }).version).toBe('3.10.2')
  expect(pythonFor(both, '3.10t', { name })).toBe(several[2])
  expect(pythonFor(both, '3.14t', { name }).version).toBe('3.14.1')
  expect(() => pythonFor(both, '3.14', { name })).toThrow('no CPython 3.14 ')
  expect(() => pythonFor(both, '3.13t', { name })).toThrow('no CPython 3.13t ')
})

test('of several Pythons of one version, the newest that may install the package is chosen, as setup-toolchains does', () => {
  const both = [python('3.12.1'), python('3.12.7'), python('3.13.0')]
  expect(pythonFor(both, '3.12', { name }).version).toBe('3.12.7')
  expect(pythonFor(both, '3.12', { name, requiresPython: '>=3.12.3' }).version).toBe('3.12.7')
  expect(pythonFor(both, '3.12', { name, requiresPython: '<3.12.5' }).version).toBe('3.12.1')
  expect(() => pythonFor(both, '3.12', { name, requiresPython: '>=3.13' })).toThrow('a wheel for Python 3.12.7.')
})

test('PyPy is chosen only by its own name', () => {
  const both = [python('3.8.1', { implementation: 'pypy' }), ...several, python('3.11.15', { implementation: 'pypy' })]
  expect(pythonsFor(both, { name })[0].implementation).toBe('cpython')
  expect(bestPython(both)).toBe(several[0])
  expect(pythonFor(both, 'pypy3.11', { name }).version).toBe('3.11.15')
  expect(pythonFor(both, '3.11', { name }).version).toBe('3.11.7')
  expect(() => pythonFor(both, 'pypy3.10', { name })).toThrow('no PyPy 3.10 ')
  expect(both.map(nameOfPython)).toEqual(['pypy3.8', '3.8', '3.9', '3.10t', '3.11', '3.13', 'pypy3.11'])
})

/** The Pythons of `loads` below: with the lock, without, and PyPy. */
const kinds = [
  ...[14, 15, 16].map((each) => python(`3.${each}.0`)),
  ...[14, 15, 16].map((each) => python(`3.${each}.0`, { freeThreaded: true })),
  python('3.11.15', { implementation: 'pypy' }),
]

test.each([
  ['cp39-abi3', '3.14 3.15 3.16'],
  ['cp315-abi3', '3.15 3.16'],
  ['cp315-abi3.abi3t', '3.15 3.16 3.15t 3.16t'],
  ['cp315-abi3t', '3.15 3.16 3.15t 3.16t'],
  ['cp314-cp314t', '3.14t'],
  ['cp315-cp315', '3.15'],
  ['pp311-pypy311_pp73', 'pypy3.11'],
  ['pp310-pypy310_pp73', ''],
  ['py3-none', '3.14 3.15 3.16 3.14t 3.15t 3.16t pypy3.11'],
  ['cp315-none', '3.15 3.15t'],
])('the modules of a wheel tagged %s are loaded by %s', (tag, names) => {
  const [pythonTag = '', abis = ''] = tag.split('-')
  const tags = { pythonTags: [pythonTag], abiTags: abis.split('.') }
  expect(
    kinds
      .filter((each) => loads(each, tags))
      .map(nameOfPython)
      .join(' '),
  ).toBe(names)
})

test('a package that no Python may install is a problem at its `requires-python`', () => {
  const requiresPythonAt = { file: 'py/pyproject.toml', line: 7 }
  const problemOf = (act: () => unknown) => {
    try {
      return act()
    } catch (cause) {
      return (cause as ProblemError).problems[0]
    }
  }
  const forbidding = { name, requiresPython: '>=3.14', requiresPythonAt }
  expect(problemOf(() => pythonFor(several, undefined, forbidding))).toMatchObject({
    code: 'python-missing',
    message:
      'No Python on this machine can install heron: `requires-python` is ">=3.14"; found: 3.8.18, 3.11.7, 3.13.0.',
    where: requiresPythonAt,
  })
  expect(problemOf(() => pythonFor(several, '3.11', forbidding))).toMatchObject({
    code: 'python-not-allowed',
    message: '`requires-python` of heron is ">=3.14", so pip would refuse a wheel for Python 3.11.7.',
    where: requiresPythonAt,
  })
  expect(problemOf(() => pythonFor(several, '3.12', { name }))).toMatchObject({ code: 'python-missing' })
  expect(problemOf(() => pythonsFor(several, { name, abi3: 'cp314' }))).toMatchObject({
    message:
      'No Python on this machine can install heron: its wheel is for CPython 3.14 and later; found: 3.8.18, 3.11.7, 3.13.0.',
  })
})

test('broken, old and unreleased Pythons and other implementations are ignored', async () => {
  const env = { PATH: '', HOME: '/nowhere', pythonLocation: join(process.execPath, '../..') }
  expect(await findPythons(recordedPorts({}, env))).toEqual([])
})

test('the Pythons of this machine are found once each, lowest first', async () => {
  const found = await findPythons(realPorts())
  expect(found.length).toBeGreaterThan(0)
  expect(new Set(found.map(({ path }) => path)).size).toBe(found.length)
  const minors = found.map(minor)
  expect(minors).toEqual([...minors].sort((a, b) => a - b))
  for (const each of found) expect(existsSync(each.path)).toBe(true)
  if (existsSync(join(homedir(), '.pyenv/versions/3.8.18'))) expect(bestPython(found).version).toBe('3.8.18')
})
