import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { findQemu } from '@slipway/toolchain/executor/qemu'
import { findWine } from '@slipway/toolchain/executor/wine'
import { temporaryFolder } from '../../../sandbox/harness.ts'
import { recordedPorts } from '../ports.ts'

const SOURCES = { maven: [], debian: [] }

/** A folder with a program that ports only record. */
function folderWith(program: string): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, program), '', { mode: 0o755 })
  return folder
}

test('wine gets its own folder in the cache, no window and no secret; if it fails, nothing of the folder stays', async () => {
  const cache = temporaryFolder()
  const env = { PATH: folderWith('wine64'), SLIPWAY_CACHE_DIR: cache, DISPLAY: ':0', DEPLOY_TOKEN: 'hush' }
  const failed = { code: 53, stderr: 'wine: could not load kernel32.dll\n' }
  const ports = recordedPorts({ '--version': { stdout: 'wine-9.0 (Debian)\n' }, 'wineboot -i': failed }, env)
  const wine = await findWine(ports, SOURCES)
  if (!('open' in wine)) throw new Error(wine.reason)
  const [python] = wine.pythons
  const opened = wine.open(python as NonNullable<typeof python>, { folder: '/none', site: '/none/site' })
  await expect(opened).rejects.toMatchObject({
    problems: [{ code: 'emulator-failed', message: expect.stringContaining('could not load kernel32.dll') }],
  })
  expect(ports.ran.at(-1)).toMatchObject({
    argv: [expect.stringMatching(/\/wine64$/), 'wineboot', '-i'],
    input: '',
    env: { WINEPREFIX: expect.stringContaining(`${cache}/executors/wine-9.0-`), WINEDEBUG: '-all' },
  })
  for (const name of ['DISPLAY', 'DEPLOY_TOKEN']) expect(ports.ran.at(-1)?.env).toHaveProperty(name, undefined)
  expect(readdirSync(join(cache, 'executors'))).toEqual([])
})

test('qemu is found by both of its names, and its absence says what to install', async () => {
  for (const name of ['qemu-aarch64-static', 'qemu-aarch64']) {
    const found = await findQemu(recordedPorts({}, { PATH: folderWith(name) }), SOURCES)
    expect(found).toMatchObject({ label: 'Linux aarch64 (qemu)', machine: { glibc: '2.36' } })
  }
  const missing = await findQemu(recordedPorts({}, { PATH: '/nowhere' }), SOURCES)
  expect(missing).toMatchObject({ reason: expect.stringContaining('package qemu-user-static') })
})
