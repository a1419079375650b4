import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { bestPython, findPythons, minor, type Python } from '@slipway/toolchain/python'
import { realPorts, recordedPorts } from './ports.ts'

const python = (version: string, more: Partial<Python> = {}): Python => ({
  path: `/opt/${version}/bin/python3`,
  version,
  implementation: 'cpython',
  freeThreaded: false,
  venv: true,
  ...more,
})

test('the best Python is the lowest that makes virtual environments', () => {
  expect(bestPython([python('3.8.1', { venv: false }), python('3.9.2'), python('3.13.0')]).version).toBe('3.9.2')
  expect(() => bestPython([])).toThrow('no CPython 3.8 or later')
  expect(() => bestPython([python('3.11.0', { venv: false })])).toThrow('can make virtual environments')
})

test('what is broken, old, no CPython or unreleased is passed over', async () => {
  const env = { PATH: '', HOME: '/nowhere', pythonLocation: join(process.execPath, '../..') }
  expect(await findPythons(recordedPorts({}, env))).toEqual([])
})

test('the Pythons of this machine: each once, lowest first', async () => {
  const found = await findPythons(realPorts())
  expect(found.length).toBeGreaterThan(0)
  expect(new Set(found.map(({ path }) => path)).size).toBe(found.length)
  const minors = found.map(minor)
  expect(minors).toEqual([...minors].sort((a, b) => a - b))
  for (const each of found) expect(existsSync(each.path)).toBe(true)
  if (existsSync(join(homedir(), '.pyenv/versions/3.8.18'))) expect(bestPython(found).version).toBe('3.8.18')
})
