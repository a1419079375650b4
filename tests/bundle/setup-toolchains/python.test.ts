import { mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { cacheDir } from '@slipway/toolchain/cache'
import { findPythons } from '@slipway/toolchain/python'
import { succeed, temporaryFolder } from '../../sandbox/harness.ts'
import { realPorts } from '../../unit/toolchain/ports.ts'
import { runAction, type Step, unescaped } from '../action.ts'
import { repository, WORKSPACE } from '../project.ts'
import { movablePython, pythonServer } from './python-server.ts'

const FREE_THREADED = '3.13.5'

/** A machine with Rust and git, but without any Python of its own. */
async function machine() {
  const python = await movablePython()
  if (python === null) throw new Error('This machine has no Python that can be copied.')
  const bin = temporaryFolder()
  for (const tool of [
    'cargo',
    'rustc',
    'rustup',
    'git',
    'tar',
    'gzip',
    'bash',
    'sh',
    'cp',
    'rm',
    'ln',
    'mkdir',
    'touch',
    'readlink',
    'cat',
  ]) {
    const found = (await succeed(['which', tool])).stdout.trim()
    if (found !== '') symlinkSync(found, join(bin, tool))
  }
  const server = await pythonServer(python, FREE_THREADED)
  const cache = temporaryFolder()
  const env: Record<string, string | undefined> = {
    PATH: bin,
    HOME: temporaryFolder(),
    RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(process.env.HOME ?? '', '.rustup'),
    PYENV_ROOT: temporaryFolder(),
    pythonLocation: undefined,
    RUNNER_TOOL_CACHE: cache,
    SLIPWAY_PYTHON_MANIFEST: server.manifest,
  }
  const act = (
    cwd: string,
    inputs: Record<string, string>,
    more: Record<string, string | undefined> = {},
  ): Promise<Step> =>
    runAction('setup-toolchains', inputs, { cwd, env: { ...env, ...more }, mayExport: ['LD_LIBRARY_PATH'] })
  return { act, env, python, cache, server }
}

const codes = (step: Step) => step.annotations.map((each) => `${each.name} ${each.properties.title}`)
const [minor, name] = [(version: string) => version.split('.').slice(0, 2).join('.'), 'Python']

test('missing Pythons are installed into the tool cache, where later steps find them', async () => {
  const { act, env, python, cache, server } = await machine()
  const cwd = await repository(WORKSPACE)
  const versions = `${python.version}\n3.13t`
  const step = await act(cwd, { python: versions })
  expect([step.code, codes(step)]).toEqual([0, []])
  const folder = join(cache, name, python.version)
  expect(readdirSync(folder)).toEqual([process.arch, `${process.arch}.complete`])
  const pythons = JSON.parse(step.outputs.pythons ?? '') as { name: string; version: string; path: string }[]
  expect(pythons).toHaveLength(2)
  expect(pythons).toEqual(
    expect.arrayContaining([
      {
        name: minor(python.version),
        version: python.version,
        path: join(folder, process.arch, 'bin', `python${minor(python.version)}`),
      },
      {
        name: '3.13t',
        version: FREE_THREADED,
        path: join(cache, name, FREE_THREADED, `${process.arch}-freethreaded`, 'bin/python3.13t'),
      },
    ]),
  )
  expect(step.outputs.python).toBe(pythons.find((each) => each.version === python.version)?.path)
  expect(step.stdout).toContain(
    `Python ${python.version}: installed from actions/python-versions; input python: ${python.version}; `,
  )
  // The copy runs, and makes environments with pip.
  const venv = join(temporaryFolder(), 'venv')
  await succeed([step.outputs.python ?? '', '-m', 'venv', venv])
  expect((await succeed([join(venv, 'bin/pip'), '--version'])).stdout).toContain(minor(python.version))
  // A later step finds both, as build-wheels looks for them.
  expect(step.exported).toEqual({
    LD_LIBRARY_PATH: join(cache, name, FREE_THREADED, `${process.arch}-freethreaded`, 'lib'),
  })
  const found = await findPythons(realPorts({ ...env, ...step.exported }))
  expect(found.map((each) => [each.version, each.freeThreaded])).toEqual(
    expect.arrayContaining([
      [python.version, false],
      [FREE_THREADED, true],
    ]),
  )
  const asked = server.asked.length
  const again = await act(cwd, { python: versions })
  expect(again.stdout).toContain(`Python ${python.version}: tool cache; `)
  expect([again.outputs.pythons, server.asked.length]).toEqual([step.outputs.pythons, asked])
  expect(again.exported).toEqual(step.exported)
  // One that finds its library needs no variable.
  expect((await act(cwd, { python: python.version })).exported).toEqual({})
})

test('without the input, a Python that `requires-python` allows is installed only if there is none', async () => {
  const { act, python } = await machine()
  const pyproject = (allowed: string) => ({
    'pyproject.toml': `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "slipway-demo-py"\nversion = "1.0.0"\nrequires-python = "${allowed}"\n`,
    'slipway_demo_py/__init__.py': '',
  })
  const cwd = await repository(pyproject(`>=3.9,<=${python.version}`))
  const step = await act(cwd, {})
  expect([step.code, step.outputs['python-version']]).toEqual([0, python.version])
  expect(step.stdout).toContain(`installed from actions/python-versions; lowest here that slipway-demo-py allows; `)
  const other = await act(cwd, { package: 'slipway-demo-other' })
  expect([other.code, codes(other)]).toEqual([1, ['error package-not-planned']])
  const impossible = await act(await repository(pyproject('>=3.90')), {})
  expect([impossible.code, codes(impossible)]).toEqual([1, ['error python-missing']])
  expect(impossible.annotations[0]?.message).toContain('A Python for slipway-demo-py (requires-python ">=3.90")')
})

test('a version that cannot be installed is reported, with the machine', async () => {
  const { act } = await machine()
  const step = await act(await repository(WORKSPACE), { python: '3.12.99' })
  expect([step.code, codes(step)]).toEqual([1, ['error python-missing']])
  expect(step.annotations[0]?.message).toContain(
    'Python 3.12.99 is not on this machine, and actions/python-versions has no build of it for linux',
  )
})

test('without a network, existing Pythons are used and others reported', async () => {
  const { act, python, cache } = await machine()
  const folder = join(cache, name, python.version)
  mkdirSync(folder, { recursive: true })
  const cwd = await repository(WORKSPACE)
  const offline = { SLIPWAY_PYTHON_MANIFEST: 'http://127.0.0.1:9/manifest.json' }
  // An installation that was interrupted does not count.
  symlinkSync(join(python.path, '../..'), join(folder, process.arch))
  const broken = await act(cwd, { python: python.version }, offline)
  expect([broken.code, codes(broken)]).toEqual([1, ['error python-missing']])
  symlinkSync(python.path, join(folder, `${process.arch}.complete`))
  const step = await act(cwd, { python: python.version }, offline)
  expect([step.code, codes(step), step.outputs['python-version']]).toEqual([0, [], python.version])
})

test('a release on a self-hosted runner takes no tool from folders that other runs can write to', async () => {
  const { act, python, cache } = await machine()
  const cwd = await repository(WORKSPACE)
  const release = { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1.2.0', RUNNER_ENVIRONMENT: 'self-hosted' }
  expect((await act(cwd, { python: python.version })).code).toBe(0)
  const step = await act(cwd, { python: python.version }, release)
  expect([step.code, codes(step)]).toEqual([0, []])
  expect(step.stdout).toContain(`Python ${python.version}: installed from actions/python-versions; `)
  expect(step.outputs.python).toContain('slipway-tools')
  expect(step.outputs.python).not.toContain(cache)
  // GitHub's own runners are new for each job.
  const hosted = await act(cwd, { python: python.version }, { ...release, RUNNER_ENVIRONMENT: 'github-hosted' })
  expect(hosted.stdout).toContain(`Python ${python.version}: tool cache; `)
})

/** An extension that is for one Python only. */
const EXTENSION = {
  'Cargo.toml':
    '[package]\nname = "ext"\nversion = "1.2.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n[dependencies]\npyo3 = "0.27"\n',
  'src/lib.rs': '#[pyo3::pymodule]\nmod ext {}\n',
  'pyproject.toml':
    '[build-system]\nrequires = ["maturin>=1.9,<2"]\nbuild-backend = "maturin"\n[project]\nname = "ext"\ndynamic = ["version"]\nrequires-python = ">=3.9"\n',
}

test('build-wheels builds and runs a wheel for a Python that was installed before', async () => {
  const { act, env, python } = await machine()
  const cwd = await repository({ ...EXTENSION, '.gitignore': 'target/\nCargo.lock\n' })
  // A compiler, cargo's registry, and the maturin of other tests.
  const more = {
    PATH: [env.PATH, '/usr/bin', '/bin'].join(delimiter),
    CARGO_HOME: process.env.CARGO_HOME ?? join(process.env.HOME ?? '', '.cargo'),
    SLIPWAY_CACHE_DIR: cacheDir(process.env),
  }
  const interpreter = minor(python.version)
  const inputs = { package: 'ext', interpreter, sdist: 'false', upload: 'false' }
  const before = await runAction('build-wheels', inputs, { cwd, env: { ...env, ...more } })
  expect([before.code, codes(before)]).toEqual([1, ['error python-missing']])
  expect((await act(cwd, { python: python.version }, more)).code).toBe(0)
  const step = await runAction('build-wheels', inputs, { cwd, env: { ...env, ...more } })
  expect([step.code, codes(step).filter((each) => !each.startsWith('notice'))]).toEqual([0, []])
  const tag = `cp${interpreter.replace('.', '')}`
  expect(JSON.parse(step.outputs.files ?? '')).toEqual([
    expect.stringMatching(new RegExp(`^ext-1\\.2\\.0-${tag}-${tag}-manylinux`)),
  ])
  expect(unescaped(step.summary)).toContain(`: Python ${python.version} |`)
})
