import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { plant, type Tree, workspace } from '../trees.ts'

const NOW = Date.UTC(2026, 0, 15)

/** A package of Cargo.lock: `name version` and its dependencies. */
function locked(entry: string, ...dependencies: string[]): string {
  const [name, version] = entry.split(' ')
  const source = name === 'demo' ? '' : 'source = "registry+https://example.invalid"\n'
  const list = dependencies.map((each) => ` "${each}",\n`).join('')
  return `[[package]]\nname = "${name}"\nversion = "${version}"\n${source}dependencies = [\n${list}]\n\n`
}

const PYPROJECT = `[build-system]
requires = ["maturin>=1,<2"]
build-backend = "maturin"
[project]
name = "demo"
dynamic = ["version"]
requires-python = ">=3.9"
`

/** Plans an extension whose Cargo.lock has these packages besides it and PyO3, and which needs the first of each. */
async function oneJob(packages: string[], { targets, tree = {} }: { targets?: string; tree?: Tree } = {}) {
  const names = packages.flatMap((each) => /^\[\[package\]\]\nname = "([^"]+)"/.exec(each)?.[1] ?? [])
  const lines = names.map((name) => `${name} = "*"\n`).join('')
  const manifest = `[package]\nname = "demo"\nversion = "1.2.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n[dependencies]\npyo3 = { version = "0.27", features = ["abi3-py39"] }\n${lines}[dev-dependencies]\ncmake = "*"\n`
  const pyo3 = [
    locked('demo 1.2.0', 'pyo3', 'cmake', ...names),
    locked('pyo3 0.27.1', 'pyo3-ffi'),
    locked('pyo3-ffi 0.27.1'),
    locked('cmake 0.1.0'),
  ]
  const plan = await planProject(
    await plant({
      'Cargo.toml': manifest,
      'src/lib.rs': '',
      'pyproject.toml': PYPROJECT,
      'Cargo.lock': `version = 4\n\n${[...pyo3, ...packages].join('')}`,
      'slipway.toml': `targets = ${targets ?? '["x86_64-unknown-linux-gnu", "aarch64-apple-darwin"]'}\n`,
      ...tree,
    }),
    { now: NOW },
  )
  return plan.packages[0]?.oneJob
}

const WINDOWS = '["x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc"]'

test('one job suffices where all crates are of Rust; what only tests need does not count', async () => {
  expect(await oneJob([])).toEqual({ suffices: true, why: [] })
})

test.each([
  [
    [locked('native-tls 0.2.0', 'openssl-sys'), locked('openssl-sys 0.9.0', 'pkg-config')],
    'it links OpenSSL (openssl-sys) of the system',
  ],
  [[locked('libsqlite3-sys 0.30.0', 'pkg-config')], 'it links SQLite (libsqlite3-sys) of the system'],
  [[locked('some 1.0.0', 'cmake')], 'it builds with CMake (cmake), which Slipway does not cross-compile'],
  [
    [locked('security-framework-sys 2.0.0', 'core-foundation-sys'), locked('core-foundation-sys 0.8.0')],
    'it links frameworks of macOS (core-foundation-sys, security-framework-sys), whose SDK only macOS has',
  ],
])('a dependency needs more: %#', async (packages, why) => {
  expect(await oneJob(packages)).toEqual({ suffices: false, why: [why] })
})

test.each([
  [[locked('openssl-sys 0.9.0', 'cc', 'openssl-src')]],
  [[locked('libsqlite3-sys 0.30.0', 'cc', 'pkg-config')]],
])('a library that is built along is no reason: %#', async (packages) => {
  expect(await oneJob(packages)).toEqual({ suffices: true, why: [] })
})

test('frameworks count for macOS only, and an import library for Windows only', async () => {
  expect(await oneJob([locked('core-graphics 0.24.0')], { targets: '["x86_64-unknown-linux-gnu"]' })).toEqual({
    suffices: true,
    why: [],
  })
  const missing = "a wheel of Windows needs Python's import library: turn on PyO3's feature `generate-import-lib`"
  expect(await oneJob([], { targets: WINDOWS })).toEqual({ suffices: false, why: [missing] })
  expect(await oneJob([locked('python3-dll-a 0.2.0')], { targets: WINDOWS })).toEqual({ suffices: true, why: [] })
  const microsoft = [locked('ort-sys 2.0.0'), locked('python3-dll-a 0.2.0')]
  expect((await oneJob(microsoft, { targets: WINDOWS }))?.why).toEqual([
    "on Windows it needs Microsoft's linker (ort-sys)",
  ])
  const arm = await oneJob([locked('python3-dll-a 0.2.0')], { targets: '["aarch64-pc-windows-msvc"]' })
  expect(arm?.why).toEqual(['mingw builds for Windows on x64 only'])
})

test('a container, and a lock file that is not committed, are reasons', async () => {
  const settings = '[packages.demo]\ncontainer = "quay.io/pypa/manylinux_2_28_{arch}"\n'
  expect((await oneJob([], { tree: { 'slipway.toml': settings } }))?.why).toEqual([
    'its wheels for Linux are built in a container',
  ])
  expect((await oneJob([], { tree: { 'Cargo.lock': null as never } }))?.why).toEqual([
    'without a committed Cargo.lock its dependencies are unknown',
  ])
})

test('a package of Python alone has no such answer', async () => {
  const plan = await planProject(
    await plant(
      workspace({ 'py/Cargo.toml': null, 'py/pyproject.toml': PYPROJECT.replaceAll('maturin', 'hatchling') }),
    ),
    { now: NOW },
  )
  expect(plan.packages.map((each) => each.oneJob)).toEqual([undefined])
})
