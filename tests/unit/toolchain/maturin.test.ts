import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { installMaturin, requiredMaturin } from '@slipway/toolchain/maturin'
import { realPorts } from './ports.ts'

const cacheDir = await mkdtemp(join(tmpdir(), 'slipway-maturin-'))
afterAll(() => rm(cacheDir, { recursive: true, force: true }))

test.each([
  [['maturin>=1.7,<2.0'], '>=1.7,<2.0'],
  [['setuptools', 'maturin[zig] >= 1.9.4, < 2'], '>=1.9.4,<2'],
  [['maturin'], ''],
  [['Maturin (>=1,<2)'], '>=1,<2'],
  [['maturin==1.9.6; python_version >= "3.8"'], '==1.9.6'],
  [['maturin-import-hook', 'hatchling'], null],
  [[], null],
])('%j requires %j', (requires, specifier) => {
  expect(requiredMaturin(requires)).toBe(specifier)
})

test('two concurrent installations and a later one use one private maturin', async () => {
  const options = { specifier: '>=1.7,<2.0', cacheDir, zig: false }
  const [first, second] = await Promise.all([
    installMaturin(realPorts(), options),
    installMaturin(realPorts(), options),
  ])
  expect(first.version).toMatch(/^1\.\d+/)
  expect(second.version).toBe(first.version)
  const ran = await realPorts().exec({ argv: [first.maturin, '--version'], cwd: tmpdir() })
  expect(ran.stdout).toContain(first.version)
  const before = await readdir(cacheDir)
  const third = await installMaturin(realPorts(), options)
  expect([first.maturin, second.maturin]).toContain(third.maturin)
  expect(await readdir(cacheDir)).toEqual(before)
})

test('a broken environment is replaced', async () => {
  const options = { specifier: '>=1.7,<2.0', cacheDir, zig: false }
  const { maturin } = await installMaturin(realPorts(), options)
  await rm(maturin)
  const again = await installMaturin(realPorts(), options)
  expect(again.maturin).not.toBe(maturin)
})

test('pip’s message is reported, and no incomplete environment is left', async () => {
  const before = await readdir(cacheDir)
  const thrown = await installMaturin(realPorts(), { specifier: '==0.0.0.1', cacheDir, zig: false }).catch((e) => e)
  expect(thrown.problems[0]).toMatchObject({ code: 'maturin-not-installed' })
  expect(thrown.message).toContain('0.0.0.1')
  expect(await readdir(cacheDir)).toEqual(before)
})
