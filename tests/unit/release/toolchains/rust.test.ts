import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Plan } from '@slipway/core/plan'
import { parseToolchainRequest } from '@slipway/release/toolchains/request'
import { provideRust } from '@slipway/release/toolchains/rust'
import { temporaryFolder, write } from '../../../sandbox/harness.ts'
import { recordedPorts } from '../../toolchain/ports.ts'

test('the Rust of a distribution is used as it is, unless the job asks for another', async () => {
  const dir = temporaryFolder()
  write(dir, { 'rust-toolchain.toml': '[toolchain]\nchannel = "nightly-2026-01-02"\ncomponents = ["rust-src"]\n' })
  const bin = temporaryFolder()
  writeFileSync(join(bin, process.platform === 'win32' ? 'cargo.exe' : 'cargo'), '', { mode: 0o755 })
  const ports = recordedPorts(
    {
      'cargo --version': { stdout: 'cargo 1.90.0\n' },
      'cargo.exe --version': { stdout: 'cargo 1.90.0\n' },
      'rustc -vV': { stdout: 'release: 1.90.0\nhost: x86_64-unknown-linux-gnu\n' },
    },
    { PATH: bin },
  )
  const provided = (inputs: { rust?: string; components?: string[] }) =>
    provideRust(ports, dir, {} as Plan, parseToolchainRequest({ ...inputs, zig: false }))
  expect(await provided({})).toMatchObject({
    rust: { rustcVersion: '1.90.0' },
    why: 'Rust on PATH; there is no rustup',
  })
  expect(await provided({ rust: '1.90' })).toMatchObject({ why: 'input `rust`: 1.90' })
  const refused = [
    [{ rust: '1.85' }, 'rust-not-installed'],
    [{ components: ['rust-src'] }, 'rust-component-missing'],
  ] as const
  for (const [inputs, code] of refused)
    await expect(provided(structuredClone(inputs) as object)).rejects.toMatchObject({ problems: [{ code }] })
})
