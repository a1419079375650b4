import { expect, test } from '@jest/globals'
import type { MatrixEntry, PlannedPackage } from '@slipway/core/plan'
import { lostWheels } from '@slipway/registries/pypi/coverage'

const PACKAGE: PlannedPackage = {
  name: 'demo',
  version: '1.3.0',
  path: 'py',
  backend: 'maturin',
  abi3: 'cp39',
  requiresPython: '>=3.9',
  imports: ['demo'],
}

function job(target: string, interpreter = ''): MatrixEntry {
  return { name: '', package: 'demo', path: 'py', runner: '', target, manylinux: '', interpreter, sdist: false }
}

const LINUX = job('x86_64-unknown-linux-gnu')
const MACS = [job('x86_64-apple-darwin'), job('aarch64-apple-darwin')]

/** The tags of the last release's wheels, the plan's jobs, and what is lost; null for nothing. */
const CASES: [what: string, tags: string[], jobs: MatrixEntry[], abi3: PlannedPackage['abi3'], lost: string | null][] =
  [
    ['the same platform', ['cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64'], [LINUX], 'cp39', null],
    ['musllinux', ['cp39-abi3-musllinux_1_2_aarch64'], [LINUX], 'cp39', 'musllinux aarch64'],
    ['a free-threaded Python', ['cp314-cp314t-manylinux_2_28_x86_64'], [LINUX], 'cp39', 'CPython 3.14t'],
    [
      'a free-threaded Python with a job',
      ['cp314-cp314t-manylinux_2_28_x86_64'],
      [job(LINUX.target, '3.14t')],
      'cp39',
      null,
    ],
    [
      'a Python whose job is free-threaded',
      ['cp312-cp312-manylinux_2_28_x86_64'],
      [job(LINUX.target, '3.12t')],
      null,
      'CPython 3.12',
    ],
    ['PyPy', ['pp311-pypy311_pp73-manylinux_2_28_x86_64'], [LINUX], 'cp39', 'PyPy 3.11'],
    ['a Python that the stable ABI covers', ['cp312-cp312-manylinux_2_28_x86_64'], [LINUX], 'cp39', null],
    [
      'a Python without a job',
      ['cp312-cp312-manylinux_2_28_x86_64'],
      [job(LINUX.target, '3.13')],
      null,
      'CPython 3.12',
    ],
    ['a Python with a job', ['cp312-cp312-manylinux_2_28_x86_64'], [job(LINUX.target, '3.12')], null, null],
    ['a Python that requires-python excludes', ['cp38-cp38-manylinux_2_28_x86_64'], [LINUX], null, null],
    ['universal2, now two wheels', ['cp39-abi3-macosx_11_0_universal2'], MACS, 'cp39', null],
    [
      'two wheels, now universal2',
      ['cp39-abi3-macosx_11_0_arm64', 'cp39-abi3-macosx_10_12_x86_64'],
      [job('universal2-apple-darwin')],
      'cp39',
      null,
    ],
    ['Windows', ['cp39-abi3-win_amd64', 'cp39-abi3-win32'], [LINUX], 'cp39', 'Windows amd64 and Windows x86'],
    ['a pure package', ['py3-none-any'], [job('')], null, null],
    ['what another job builds', ['cp312-cp312-musllinux_1_2_aarch64', 'pp311-pypy311_pp73-win_amd64'], [], null, null],
  ]

test.each(CASES)('%s', (_, tags, jobs, abi3, lost) => {
  const filenames = tags.map((each) => `demo-1.2.0-${each}.whl`)
  const problems = lostWheels({ ...PACKAGE, abi3 }, jobs, { version: '1.2.0', filenames })
  const message = `The last release of demo, 1.2.0, has wheels for ${lost}; this one will not.`
  expect(problems.map((each) => [each.code, each.message])).toEqual(lost === null ? [] : [['wheels-lost', message]])
})

test('the hint names the targets to add, and what no setting adds', () => {
  const filenames = ['cp39-abi3-musllinux_1_2_aarch64', 'cp39-abi3-win32', 'cp39-abi3-manylinux_2_17_s390x'].map(
    (each) => {
      return `demo-1.2.0-${each}.whl`
    },
  )
  const [problem] = lostWheels(PACKAGE, [LINUX], { version: '1.2.0', filenames })
  expect(problem?.hint).toMatch(
    /^Add "s390x-unknown-linux-gnu", "aarch64-unknown-linux-musl" to `targets`.*plan Windows x86 yet/,
  )
  expect(problem?.where).toEqual({ file: 'py/pyproject.toml', line: 1 })
})

test('a wheel with the stable ABI of free-threaded Pythons covers all that load it', () => {
  const filenames = ['cp314-cp314t', 'cp315-cp315', 'cp316-cp316t', 'cp315-abi3.abi3t'].map((each) => {
    return `demo-1.2.0-${each}-manylinux_2_28_x86_64.whl`
  })
  const planned = { ...PACKAGE, abi3: null, abi3t: 'cp315' as const }
  const [problem] = lostWheels(planned, [LINUX], { version: '1.2.0', filenames })
  expect(problem?.message).toMatch(/has wheels for CPython 3\.14t; this one will not\.$/)
})

test('the hint names the setting that adds wheels for Pythons, by the name of the package', () => {
  const filenames = ['cp313-cp313t', 'cp314-cp314t', 'pp311-pypy311_pp73'].map((each) => {
    return `demo-1.2.0-${each}-manylinux_2_28_x86_64.whl`
  })
  const [problem] = lostWheels({ ...PACKAGE, name: 'acme.demo' }, [LINUX], { version: '1.2.0', filenames })
  expect(problem?.hint).toMatch(
    /^Add `pythons = \["3\.13t", "3\.14t", "pypy3\.11"\]` to `\[packages\."acme\.demo"\]` in slipway\.toml\. Slipway’s workflows install CPythons; in your own, setup-toolchains does\.$/,
  )
})
