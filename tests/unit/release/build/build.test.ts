import { chmodSync } from 'node:fs'
import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Plan, PlannedPackage } from '@slipway/core/plan'
import type { Command } from '@slipway/core/ports'
import { ProblemError } from '@slipway/core/problem'
import { buildPackages } from '@slipway/release/build/build'
import { tryPackages } from '@slipway/release/verify/wheel'
import { temporaryFolder, write } from '../../../sandbox/harness.ts'
import { realPorts } from '../../toolchain/ports.ts'

/** Returns a machine with these Pythons, where every other command succeeds and maturin writes a wheel, unless they fail. */
function machine(versions: readonly string[], failing = /^$/, tags = 'py3-none-linux_x86_64') {
  const bin = temporaryFolder()
  for (const each of ['cargo', 'rustc', ...versions.map((version) => `python${version.replace(/\.\d+$/, '')}`)]) {
    write(bin, { [each]: '' })
    chmodSync(join(bin, each), 0o755)
  }
  const ran: Command[] = []
  const exec = async (command: Command) => {
    ran.push(command)
    const [program, ...args] = command.argv
    const version = versions.find((each) => `python${each.replace(/\.\d+$/, '')}` === basename(program))
    const words = args.join(' ')
    const python = { path: program, version, implementation: 'cpython', freeThreaded: false, venv: true, final: true }
    if (failing.test(command.argv.map((each) => basename(each)).join(' '))) return { code: 1, stdout: '', stderr: 'no' }
    let stdout = 'cargo 1.9.6'
    if (version !== undefined && words.includes('find_spec')) stdout = JSON.stringify(python)
    else if (words.includes('importlib')) stdout = JSON.stringify({ version: '1.0.0', modules: {} })
    else if (words.startsWith('-vV')) stdout = 'rustc 1.90.0\nrelease: 1.90.0\nhost: x86_64-unknown-linux-gnu\n'
    const out = args.indexOf('--out')
    if (out !== -1) await writeFile(join(args[out + 1] as string, `heron-1.0.0-${tags}.whl`), 'wheel')
    return { code: 0, stdout, stderr: '' }
  }
  const ports = { ...realPorts({ PATH: bin, HOME: bin, XDG_CACHE_HOME: join(bin, 'cache') }), exec }
  return { ports, ran }
}

const heron = (more: Partial<PlannedPackage>): PlannedPackage => {
  return { name: 'heron', version: '1.0.0', path: 'py', backend: 'maturin', abi3: null, imports: [], ...more }
}

async function options(...packages: PlannedPackage[]) {
  const dir = temporaryFolder()
  await mkdir(join(dir, 'out'))
  const requires = '[project]\nname = "heron"\nversion = "1.0.0"\nrequires-python = ">=3.11"\n'
  write(dir, { 'py/pyproject.toml': `[build-system]\nrequires = ["maturin"]\n${requires}` })
  const plan = { packages } as unknown as Plan
  const how = { compatibility: 'off', zig: false, sdist: false, targetDir: null, sourceDateEpoch: 1 }
  return { dir, plan, out: join(dir, 'out'), ...how }
}

const PYTHONS = ['3.8.18', '3.10.13', '3.11.7', '3.13.0']

test.each([
  ['3.13', 'python3.13', 'cp313-cp313'],
  ['3.14t', 'python3.14t', 'cp314-cp314t'],
  ['pypy3.11', 'pypy3.11', 'pp311-pypy311_pp73'],
])('a wheel of another system for %s is asked from maturin for %s', async (interpreter, name, tags) => {
  const isMac = process.platform === 'darwin'
  const target = isMac ? 'x86_64-pc-windows-msvc' : 'aarch64-apple-darwin'
  const { ports, ran } = machine(PYTHONS, /^$/, `${tags}-${isMac ? 'win_amd64' : 'macosx_11_0_arm64'}`)
  const asked = { ...(await options(heron({}))), targets: [target], interpreters: [interpreter] }
  await buildPackages(ports, asked)
  const { argv } = ran.find((each) => each.argv.includes('--interpreter')) as Command
  expect(argv[argv.indexOf('--interpreter') + 1]).toBe(name)
})

test.each([
  ['>=3.11', undefined, 'python3.11'],
  ['>=3.11', '3.13', 'python3.13'],
  [undefined, undefined, 'python3.8'],
])('a wheel for one Python targets one that requires-python allows (%s, %s)', async (requires, requested, built) => {
  const { ports, ran } = machine(PYTHONS)
  const build = await options(heron(requires === undefined ? {} : { requiresPython: requires }))
  await buildPackages(ports, { ...build, interpreters: requested === undefined ? [] : [requested] })
  const argv: readonly string[] = ran.find((each) => each.argv.includes('--interpreter'))?.argv ?? []
  expect(basename(argv[argv.indexOf('--interpreter') + 1] ?? '')).toBe(built)
})

test('settings of a package reach maturin, and those of the build replace them', async () => {
  const { ports, ran } = machine(PYTHONS)
  const settings = { features: ['simd'], args: ['--no-default-features'], profile: 'dist', manylinux: 'manylinux_2_28' }
  const { compatibility, ...build } = await options(heron({ abi3: 'cp39', build: settings }))
  await buildPackages(ports, build)
  await buildPackages(ports, { ...build, compilation: { features: ['other'] }, compatibility })
  const builds = ran.flatMap(({ argv }) => (argv.includes('build') && argv.includes('--out') ? [argv.join(' ')] : []))
  expect(builds).toEqual([
    expect.stringMatching(/--profile dist .*--compatibility manylinux_2_28 --features simd --no-default-features/),
    expect.stringMatching(/--profile dist .*--compatibility off --features other --no-default-features/),
  ])
})

test('features of settings come beside those in pyproject.toml, which maturin would ignore', async () => {
  const { ports, ran } = machine(PYTHONS)
  const build = await options(heron({ abi3: 'cp39', build: { features: ['simd'] } }))
  const file = join(build.dir, 'py/pyproject.toml')
  await appendFile(file, '[tool.maturin]\nfeatures = ["extension-module"]\n')
  await buildPackages(ports, build)
  await buildPackages(ports, { ...build, compilation: { features: ['other'] } })
  await buildPackages(ports, { ...build, compilation: { features: [] } })
  const builds = ran.flatMap(({ argv }) => (argv.includes('build') && argv.includes('--out') ? [argv.join(' ')] : []))
  expect(builds.map((each) => / --features (\S+)/.exec(each)?.[1])).toEqual([
    'extension-module,simd',
    'extension-module,other',
    undefined,
  ])
})

test('the command before the build of a package with a container runs there only, but that of the job runs here too', async () => {
  const { ports, ran } = machine(PYTHONS, /^$/, 'cp313-cp313-musllinux_1_2_x86_64')
  const settings = { container: 'quay.io/pypa/manylinux_2_28_{arch}', beforeBuild: 'dnf install -y openssl-devel' }
  const targets = ['x86_64-unknown-linux-musl']
  const build = { ...(await options(heron({ build: settings }))), targets, interpreters: ['3.13'] }
  await buildPackages(ports, build)
  await buildPackages(ports, { ...build, beforeBuild: 'brew install openssl' })
  expect(ran.flatMap(({ argv }) => (argv[1] === '-ec' ? [argv[2]] : []))).toEqual(['brew install openssl'])
})

test('a wheel with other tags than planned is refused', async () => {
  const { ports } = machine(PYTHONS, /^$/, 'cp313-cp313-linux_x86_64')
  await expect(buildPackages(ports, await options(heron({ abi3: 'cp39' })))).rejects.toMatchObject({
    problems: [{ code: 'wheel-tags-not-planned' }],
  })
  await buildPackages(ports, { ...(await options(heron({}))), interpreters: ['3.13'] })
})

test.each([
  ['>=3.11', 'python3.11'],
  [undefined, 'python3.8'],
])('a pure Python package is built by a Python that requires-python allows (%s)', async (requires, by) => {
  const { ports, ran } = machine(PYTHONS)
  const pure = { backend: 'hatchling.build', ...(requires !== undefined && { requiresPython: requires }) }
  // The fake machine builds no file.
  await expect(buildPackages(ports, await options(heron(pure)))).rejects.toThrow()
  const made = ran.find(({ argv }) => argv.includes('venv'))?.argv[0]
  expect(basename(made ?? '')).toBe(by)
})

test.each([
  [['3.8.18', '3.10.13'], undefined, 'python-missing'],
  [PYTHONS, '3.10', 'python-not-allowed'],
])('if %j may not install the package, nothing is compiled', async (pythons, interpreter, code) => {
  const { ports, ran } = machine(pythons)
  // The first package alone could be built.
  const build = await options(heron({ name: 'wader', abi3: 'cp38' }), heron({ requiresPython: '>=3.11' }))
  const thrown = await buildPackages(ports, {
    ...build,
    interpreters: interpreter === undefined ? [] : [interpreter],
  }).catch((each) => each)
  expect(thrown).toBeInstanceOf(ProblemError)
  expect(thrown.problems).toMatchObject([{ code, where: { file: 'py/pyproject.toml', line: 6 } }])
  // Only the Pythons were looked up.
  const lookup = /find_spec/
  expect(ran.filter(({ argv }) => !lookup.test(argv.join(' ')))).toEqual([])
})

test('Rust is asked for its version only after a failure, which a missing toolchain explains', async () => {
  const build = await options(heron({ abi3: 'cp38' }))
  const versions = async (failing?: RegExp) => {
    const { ports, ran } = machine(PYTHONS, failing)
    const thrown = await buildPackages(ports, build).catch((each) => each)
    const asked = ran.filter(({ argv }) => /^(cargo|rustc)$/.test(basename(argv[0])))
    return [thrown.problems?.[0].code, asked.map(({ argv }) => argv.slice(1).join(' '))]
  }
  expect(await versions()).toEqual([undefined, []])
  expect(await versions(/^maturin build/)).toEqual(['maturin-failed', ['--version', '-vV']])
  expect(await versions(/^(maturin build|rustc)/)).toEqual(['rust-missing', ['--version', '-vV']])
})

test.each([
  [heron({ abi3: 'cp38', requiresPython: '>=3.10' }), true, ['3.10.13', '3.11.7', '3.13.0']],
  [heron({ abi3: 'cp38', requiresPython: '>=3.10' }), false, ['3.10.13']],
  [heron({ abi3: 'cp311' }), true, ['3.11.7', '3.13.0']],
  [heron({ requiresPython: '>=3.11' }), true, ['3.11.7']],
  [heron({ backend: 'hatchling.build', requiresPython: '<3.11,>=3.9' }), true, ['3.10.13']],
])('%j is tested on Pythons where pip may install it (all: %p)', async (planned, every, versions) => {
  const { ports } = machine(PYTHONS)
  const trial = { folder: temporaryFolder(), source: { index: 'http://localhost/simple/' }, every }
  const tried = await tryPackages(ports, { packages: [planned] } as unknown as Plan, trial)
  expect(tried.map(({ where }) => where)).toEqual(versions.map((each) => `Python ${each}`))
})

test.each([
  ['py3-none-any', ['3.10.13', '3.11.7', '3.13.0']],
  ['cp311-cp311-linux_x86_64', ['3.11.7']],
])('a wheel of known name is tested on every Python that it is for: %s', async (tag, versions) => {
  const { ports } = machine(PYTHONS)
  const planned = heron({ backend: 'hatchling.build', requiresPython: '>=3.10' })
  const source = { index: 'http://localhost/simple/' }
  const trial = { folder: temporaryFolder(), source, every: true, files: [`heron-1.0.0-${tag}.whl`] }
  const tried = await tryPackages(ports, { packages: [planned] } as unknown as Plan, trial)
  expect(tried.map(({ where }) => where)).toEqual(versions.map((each) => `Python ${each}`))
})

test('a prebuilt package is not built, and naming it is an error', async () => {
  const { ports, ran } = machine(PYTHONS)
  const prebuilt = heron({ prebuilt: ['wheelhouse/*.whl'] })
  const build = await options(prebuilt, heron({ name: 'wader', reason: 'It is private.' }))
  expect([await buildPackages(ports, build), ran]).toEqual([[], []])
  const refused = (name: string) =>
    buildPackages(ports, { ...build, packages: [name] }).catch((cause: ProblemError) => cause.problems[0]?.code)
  expect([await refused('Heron'), await refused('wader'), await refused('owl')]).toEqual([
    'package-prebuilt',
    'package-not-planned',
    'package-not-planned',
  ])
})

test('a wheel of another system is built by its Python\u2019s version; on Linux, mingw builds for Windows', async () => {
  if (process.platform !== 'linux') return
  const { ports, ran } = machine(PYTHONS, /^$/, 'py3-none-any')
  const build = { ...(await options(heron({}))), interpreters: ['3.12'], zig: true }
  await buildPackages(ports, { ...build, targets: ['aarch64-apple-darwin'] })
  const windows = { ...build, targets: ['x86_64-pc-windows-msvc'] }
  await expect(buildPackages(ports, windows)).rejects.toMatchObject({ problems: [{ code: 'mingw-missing' }] })
  const mingw = temporaryFolder()
  write(mingw, { 'x86_64-w64-mingw32-gcc': '' })
  chmodSync(join(mingw, 'x86_64-w64-mingw32-gcc'), 0o755)
  const PATH = `${ports.env.PATH}:${mingw}`
  await buildPackages({ ...ports, env: { ...ports.env, PATH } }, windows)
  await buildPackages({ ...ports, env: { ...ports.env, XWIN_ACCEPT_LICENSE: '1' } }, windows)
  const builds = ran.flatMap(({ argv }) => (argv.includes('--out') && argv.includes('build') ? [argv.join(' ')] : []))
  expect(builds).toEqual([
    expect.stringMatching(/ --target aarch64-apple-darwin --interpreter python3\.12 .*--zig /),
    expect.stringMatching(/ --target x86_64-pc-windows-gnu --interpreter python3\.12 (?!.*--zig)/),
    expect.stringMatching(/ --target x86_64-pc-windows-msvc --interpreter python3\.12 (?!.*--zig)/),
  ])
})
