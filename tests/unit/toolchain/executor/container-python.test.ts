import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { containerPythons } from '@slipway/toolchain/executor/container-python'
import { findEmulators } from '@slipway/toolchain/executor/find-emulators'
import { platformsOf } from '@slipway/toolchain/executor/install-for'
import { temporaryFolder } from '../../../sandbox/harness.ts'
import { recordedPorts } from '../ports.ts'

const IMAGE = 'example.invalid/tools:1'

/** Ports to a docker that has the image, whose Pythons answer so. */
function portsWith(pythons: Record<string, object>) {
  const bin = temporaryFolder()
  writeFileSync(join(bin, 'docker'), '#!/bin/sh\n', { mode: 0o755 })
  const answers = Object.fromEntries(
    Object.entries(pythons).map(([path, said]) => [`${path} -I -c`, { stdout: JSON.stringify(said) }]),
  )
  return recordedPorts(
    {
      ...answers,
      'info --format': { stdout: '["name=seccomp"]' },
      'image inspect': { stdout: 'sha256:1' },
      ' run ': {},
      ' rm ': {},
      'command -v': { stdout: `${Object.keys(pythons).join('\n')}\n` },
    },
    { PATH: bin },
  )
}

const musl = { implementation: 'cpython', freeThreaded: false, processor: 'x86_64', glibc: null, musl: '1.2.4' }

test('the Pythons of an image are found with its C library, lowest first, each once', async () => {
  const ports = portsWith({
    '/usr/bin/python3': { ...musl, path: '/usr/bin/python3.12', version: '3.12.1' },
    '/usr/bin/python': { ...musl, path: '/usr/bin/python3.12', version: '3.12.1' },
    '/opt/python/cp39': { ...musl, path: '/opt/python/cp39/bin/python', version: '3.9.2' },
    '/opt/python/cp37': { ...musl, path: '/opt/python/cp37/bin/python', version: '3.7.2' },
    '/opt/python/pp310': { ...musl, path: '/opt/python/pp310/bin/python', version: '3.10.2', implementation: 'pypy' },
  })
  const emulator = await containerPythons(ports, IMAGE)
  expect(emulator).toMatchObject({ label: `Linux x86_64 (${IMAGE} container)`, name: 'container' })
  expect(emulator.pythons.map((each) => [each.version, each.path])).toEqual([
    ['3.9.2', '/opt/python/cp39/bin/python'],
    ['3.12.1', '/usr/bin/python3.12'],
  ])
  expect(platformsOf(emulator)).toContain('musllinux_1_2_x86_64')
  expect(ports.ran.at(-1)?.argv.slice(1, 3)).toEqual(['rm', '--force'])
})

test('an image without Python is refused', async () => {
  await expect(containerPythons(portsWith({}), IMAGE)).rejects.toMatchObject({
    problems: [{ code: 'container-without-python', message: expect.stringContaining(IMAGE) }],
  })
})

test.each(['darwin', 'win32'] as const)('an image for the whole matrix is left out on %s', async (system) => {
  const options = { emulators: [], containers: ['python:3.12'], sources: { maven: [], debian: [] } }
  const ports = recordedPorts({}, { PATH: '/nowhere' })
  const found = await findEmulators(ports, options, { system, processor: 'x86_64' })
  expect(found).toEqual({ emulators: [], missing: [] })
  await expect(findEmulators(ports, options, { system: 'linux', processor: 'x86_64' })).rejects.toThrow(
    /no command can be run/,
  )
})
