import { expect } from '@jest/globals'
import { processExec } from '@slipway/core/effects/exec'
import type { MatrixEntry } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { planHere } from '@slipway/release/build/rehearsed'
import { descriptionFile } from '@slipway/sandbox/description'
import { findRust } from '@slipway/toolchain/rust'
import { temporaryFolder, tested } from '../../../sandbox/harness.ts'
import { needs } from '../../../tools.ts'

const portsOf = (more: Record<string, string>): Ports => {
  const env = { ...process.env, ...more }
  return { env, exec: processExec(env), log: { info() {}, debug() {}, problem() {} } } as unknown as Ports
}

needs('cargo')('a rehearsal expects the files of this machine only, a job on GitHub all', async () => {
  const dir = temporaryFolder()
  const { host } = await findRust(portsOf({}), dir)
  const targets = ['', host, host.startsWith('x86_64') ? 'aarch64-apple-darwin' : 'x86_64-pc-windows-msvc']
  const plan = { version: '1.0.0', matrix: targets.map((target) => ({ target, interpreter: '' }) as MatrixEntry) }
  const expected = async (more: Record<string, string>) => {
    const { matrix, ...rest } = await planHere(portsOf(more), dir, plan)
    expect(rest).toEqual({ version: '1.0.0' })
    return matrix.map(({ target }) => target)
  }
  expect(await expected({})).toEqual(targets)
  expect(await expected({ SLIPWAY_SANDBOX: descriptionFile((await tested()).dir) })).toEqual(['', host])
})
