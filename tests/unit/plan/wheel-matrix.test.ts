import { expect, test } from '@jest/globals'
import { workflowJobs } from '@slipway/core/strategy'
import { planProject } from '@slipway/plan/plan'
import { supportedPythons } from '@slipway/project/python/cpython-releases'
import { plant, type Tree, workspace } from '../trees.ts'

const NOW = Date.UTC(2026, 0, 15)

async function planned(changes: Tree) {
  return planProject(await plant(workspace(changes)), { now: NOW })
}

test('an abi3 wheel is built once per target, with any Python', async () => {
  const { matrix } = await planned({})
  expect(matrix).toEqual(
    [
      { target: 'x86_64-unknown-linux-gnu', runner: 'ubuntu-latest', manylinux: 'manylinux_2_17' },
      { target: 'x86_64-apple-darwin', runner: 'macos-15-intel', manylinux: '' },
      { target: 'aarch64-apple-darwin', runner: 'macos-latest', manylinux: '' },
      { target: 'x86_64-pc-windows-msvc', runner: 'windows-latest', manylinux: '' },
    ].map((each, nth) => ({
      name: `demo-${each.target}`,
      package: 'demo',
      path: 'py',
      interpreter: '',
      sdist: nth === 0,
      ...each,
    })),
  )
})

test.each(['>3.9', '>=3.9', '>= 3.9, <4', '~=3.9'])(
  'PyO3 with abi3 and requires-python %s needs four jobs',
  async (range) => {
    const { matrix, packages } = await planned({
      'py/Cargo.toml': workspace()['py/Cargo.toml']?.replace('abi3-py39', 'abi3') ?? null,
      'py/pyproject.toml': workspace()['py/pyproject.toml']?.replace('>=3.9', range) ?? null,
    })
    expect(packages.map((each) => each.abi3)).toEqual(['cp39'])
    expect(matrix.map((each) => each.interpreter)).toEqual(['', '', '', ''])
  },
)

test('other wheels are built for each maintained Python, on the targets of the settings', async () => {
  const { matrix } = await planned({
    'py/Cargo.toml': workspace()['py/Cargo.toml']?.replace('"abi3-py39"', '') ?? null,
    'slipway.toml': 'targets = ["aarch64-unknown-linux-gnu", "x86_64-pc-windows-msvc"]\n',
  })
  expect(matrix.map(({ runner, interpreter }) => `${runner} ${interpreter}`)).toEqual(
    ['ubuntu-24.04-arm', 'windows-latest'].flatMap((runner) =>
      ['3.10', '3.11', '3.12', '3.13', '3.14'].map((version) => `${runner} ${version}`),
    ),
  )
  const names = matrix.map((each) => each.name)
  expect([names[0], new Set(names).size]).toEqual(['demo-aarch64-unknown-linux-gnu-3.10', names.length])
})

test('Pythons of the settings get wheels of their own, unless another wheel covers them', async () => {
  const settings = (pythons: string) =>
    `targets = ["x86_64-unknown-linux-musl"]\n[packages.demo]\npythons = ${pythons}\n`
  const interpreters = async (changes: Tree) => (await planned(changes)).matrix.map((each) => each.interpreter)
  const wanted = { 'slipway.toml': settings('["3.8", "3.12", "3.13t", "3.14t"]') }
  expect(await interpreters(wanted)).toEqual(['', '3.13t', '3.14t'])
  const withoutAbi3 = { 'py/Cargo.toml': workspace()['py/Cargo.toml']?.replace('"abi3-py39"', '') ?? null }
  expect(await interpreters({ ...wanted, ...withoutAbi3 })).toEqual([
    ...['3.10', '3.11', '3.12', '3.13', '3.14'],
    ...['3.8', '3.13t', '3.14t'],
  ])
})

test('a Python that is older than the stable ABI of the features is an error at its line', async () => {
  const { problems } = await planned({ 'slipway.toml': '[packages.demo]\npythons = ["3.8", "3.12", "3.14t"]\n' })
  expect(problems).toMatchObject([
    {
      ...{ severity: 'error', code: 'settings-bad-value', where: { file: 'slipway.toml', line: 2 } },
      message: "The settings add wheels of demo for CPython 3.8, but PyO3's features build it for 3.9 and later.",
    },
  ])
})

test.each([
  ['features = ["stable"]', ['']],
  ['args = "--features-are-not-here"', ['3.13', '3.14']],
  ['args = "--all-features"', ['']],
  ['features = ["other"]', ['3.13', '3.14']],
  ['features = ["pyo3/abi3-py39"]', ['']],
])('features of the settings decide whether one wheel is for several Pythons: %s', async (setting, interpreters) => {
  const crate = workspace()['py/Cargo.toml']?.replace('"abi3-py39"', '') ?? ''
  const pyproject = workspace()['py/pyproject.toml']?.replace('>=3.9', '>=3.13') ?? ''
  const { matrix } = await planned({
    'py/Cargo.toml': `${crate}\n[features]\nstable = ["pyo3/abi3-py313"]\nother = []\n`,
    'py/pyproject.toml': pyproject.replace('module-name', 'features = ["pyo3/extension-module"]\nmodule-name'),
    'slipway.toml': `targets = ["x86_64-unknown-linux-gnu"]\n[packages.demo]\n${setting}\n`,
  })
  expect(matrix.map((each) => each.interpreter)).toEqual(interpreters)
})

const CLASSIFIER = 'Programming Language :: Python :: Free Threading :: '

test.each<[features: string[], classifier: string, interpreters: string[]]>([
  [['abi3-py39'], '2 - Beta', ['', '3.14t', '3.15t']],
  [['abi3-py39'], '1 - Unstable', ['']],
  [['abi3-py39', 'abi3t-py315'], '', ['', '3.14t', '3.15t']],
  [['abi3', 'abi3t'], '', ['', '3.14t', '3.15t']],
  [['abi3-py315', 'abi3t-py315'], '', ['3.14t', '3.15t']],
  [['abi3t'], '', ['3.13', '3.14', '3.14t', '3.15t']],
  [[], '3 - Stable', ['3.13', '3.14', '3.15', '3.14t', '3.15t']],
  [[], '', ['3.13', '3.14', '3.15']],
])('PyO3 with the features %j and the classifier "%s" needs wheels for %j', async (features, level, interpreters) => {
  const pyproject = workspace()['py/pyproject.toml']?.replace('>=3.9', '>=3.13') ?? ''
  const tree = workspace({
    'py/Cargo.toml': workspace()['py/Cargo.toml']?.replace('["abi3-py39"]', JSON.stringify(features)) ?? null,
    'py/pyproject.toml': level
      ? pyproject.replace('[project]', `[project]\nclassifiers = ["${CLASSIFIER}${level}"]`)
      : pyproject,
    'slipway.toml': 'targets = ["x86_64-unknown-linux-gnu"]\n',
  })
  const { matrix } = await planProject(await plant(tree), { now: Date.UTC(2026, 10, 15) })
  expect(matrix.map((each) => each.interpreter)).toEqual(interpreters)
})

test('PyPy gets a wheel where there is one, beside those with the stable ABI', async () => {
  const { matrix } = await planned({
    'slipway.toml':
      'targets = ["x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl"]\n[packages.demo]\npythons = ["pypy3.11"]\n',
  })
  expect(matrix.map((each) => each.name)).toEqual([
    'demo-x86_64-unknown-linux-gnu',
    'demo-x86_64-unknown-linux-gnu-pypy3.11',
    'demo-x86_64-unknown-linux-musl',
  ])
})

test('a Python that does not exist for a platform has no job there', async () => {
  const { matrix } = await planned({
    'py/Cargo.toml': workspace()['py/Cargo.toml']?.replace('"abi3-py39"', '') ?? null,
    'slipway.toml': 'targets = ["aarch64-pc-windows-msvc", "x86_64-pc-windows-msvc"]\n',
  })
  const on = (target: string) => matrix.flatMap((each) => (each.target.startsWith(target) ? [each.interpreter] : []))
  expect(on('aarch64')).toEqual(['3.11', '3.12', '3.13', '3.14'])
  expect(on('x86_64')[0]).toBe('3.10')
})

test('a platform tag of the settings is for glibc alone', async () => {
  const targets = ['x86_64-unknown-linux-gnu', 'x86_64-unknown-linux-musl', 'aarch64-apple-darwin']
  const { matrix } = await planned({
    'slipway.toml': `targets = ${JSON.stringify(targets)}\n[packages.demo]\nmanylinux = "2014"\n`,
  })
  expect(matrix.map((each) => each.manylinux)).toEqual(['manylinux2014', 'musllinux_1_2', ''])
})

const PURE = 'build-system.requires = ["setuptools"]\n[project]\nname = "pure"\nversion = "1.2.0rc1"\n'

test('a pure Python package is built once, an unpublished one never', async () => {
  const { matrix } = await planned({
    'pure/pyproject.toml': PURE,
    'slipway.toml': '[packages.demo]\npublish = false\n',
  })
  expect(matrix).toEqual([
    {
      name: 'pure',
      package: 'pure',
      path: 'pure',
      runner: 'ubuntu-latest',
      target: '',
      manylinux: '',
      interpreter: '',
      sdist: true,
    },
  ])
})

test('a program in a wheel needs one Python', async () => {
  const pyproject = workspace()['py/pyproject.toml']?.replace('module-name = "demo._internal"', 'bindings = "bin"')
  const { matrix } = await planned({ 'py/pyproject.toml': pyproject ?? null })
  expect(matrix.map((each) => each.interpreter)).toEqual(['', '', '', ''])
})

test.each([
  ['only a program', '', 4, []],
  ['a C library', '[lib]\ncrate-type = ["cdylib"]\n', 4, ['demo']],
  ['UniFFI', '[lib]\ncrate-type = ["cdylib"]\n[dependencies]\nuniffi = "0.29"\n', 4, ['demo']],
  ['PyO3', '[lib]\ncrate-type = ["cdylib"]\n[dependencies]\npyo3 = "0.27"\n', 20, ['demo']],
])('the plan detects the bindings of %s like maturin', async (_, more, jobs, imports) => {
  const { matrix, packages } = await planned({
    'py/Cargo.toml': `[package]\nname = "demo"\nversion.workspace = true\npublish = false\n${more}`,
    'py/src/main.rs': 'fn main() {}\n',
    'py/pyproject.toml': workspace()['py/pyproject.toml']?.replace(/\[tool\.maturin\][\s\S]*/, '') ?? null,
    'py/python/demo/__init__.py': null,
  })
  expect([matrix.length, packages[0]?.imports]).toEqual([jobs, imports])
})

test.each([
  ['<3.9', ['no-maintained-python pure/pyproject.toml:5']],
  ['<3.12', []],
])('requires-python %p: %p', async (requires, expected) => {
  const { problems } = await planned({ 'pure/pyproject.toml': `${PURE}requires-python = "${requires}"\n` })
  expect(problems.map(({ code, where }) => `${code} ${where?.file}:${where?.line}`)).toEqual(expected)
})

test.each([
  [null, ['3.10', '3.11', '3.12', '3.13', '3.14']],
  ['>=3.8', ['3.10', '3.11', '3.12', '3.13', '3.14']],
  ['>=3.12', ['3.12', '3.13', '3.14']],
  ['>=3.11.4,<3.13', ['3.11', '3.12']],
  ['>3.12', ['3.12', '3.13', '3.14']],
  ['<=3.11', ['3.10', '3.11']],
  ['<3.11.3', ['3.10', '3.11']],
  ['~=3.12', ['3.12', '3.13', '3.14']],
  ['~=3.12.1', ['3.12']],
  ['==3.12.*', ['3.12']],
  ['==3.*', ['3.10', '3.11', '3.12', '3.13', '3.14']],
  ['>=3.10, !=3.11.*, !=3.12.1', ['3.10', '3.12', '3.13', '3.14']],
  ['>=2.7', ['3.10', '3.11', '3.12', '3.13', '3.14']],
  ['>=2.7,!=3.0.*,<4', ['3.10', '3.11', '3.12', '3.13', '3.14']],
  ['<4.0', ['3.10', '3.11', '3.12', '3.13', '3.14']],
  ['>=3', ['3.10', '3.11', '3.12', '3.13', '3.14']],
  ['<3', []],
  ['>=4', []],
  ['whatever', ['3.10', '3.11', '3.12', '3.13', '3.14']],
])('requires-python %p allows %p', (requires, expected) => {
  expect(supportedPythons(requires, NOW)).toEqual(expected)
})

test('a Python is maintained to the end of its last month', () => {
  expect(supportedPythons('<3.11', Date.UTC(2026, 9, 31, 23))).toEqual(['3.10'])
  expect(supportedPythons('>=3.15', Date.UTC(2026, 8, 30))).toEqual([])
  expect(supportedPythons('>=3.15', Date.UTC(2026, 9, 1))).toEqual(['3.15'])
  expect(supportedPythons('<3.11', Date.UTC(2026, 10, 1))).toEqual([])
})

const TWO_PYTHONS = {
  'py/Cargo.toml': workspace()['py/Cargo.toml']?.replace('"abi3-py39"', '') ?? null,
  'py/pyproject.toml': workspace()['py/pyproject.toml']?.replace('>=3.9', '>=3.13') ?? null,
}

test('one job on Linux builds what `strategy = "cross"` joins: all targets and Pythons of a package', async () => {
  const targets = 'targets = ["x86_64-unknown-linux-gnu", "aarch64-apple-darwin"]\n'
  const { matrix } = await planned({ ...TWO_PYTHONS, 'slipway.toml': `strategy = "cross"\n${targets}` })
  // The wheels are still expected one by one.
  expect(matrix.map((each) => `${each.runner} ${each.target} ${each.interpreter}`)).toEqual([
    'ubuntu-latest x86_64-unknown-linux-gnu 3.13',
    'ubuntu-latest x86_64-unknown-linux-gnu 3.14',
    'ubuntu-latest aarch64-apple-darwin 3.13',
    'ubuntu-latest aarch64-apple-darwin 3.14',
  ])
  expect(workflowJobs(matrix)).toEqual([
    {
      name: 'demo-cross',
      package: 'demo',
      path: 'py',
      runner: 'ubuntu-latest',
      target: 'x86_64-unknown-linux-gnu,aarch64-apple-darwin',
      interpreter: '3.13,3.14',
      manylinux: '',
      sdist: true,
      cross: true,
    },
  ])
})

test('a joined job has no image, since only some of its targets are built in one', async () => {
  const settings = `strategy = "cross"\n[packages.demo]\ncontainer = "quay.io/pypa/manylinux_2_28_{arch}"\n`
  const { matrix } = await planned({ 'slipway.toml': settings })
  expect(matrix.map((each) => each.container)).toContain('quay.io/pypa/manylinux_2_28_x86_64')
  expect(workflowJobs(matrix).map((each) => each.container)).toEqual([undefined])
})

test('targets that have other Pythons are another job', async () => {
  const settings = 'strategy = "cross"\ntargets = ["x86_64-unknown-linux-gnu", "aarch64-pc-windows-msvc"]\n'
  const older = {
    ...TWO_PYTHONS,
    'py/pyproject.toml': workspace()['py/pyproject.toml']?.replace('>=3.9', '>=3.10,<3.12') ?? null,
  }
  const { matrix } = await planned({ ...older, 'slipway.toml': settings })
  expect(workflowJobs(matrix).map((each) => `${each.name} ${each.target} ${each.interpreter}`)).toEqual([
    'demo-cross x86_64-unknown-linux-gnu 3.10,3.11',
    'demo-cross-2 aarch64-pc-windows-msvc 3.11',
  ])
})

test('`auto` joins only where one job suffices, and `native` never', async () => {
  const jobs = async (strategy: string) =>
    workflowJobs((await planned({ 'slipway.toml': `strategy = "${strategy}"\n` })).matrix).map((each) => each.runner)
  const native = ['ubuntu-latest', 'macos-15-intel', 'macos-latest', 'windows-latest']
  // This project has no Cargo.lock.
  expect([await jobs('native'), await jobs('auto'), await jobs('cross')]).toEqual([native, native, ['ubuntu-latest']])
})
