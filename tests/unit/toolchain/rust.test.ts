import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { ProblemError } from '@slipway/core/problem'
import { findRust } from '@slipway/toolchain/rust'
import { realPorts, recordedPorts } from './ports.ts'

async function folderWithCargo(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-rust-'))
  await writeFile(join(folder, 'cargo'), '', { mode: 0o755 })
  return folder
}

const rustc = `rustc 1.95.0 (abc 2026-04-01)
binary: rustc
host: x86_64-unknown-linux-gnu
release: 1.95.0
LLVM version: 21.1.0
`

test('cargo and rustc run in the project, so that its toolchain file applies', async () => {
  const folder = await folderWithCargo()
  const env = { PATH: ['/nowhere', folder].join(delimiter), ACTIONS_RUNTIME_TOKEN: 'hush' }
  const ports = recordedPorts(
    { 'cargo --version': { stdout: 'cargo 1.95.0 (x)\n' }, 'rustc -vV': { stdout: rustc } },
    env,
  )
  expect(await findRust(ports, '/project')).toEqual({
    cargo: join(folder, 'cargo'),
    cargoVersion: '1.95.0',
    rustcVersion: '1.95.0',
    host: 'x86_64-unknown-linux-gnu',
  })
  expect(ports.ran.map(({ cwd }) => cwd)).toEqual(['/project', '/project'])
  // A toolchain file can name a folder of the project.
  const hidden = { ACTIONS_RUNTIME_TOKEN: undefined }
  expect(ports.ran.map(({ env }) => env)).toEqual([hidden, hidden])
})

test('no cargo, a missing toolchain and an unexpected answer are reported as rust-missing', async () => {
  const env = { PATH: await folderWithCargo() }
  const uninstalled = { code: 1, stderr: "error: toolchain '1.2' is not installed\n" }
  for (const ports of [
    recordedPorts({}, { PATH: '/nowhere' }),
    recordedPorts({ '--version': uninstalled }, env),
    recordedPorts({ '--version': 'cannot start' }, env),
    recordedPorts({ '--version': { stdout: 'cargo 1.9\n' }, '-vV': { stdout: 'hello' } }, env),
  ]) {
    const thrown = await findRust(ports, '/project').catch((each) => each)
    expect(thrown).toBeInstanceOf(ProblemError)
    expect(thrown.problems[0].code).toBe('rust-missing')
  }
  await expect(findRust(recordedPorts({ '--version': uninstalled }, env), '/p')).rejects.toThrow("toolchain '1.2'")
})

test('the Rust of this machine is found', async () => {
  const found = await findRust(realPorts(), tmpdir())
  expect(found.rustcVersion).toMatch(/^1\.\d+\.\d+/)
  expect(found.host).toMatch(/^\w+-\w+-\w+/)
})
