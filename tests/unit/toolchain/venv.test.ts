import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import type { Command } from '@slipway/core/ports'
import { bundledPip } from '@slipway/toolchain/bundled-pip'
import { findPythons, type Python } from '@slipway/toolchain/python'
import { createVenv, pip, venvIn } from '@slipway/toolchain/venv'
import { makeWheel } from '../../sandbox/harness.ts'
import { realPorts } from './ports.ts'

const root = await mkdtemp(join(tmpdir(), 'slipway-venv-'))
afterAll(() => rm(root, { recursive: true, force: true }))
const folder = () => mkdtemp(join(root, 'in-'))

/** Real ports with an empty cache, without pip's own configuration; `ran` has the commands. */
async function bench(replaced: (command: Command) => { code: number } | null = () => null) {
  const cache = await folder()
  const ports = realPorts({ ...process.env, SLIPWAY_CACHE_DIR: cache, PIP_CONFIG_FILE: '/dev/null', PIP_NO_INDEX: '1' })
  const ran: string[] = []
  const exec: typeof ports.exec = async (command) => {
    ran.push(command.argv.join(' '))
    const result = replaced(command)
    return result ? { stdout: '', stderr: '', ...result } : ports.exec(command)
  }
  return { ports: { ...ports, exec }, cache, ran }
}

const INSTALLED = `
from importlib.metadata import distributions
print(*sorted(each.metadata["Name"] for each in distributions()))
`

const pythons = (await findPythons(realPorts())).filter((each) => each.venv)
const best = pythons[0] as Python
/** The lowest, the highest, and the system's own: a distribution may keep the wheels of ensurepip elsewhere. */
const several = pythons.filter((each, at) => at % (pythons.length - 1 || 1) === 0 || each.path.startsWith('/usr/bin/'))

test.each(several)('Python $version installs into an empty environment, and into nothing else', async (python) => {
  const { ports, cache } = await bench()
  const work = await folder()
  const installed = async (of: ReturnType<typeof venvIn>) => {
    return (await ports.exec({ argv: [of.python, '-I', '-c', INSTALLED], cwd: work })).stdout.trim()
  }
  const [first, second] = await Promise.all(
    ['first', 'second'].map((name) => createVenv(ports, python, join(work, name))),
  )
  if (!first || !second) throw new Error('no environment')
  expect([await installed(first), await installed(second)]).toEqual(['', ''])
  const { filename, bytes } = makeWheel({ name: 'plover', version: '1.0', files: { 'plover.py': 'ANSWER = 42\n' } })
  await writeFile(join(work, filename), bytes)
  expect(await pip(ports, first, ['install', join(work, filename)])).toMatchObject({ code: 0 })
  expect([await installed(first), await installed(second)]).toEqual(['plover', ''])
  // One pip serves both, and nothing unfinished is left beside it.
  expect(await readdir(cache)).toEqual([expect.stringMatching(/^pip-[\d.]+-[0-9a-f]{16}$/)])
})

test('another process that unpacks the same pip does no harm', async () => {
  const { ports, cache } = await bench()
  const work = await folder()
  // Each Python object stands for another process, which does not know what the others unpacked.
  const venvs = await Promise.all([1, 2, 3].map((each) => createVenv(ports, { ...best }, join(work, `${each}`))))
  const [pipOfAll] = venvs.map((each) => each.pip)
  expect(venvs.map((each) => each.pip)).toEqual([pipOfAll, pipOfAll, pipOfAll])
  expect(await readdir(cache)).toEqual([basename(join(pipOfAll as string, '..'))])
})

test('without a wheel of pip, an environment gets its own', async () => {
  const { ports, ran } = await bench(({ argv }) => (argv.join(' ').includes('import ensurepip') ? { code: 1 } : null))
  const venv = await createVenv(ports, { ...best }, join(await folder(), 'venv'))
  expect(venv.pip).toBe(null)
  expect(await pip(ports, venv, ['--version'])).toMatchObject({ code: 0, stdout: expect.stringContaining(venv.folder) })
  expect(ran.filter((each) => each.includes('--without-pip'))).toEqual([])
})

test.each([['file'], ['file/cache']])('a cache that cannot be written to (%s) has no pip', async (path) => {
  const { ports, cache } = await bench()
  await writeFile(join(cache, 'file'), '')
  const env = { ...ports.env, SLIPWAY_CACHE_DIR: join(cache, path) }
  expect(await bundledPip({ ...ports, env }, { ...best })).toBe(null)
})

test('a pip that cannot be read is not used', async () => {
  const { ports, cache } = await bench()
  const found = (await bundledPip(ports, { ...best })) as string
  await rm(join(found, '__main__.py'))
  expect(await bundledPip(ports, { ...best })).toBe(null)
  expect(await readdir(cache)).toHaveLength(1)
})

test('an sdist without pyproject.toml is built in isolation, also by a pip that looks for setuptools beside it', async () => {
  const env: Command['env'][] = []
  const { ports } = await bench((command) => {
    env.push(command.env)
    return { code: 0 }
  })
  await pip(ports, { ...venvIn('/nowhere'), pip: '/cache/pip-20.2.3-0/pip' }, ['install', 'heron'])
  await pip(ports, { ...venvIn('/nowhere'), pip: null }, ['install', 'heron'])
  expect(env.map((each) => each?.PIP_USE_PEP517)).toEqual(['1', undefined])
})

test('a release on a self-hosted runner does not use the cache of pip', async () => {
  const env: Command['env'][] = []
  const { ports } = await bench((command) => {
    env.push(command.env)
    return { code: 0 }
  })
  const release = {
    ...ports.env,
    GITHUB_REF_TYPE: 'tag',
    RUNNER_ENVIRONMENT: 'self-hosted',
    SLIPWAY_SANDBOX: undefined,
  }
  await pip(ports, { ...venvIn('/nowhere'), pip: null }, ['install', 'heron'])
  await pip({ ...ports, env: release }, { ...venvIn('/nowhere'), pip: null }, ['install', 'heron'])
  expect(env.map((each) => each?.PIP_NO_CACHE_DIR)).toEqual([undefined, '1'])
})
