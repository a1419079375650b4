import { expect } from '@jest/globals'
import { systemClock } from '@slipway/core/effects/clock'
import { processExec } from '@slipway/core/effects/exec'
import type { MatrixEntry } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { planHere } from '@slipway/release/build/rehearsed'
import { providePythons } from '@slipway/release/toolchains/pythons'
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

needs('cargo', 'python3')(
  'a rehearsal installs no Python for the jobs of others, a job on GitHub tries to',
  async () => {
    const asked: string[] = []
    const http: Ports['http'] = async ({ url }) => {
      asked.push(url)
      return { status: 403, headers: {}, body: new Uint8Array() }
    }
    const provided = (more: Record<string, string>) =>
      providePythons({ ...portsOf(more), clock: systemClock, http }, temporaryFolder(), { packages: [] }, [
        '3.98',
        '3.99t',
      ])
    expect(await provided({ SLIPWAY_SANDBOX: descriptionFile((await tested()).dir) })).toEqual([])
    expect(asked).toEqual([])
    const manifest = { SLIPWAY_PYTHON_MANIFEST: 'http://example.invalid/manifest.json' }
    await expect(provided(manifest)).rejects.toMatchObject({ problems: [{ code: 'python-missing' }] })
  },
)
