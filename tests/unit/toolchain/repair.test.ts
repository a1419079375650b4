import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { installRepairer, repairWheel } from '@slipway/toolchain/repair/repair-tool'
import { realPorts, recordedPorts } from './ports.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'repair-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

const WHEEL = '/in/heron-1.0.0-cp39-abi3-'

test.each([
  [
    'auditwheel',
    'manylinux_2_28_x86_64',
    undefined,
    'repair --plat manylinux_2_28_x86_64 --only-plat --wheel-dir /out',
  ],
  [
    'auditwheel',
    'manylinux_2_17_aarch64.manylinux2014_aarch64',
    'aarch64-unknown-linux-gnu',
    'repair --plat manylinux_2_17_aarch64 --only-plat --wheel-dir /out',
  ],
  ['auditwheel', 'linux_x86_64', undefined, 'repair --plat auto --only-plat --wheel-dir /out'],
  ['delocate', 'macosx_11_0_arm64', 'aarch64-apple-darwin', '--require-archs arm64 --wheel-dir /out'],
  ['delocate', 'macosx_10_12_universal2', 'universal2-apple-darwin', '--require-archs universal2 --wheel-dir /out'],
  ['delocate', 'macosx_10_12_x86_64', undefined, '--wheel-dir /out'],
  ['delvewheel', 'win_amd64', 'x86_64-pc-windows-msvc', 'repair --wheel-dir /out'],
] as const)('%s repairs a wheel for %s (%s)', async (tool, tag, target, args) => {
  const ports = recordedPorts({ [tool]: {} }, { DEPLOY_TOKEN: 'hush' })
  const wheel = `${WHEEL}${tag}.whl`
  const repairer = { tool, argv: [`/bin/${tool}`] as const, env: { PATH: '/tools' } }
  await repairWheel(ports, repairer, { wheel, out: '/out', sourceDateEpoch: 7, ...(target && { target }) })
  const [ran] = ports.ran
  expect(ran?.argv.join(' ')).toBe(`/bin/${tool} ${args} ${wheel}`)
  expect(ran?.env).toEqual({ DEPLOY_TOKEN: undefined, PATH: '/tools', SOURCE_DATE_EPOCH: '7' })
})

test('a tool that fails is reported with its last lines', async () => {
  const ports = recordedPorts({ auditwheel: { code: 2, stderr: 'too-recent versioned symbols' } })
  const repairer = { tool: 'auditwheel', argv: ['auditwheel'], env: {} } as const
  const options = { wheel: `${WHEEL}linux_x86_64.whl`, out: '/out', sourceDateEpoch: 7 }
  await expect(repairWheel(ports, repairer, options)).rejects.toMatchObject({
    problems: [{ code: 'repair-failed', message: expect.stringContaining('too-recent versioned symbols') }],
  })
})

test.each([
  ['auditwheel', 'darwin', 'auditwheel repairs wheels of Linux, on Linux, but this job builds on macOS.'],
  ['delocate', 'win32', 'delocate repairs wheels of macOS, on macOS, but this job builds on Windows.'],
  ['delvewheel', 'linux', 'delvewheel repairs wheels of Windows, on Windows, but this job builds on Linux.'],
] as const)('%s is refused on %s', async (tool, platform, message) => {
  await expect(installRepairer(realPorts(), tool, root, platform)).rejects.toMatchObject({
    problems: [{ code: 'repair-elsewhere', message }],
  })
})

// pip can install all three on any system.
test.each([
  ['auditwheel', 'linux'],
  ['delocate', 'darwin'],
  ['delvewheel', 'win32'],
] as const)('pip installs %s, which has the arguments that Slipway uses', async (tool, platform) => {
  const { argv } = await installRepairer(realPorts(), tool, join(root, 'cache'), platform)
  const [first] = argv
  const help = await realPorts().exec({
    argv: tool === 'delocate' ? [first, '--help'] : [first, 'repair', '--help'],
    cwd: root,
  })
  const used = { auditwheel: ['--plat', '--only-plat'], delocate: ['--require-archs'], delvewheel: [] }[tool]
  for (const flag of [...used, '--wheel-dir']) expect(help.stdout).toContain(flag)
})

test.each(['auditwheel', 'delocate', 'delvewheel'] as const)('%s that pip cannot install is reported', async (tool) => {
  const python = join(root, process.platform === 'win32' ? 'python3.exe' : 'python3')
  await writeFile(python, '')
  await chmod(python, 0o755)
  const answer = {
    path: python,
    version: '3.12.1',
    implementation: 'cpython',
    freeThreaded: false,
    venv: true,
    final: true,
  }
  const ports = recordedPorts(
    {
      find_spec: { stdout: JSON.stringify(answer) },
      ensurepip: { code: 1 },
      ' venv ': {},
      ' install ': { code: 1, stderr: 'no luck' },
    },
    { PATH: root, HOME: root },
  )
  const platform = { auditwheel: 'linux', delocate: 'darwin', delvewheel: 'win32' } as const
  const code = {
    auditwheel: 'auditwheel-not-installed',
    delocate: 'delocate-not-installed',
    delvewheel: 'delvewheel-not-installed',
  }
  await expect(installRepairer(ports, tool, join(root, 'none'), platform[tool])).rejects.toMatchObject({
    problems: [{ code: code[tool], message: expect.stringContaining('no luck') }],
  })
})

test('PyPy runs no repair tool, although it is the oldest Python', async () => {
  const bin = await mkdtemp(join(root, 'bin-'))
  for (const [name, version, implementation] of [
    ['pypy3.10', '3.10.1', 'pypy'],
    ['python3.10', '3.10.9', 'cpython'],
  ] as const) {
    const answer = { path: join(bin, name), version, implementation, freeThreaded: false, venv: true, final: true }
    await writeFile(
      join(bin, name),
      `#!/bin/sh\ncase "$*" in *find_spec*) echo '${JSON.stringify(answer)}';; *) exit 1;; esac\n`,
      {
        mode: 0o755,
      },
    )
  }
  const ran: string[] = []
  const real = realPorts({ PATH: `${bin}:/usr/bin:/bin`, HOME: bin })
  const exec: typeof real.exec = (command) => {
    if (command.argv.includes('venv')) ran.push(command.argv[0])
    return real.exec(command)
  }
  const env = { PATH: bin, HOME: bin }
  await expect(installRepairer({ ...real, env, exec }, 'auditwheel', join(bin, 'cache'), 'linux')).rejects.toThrow()
  expect(ran).toEqual([join(bin, 'python3.10')])
})
