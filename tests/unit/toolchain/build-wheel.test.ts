import { mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Ports } from '@slipway/core/ports'
import { buildSdist, buildWheel } from '@slipway/toolchain/build-wheel'
import { sdist } from '../artifacts/archives.ts'
import { recordedPorts } from './ports.ts'

const maturin = {
  ...{ maturin: '/venv/bin/maturin', version: '1.9.6', bin: '/venv/bin' },
  env: { CARGO_ZIGBUILD_PYTHON_PATH: '/venv/python' },
}

/** Ports with a maturin that writes these files into its output folder. */
function fakeMaturin(files: string[], env: Ports['env'] = {}) {
  const ports = recordedPorts({ maturin: {} }, env)
  const exec: Ports['exec'] = async (command) => {
    const finished = await ports.exec(command)
    for (const file of files)
      await writeFile(join(command.argv.at(-1) as string, file), file.endsWith('.gz') ? sdist() : '')
    return finished
  }
  return { ...ports, exec }
}

async function options() {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-wheel-'))
  const out = join(dir, 'out')
  return { dir, out, maturin, sourceDateEpoch: 1, targetDir: '/t', compatibility: 'manylinux_2_17', zig: true }
}

const argumentsOf = ({ ran }: ReturnType<typeof recordedPorts>) => ran[0]?.argv.slice(1, -2).join(' ')

test('maturin gets zig and a platform tag on Linux only', async () => {
  const wheelOptions = await options()
  const linux = fakeMaturin(['a-1-py3-none-any.whl'])
  expect(await buildWheel(linux, wheelOptions, 'linux')).toBe(join(wheelOptions.out, 'a-1-py3-none-any.whl'))
  expect(argumentsOf(linux)).toBe('build --release --compatibility manylinux_2_17 --zig --target-dir /t')
  expect(await readdir(wheelOptions.out)).toEqual(['a-1-py3-none-any.whl'])
  const mac = fakeMaturin(['a-1-py3-none-any.whl'])
  await buildWheel(mac, { ...wheelOptions, target: 'universal2-apple-darwin', targetDir: null }, 'darwin')
  expect(argumentsOf(mac)).toBe('build --release --target universal2-apple-darwin')
})

test('maturin gets a fixed time, no tokens and the user’s RUSTFLAGS', async () => {
  const ports = fakeMaturin(['a-1.tar.gz'], { GITHUB_TOKEN: 'x', RUSTFLAGS: '-C y' })
  await buildSdist(ports, await options())
  expect(ports.ran[0]?.env).toEqual({ ...maturin.env, SOURCE_DATE_EPOCH: '1', GITHUB_TOKEN: undefined })
})

test('no file, several files and a failure of maturin are reported', async () => {
  const wheelOptions = await options()
  await expect(buildWheel(fakeMaturin([]), wheelOptions)).rejects.toMatchObject({
    problems: [{ code: 'maturin-made-not-one', message: expect.stringContaining('made nothing') }],
  })
  await expect(buildWheel(fakeMaturin(['a.whl', 'b.whl']), wheelOptions)).rejects.toThrow('made a.whl, b.whl')
  const failing = recordedPorts({ maturin: { code: 1, stderr: 'error: could not compile' } })
  await expect(buildWheel(failing, wheelOptions)).rejects.toThrow('could not compile')
  expect(await readdir(wheelOptions.out)).toEqual([])
})

test.each([
  [undefined, '1.16.0', 'linux', ''],
  ['maturin', '1.16.0', 'linux', ''],
  ['maturin', '1.13.0', 'darwin', ' --auditwheel repair'],
  // Older ones do nothing there.
  ['maturin', '1.12.6', 'darwin', ''],
  ['maturin', '2.0.0', 'win32', ' --auditwheel repair'],
  ['none', '1.9.6', 'linux', ' --skip-auditwheel'],
] as const)('the repair %s by maturin %s on %s is%s', async (repair, version, platform, flags) => {
  const ports = fakeMaturin(['a-1-py3-none-any.whl'])
  const { compatibility, ...rest } = await options()
  const all = { ...rest, maturin: { ...maturin, version }, zig: false, targetDir: null, ...(repair && { repair }) }
  await buildWheel(ports, all, platform)
  expect(argumentsOf(ports)).toBe(`build --release${flags}`)
})

test('another tool repairs the wheel that maturin left as it was', async () => {
  const wheelOptions = await options()
  const ports = recordedPorts({ maturin: {}, auditwheel: {} })
  const exec: Ports['exec'] = async (command) => {
    const finished = await ports.exec(command)
    const [program, , out] = command.argv as readonly string[]
    if (program === '/venv/bin/maturin')
      await writeFile(join(command.argv.at(-1) as string, 'a-1-py3-none-linux_x86_64.whl'), '')
    else await writeFile(join(command.cwd, 'a-1-py3-none-manylinux_2_17_x86_64.whl'), out ?? '')
    return finished
  }
  const repair = { tool: 'auditwheel', argv: ['/tools/auditwheel'], env: {} } as const
  const wheel = await buildWheel({ ...ports, exec }, { ...wheelOptions, repair }, 'linux')
  expect(wheel).toBe(join(wheelOptions.out, 'a-1-py3-none-manylinux_2_17_x86_64.whl'))
  expect(await readdir(wheelOptions.out)).toEqual(['a-1-py3-none-manylinux_2_17_x86_64.whl'])
  expect(argumentsOf(ports)).toContain('--skip-auditwheel')
})
