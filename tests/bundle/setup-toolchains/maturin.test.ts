import { symlinkSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { succeed, temporaryFolder } from '../../sandbox/harness.ts'
import { runAction, type Step } from '../action.ts'
import { exampleRepository } from '../project.ts'
import { serveFiles } from './serve.ts'

const codes = (step: Step) => step.annotations.map((each) => `${each.name} ${each.properties.title}`)
/** An empty cache, and no PyPI. */
const offline = () => ({
  SLIPWAY_CACHE_DIR: temporaryFolder(),
  PIP_INDEX_URL: 'http://127.0.0.1:9/simple',
  PIP_RETRIES: '0',
})

test('without a network, a maturin on PATH that fits is used, and one of the cache goes first', async () => {
  const cwd = await exampleRepository()
  const cached = await runAction('setup-toolchains', { zig: 'false' }, { cwd })
  expect(cached.code).toBe(0)
  const bin = temporaryFolder()
  symlinkSync(cached.outputs.maturin ?? '', join(bin, 'maturin'))
  const env = { ...offline(), PATH: [bin, process.env.PATH].join(delimiter) }
  const act = (inputs: Record<string, string>, more: Record<string, string> = {}) =>
    runAction('setup-toolchains', inputs, { cwd, env: { ...env, ...more } })
  const step = await act({ zig: 'false' })
  expect([step.code, codes(step), step.outputs.maturin]).toEqual([0, [], join(bin, 'maturin')])
  expect(step.stdout).toContain(
    `maturin ${step.outputs['maturin-version']}: ${bin}; requires of metatron-qso: >=1.9,<2; `,
  )
  const first = await act(
    { zig: 'false' },
    { SLIPWAY_CACHE_DIR: dirname(dirname(dirname(cached.outputs.maturin ?? ''))) },
  )
  expect(first.outputs.maturin).toBe(cached.outputs.maturin)
  // Another version does not fit, and neither does any without zig, which no machine of a test has on PATH.
  for (const inputs of [
    { zig: 'false', maturin: '1.9.0' },
    ...(process.platform === 'linux' ? [{ zig: 'true' }] : []),
  ]) {
    const missing = await act(inputs as Record<string, string>)
    expect([missing.code, codes(missing)]).toEqual([1, ['error maturin-not-installed']])
  }
})

test('the input `maturin` replaces the requirement, for later steps too', async () => {
  const cwd = await exampleRepository()
  const mayExport = ['SLIPWAY_MATURIN']
  const step = await runAction('setup-toolchains', { zig: 'false', maturin: '1.9.4' }, { cwd, mayExport })
  expect(step.exported).toEqual({ SLIPWAY_MATURIN: '==1.9.4' })
  const later = await runAction('setup-toolchains', { zig: 'false' }, { cwd, env: step.exported })
  expect(later.outputs.maturin).toBe(step.outputs.maturin)
  expect([step.code, step.outputs['maturin-version']]).toEqual([0, '1.9.4'])
  expect((await succeed([step.outputs.maturin ?? '', '--version'])).stdout.trim()).toBe('maturin 1.9.4')
  expect(step.stdout).toMatch(/^maturin 1\.9\.4: \S.*; input maturin: ==1\.9\.4; /m)
})

test('a wheel whose sha256 is not that of the index is refused', async () => {
  const file = 'maturin-1.9.4-py3-none-any.whl'
  const { base, asked } = await serveFiles((at) => ({
    '/simple/maturin/': `<!DOCTYPE html><a href="${at}/${file}#sha256=${'0'.repeat(64)}">${file}</a>`,
    [`/${file}`]: 'other bytes',
  }))
  const env = { ...offline(), PIP_INDEX_URL: `${base}/simple` }
  const step = await runAction('setup-toolchains', { zig: 'false' }, { cwd: await exampleRepository(), env })
  expect([step.code, codes(step), asked.at(-1)]).toEqual([1, ['error maturin-not-installed'], `/${file}`])
  expect(step.annotations[0]?.message).toMatch(/DO NOT MATCH THE HASHES/)
})
