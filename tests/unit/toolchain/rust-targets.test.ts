import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Finished } from '@slipway/core/ports'
import { addTargets } from '@slipway/toolchain/rust-targets'
import { recordedPorts } from './ports.ts'

const HOST = 'x86_64-unknown-linux-gnu'

/** Makes a folder with a program. */
async function folderWith(program: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-rustup-'))
  await writeFile(join(folder, process.platform === 'win32' ? `${program}.exe` : program), '', { mode: 0o755 })
  return folder
}

/** Returns what rustup was asked for targets, and what came of it. */
async function asked(targets: string[], added: Partial<Finished> = {}) {
  const PATH = await folderWith('rustup')
  const installed = { stdout: `${HOST}\naarch64-apple-darwin\n` }
  const ports = recordedPorts({ 'target list --installed': installed, 'target add': added }, { PATH })
  const problem = await addTargets(ports, '/project', targets).catch((cause) => cause.problems[0])
  expect(ports.ran.every(({ cwd }) => cwd === '/project')).toBe(true)
  return { ran: ports.ran.map(({ argv }) => argv.slice(1).join(' ')), problem }
}

test.each([
  [[], []],
  [[HOST], ['target list --installed']],
  [
    ['armv7-unknown-linux-gnueabihf', HOST],
    ['target list --installed', 'target add armv7-unknown-linux-gnueabihf'],
  ],
  // A universal wheel has both processors.
  [['universal2-apple-darwin'], ['target list --installed', 'target add x86_64-apple-darwin']],
])('for %j, rustup runs %j', async (targets, ran) => {
  expect(await asked(targets)).toEqual({ ran, problem: undefined })
})

test('a target that rustup cannot add is a problem, and without rustup nothing runs', async () => {
  const { problem } = await asked(['riscv9'], { code: 1, stderr: 'error: no such target\n' })
  expect(problem).toMatchObject({ code: 'rust-target-missing', message: expect.stringContaining('no such target') })
  const without = recordedPorts({}, { PATH: '/nowhere' })
  await addTargets(without, '/project', ['riscv9'])
  expect(without.ran).toEqual([])
})

test('rustup is left alone when the cargo on PATH is another one', async () => {
  const PATH = [await folderWith('cargo'), await folderWith('rustup')].join(delimiter)
  const ports = recordedPorts({}, { PATH })
  await addTargets(ports, '/project', ['riscv9'])
  expect(ports.ran).toEqual([])
})
