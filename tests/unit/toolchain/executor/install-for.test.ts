import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { installFor, platformsOf } from '@slipway/toolchain/executor/install-for'
import { bestPython, findPythons } from '@slipway/toolchain/python'
import type { Machine } from '@slipway/toolchain/this-machine'
import { createVenv } from '@slipway/toolchain/venv'
import { type Made, makeWheel, temporaryFolder } from '../../../sandbox/harness.ts'
import { realPorts } from '../ports.ts'

const WINDOWS: Machine = { system: 'win32', processor: 'x86_64', glibc: null }
const ARM: Machine = { system: 'linux', processor: 'aarch64', glibc: '2.19' }

/** A wheel for each system, with dependencies for some. */
const MADE: Made[] = [
  {
    name: 'plover',
    version: '1.0',
    tag: 'cp39-abi3-win_amd64.manylinux_2_17_aarch64',
    metadata: [
      'Requires-Dist: egret; sys_platform == "win32"',
      'Requires-Dist: heron; platform_machine == "aarch64" and python_version >= "3.12"',
    ],
    files: { 'plover.py': '' },
  },
  { name: 'egret', version: '2.0', tag: 'cp312-cp312-win_amd64', files: { 'egret.py': '' } },
  { name: 'heron', version: '3.0', tag: 'cp312-cp312-manylinux_2_18_aarch64', files: { 'heron.py': '' } },
]

/** Installs plover for a machine's Python 3.12.1, or another wheel; returns the modules, or pip's errors. */
async function installed(machine: Machine, tag?: string) {
  const folder = temporaryFolder()
  const ports = realPorts({ ...process.env, PIP_CONFIG_FILE: '/dev/null', PIP_NO_INDEX: '1', PIP_FIND_LINKS: folder })
  for (const { filename, bytes } of MADE.map(makeWheel)) writeFileSync(join(folder, filename), bytes)
  const found = await findPythons(ports)
  const host = found.findLast((each) => each.venv && !each.freeThreaded) ?? bestPython(found)
  const venv = await createVenv(ports, host, join(folder, 'pip'))
  const python = { path: '', version: '3.12.1', implementation: 'cpython' as const, freeThreaded: false, venv: false }
  const target = join(folder, 'site')
  mkdirSync(target)
  const file = join(folder, `plover-1.0-${tag ?? MADE[0]?.tag}.whl`)
  if (tag) writeFileSync(file, makeWheel({ ...(MADE[0] as Made), tag }).bytes)
  const { code, stderr } = await installFor(ports, { venv, emulator: { machine }, python, target }, [file])
  return code === 0 ? readdirSync(target).filter((each) => each.endsWith('.py')) : stderr
}

test('dependencies are those that the other system has, not this machine', async () => {
  expect((await installed(WINDOWS)).toString()).toBe('egret.py,plover.py')
  expect((await installed(ARM)).toString()).toBe('heron.py,plover.py')
})

test('a wheel for another Python or a newer system is refused', async () => {
  expect(await installed(WINDOWS, 'cp313-abi3-win_amd64')).toContain('is not a supported wheel on this platform')
  expect(await installed(ARM, 'cp39-abi3-manylinux_2_20_aarch64')).toContain(
    'is not a supported wheel on this platform',
  )
})

test('the platform tags are all that the C library of a machine is new enough for', () => {
  expect(platformsOf({ machine: WINDOWS })).toEqual(['win_amd64'])
  const many = platformsOf({ machine: ARM })
  expect(many).toEqual(
    expect.arrayContaining(['manylinux_2_17_aarch64', 'manylinux_2_19_aarch64', 'manylinux2014_aarch64']),
  )
  expect(many).not.toContain('manylinux_2_20_aarch64')
  const musl = platformsOf({ machine: { system: 'linux', processor: 'x86_64', glibc: null }, musl: '1.2.4' })
  expect(musl).toEqual(['musllinux_1_2_x86_64', 'musllinux_1_1_x86_64', 'musllinux_1_0_x86_64', 'linux_x86_64'])
})
