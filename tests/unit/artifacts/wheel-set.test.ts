import { expect, test } from '@jest/globals'
import { missingWheels, unplannedTags } from '@slipway/artifacts/wheel-set'
import type { MatrixEntry, PlannedPackage } from '@slipway/core/plan'

const LINUX = 'x86_64-unknown-linux-gnu'
const MAC = 'aarch64-apple-darwin'

function planned(name = 'Demo.Pkg'): PlannedPackage {
  return { name, version: '1.0.0rc1', path: '.', backend: 'maturin', abi3: null, imports: [] }
}

function jobs(targets: readonly string[], interpreters: readonly string[]): MatrixEntry[] {
  return targets.flatMap((target) =>
    interpreters.map((interpreter) => ({
      name: `${target}-${interpreter}`,
      package: 'Demo.Pkg',
      path: '.',
      runner: 'r',
      target,
      manylinux: '',
      interpreter,
      sdist: false,
    })),
  )
}

/** Returns the missing platforms as the message lists them. */
function missing(matrix: MatrixEntry[], ...tags: string[]): string {
  const files = tags.map((each) => (each === 'sdist' ? 'demo_pkg-1.0.0rc1.tar.gz' : `demo_pkg-1.0.0rc1-${each}.whl`))
  return missingWheels({ matrix, packages: [planned()] }, files, 'warning')
    .map(({ message }) => /no wheel for (.*?), so pip/.exec(message)?.[1])
    .join()
}

test.each([
  [LINUX, 'manylinux_2_17_x86_64.manylinux2014_x86_64', true],
  [LINUX, 'linux_x86_64', true],
  [LINUX, 'musllinux_1_2_x86_64', false],
  [LINUX, 'manylinux_2_17_aarch64', false],
  [LINUX, 'any', true],
  ['x86_64-unknown-linux-musl', 'musllinux_1_2_x86_64', true],
  ['armv7-unknown-linux-gnueabihf', 'manylinux_2_17_armv7l', true],
  ['armv7-unknown-linux-gnueabihf', 'musllinux_1_2_armv7l', false],
  ['i686-unknown-linux-gnu', 'manylinux_2_17_i686', true],
  [MAC, 'macosx_11_0_arm64', true],
  [MAC, 'macosx_11_0_universal2', true],
  [MAC, 'macosx_10_12_x86_64', false],
  ['x86_64-apple-darwin', 'macosx_10_12_x86_64', true],
  ['x86_64-apple-darwin', 'macosx_11_0_arm64', false],
  ['universal2-apple-darwin', 'macosx_10_12_x86_64.macosx_11_0_arm64.macosx_10_12_universal2', true],
  ['x86_64-pc-windows-msvc', 'win_amd64', true],
  ['x86_64-pc-windows-msvc', 'win_arm64', false],
  ['aarch64-pc-windows-msvc', 'win_arm64', true],
  ['i686-pc-windows-msvc', 'win32', true],
])('for %s a wheel of %s: %p', (target, platform, isOne) => {
  expect(missing(jobs([target], ['3.8']), `cp38-abi3-${platform}`)).toBe(isOne ? '' : target)
})

test.each([
  ['3.8', 'cp38-abi3', true],
  ['3.9', 'cp38-abi3', true],
  ['3.8', 'cp39-abi3', false],
  ['3.12', 'cp312-cp312', true],
  ['3.12', 'cp311-cp311', false],
  ['3.12', 'py3-none', true],
  ['3.12', 'py2.py3-none', true],
  ['3.12', 'py2-none', false],
  ['3.14', 'cp314-cp314t', false],
  ['3.14t', 'cp314-cp314t', true],
  ['3.14t', 'cp314-cp314', false],
  ['3.14t', 'cp38-abi3', false],
  ['3.15t', 'cp315-abi3.abi3t', true],
  ['3.14t', 'cp315-abi3t', false],
  ['3.14t', 'py3-none', true],
])('on Python %s a wheel of %s: %p', (interpreter, tag, isOne) => {
  expect(missing(jobs([LINUX], [interpreter]), `${tag}-manylinux_2_17_x86_64`)).toBe(isOne ? '' : LINUX)
})

test('missing wheels are listed by platform, and by Python where some exist', () => {
  const matrix = jobs([LINUX, MAC], ['3.11', '3.12', '3.13'])
  expect(missing(matrix, 'cp311-cp311-manylinux_2_17_x86_64')).toBe(`${LINUX} on Python 3.12 and 3.13 and ${MAC}`)
  expect(missing(matrix, 'sdist')).toBe(`${LINUX} and ${MAC}`)
  expect(missing(matrix)).toBe('')
})

test('a pure-Python package needs one wheel', () => {
  expect(missing(jobs([''], ['3.13']), 'sdist')).toBe('any platform')
  expect(missing(jobs([''], ['3.13']), 'py3-none-any')).toBe('')
})

test('only files of the package in its version count', () => {
  const plan = { matrix: jobs([LINUX], ['3.8']), packages: [planned()] }
  const of = (...files: string[]) => missingWheels(plan, files, 'error')
  expect(of('other-1.0.0rc1.tar.gz', 'demo_pkg_more-1.0.0rc1-py3-none-any.whl', 'notes.md')).toEqual([])
  expect(of('demo_pkg-0.9.0-py3-none-any.whl')).toMatchObject([{ code: 'wheels-missing', severity: 'error' }])
  expect(of('Demo.Pkg-1.0.0-rc.1-py3-none-any.whl', 'demo_pkg-1.0.0rc1.tar.gz')).toHaveLength(1)
  expect(missingWheels(plan, ['demo_pkg-0.9.0-py3-none-any.whl'], 'ignore')).toEqual([])
  const unpublished = { ...plan, packages: [{ ...planned(), reason: 'It is private.' }] }
  expect(missingWheels(unpublished, ['demo_pkg-0.9.0-py3-none-any.whl'], 'error')).toEqual([])
})

test.each<[string, string, string, string | null, RegExp | null]>([
  [LINUX, '', 'cp39-abi3-manylinux_2_17_x86_64', 'cp39', null],
  ['', '', 'cp38-abi3-manylinux_2_17_x86_64', 'cp39', null],
  ['', '', 'cp310-abi3-manylinux_2_17_x86_64', 'cp39', /planned for CPython 3\.9 and later,/],
  ['', '', 'cp312-cp312-manylinux_2_17_x86_64', 'cp39', /planned for CPython 3\.9 and later,/],
  ['', '3.12', 'cp312-cp312-manylinux_2_17_x86_64', null, null],
  ['', '3.12', 'cp311-cp311-manylinux_2_17_x86_64', null, /planned for CPython 3\.12,/],
  ['', '3.14t', 'cp314-cp314t-manylinux_2_17_x86_64', 'cp39', null],
  ['', '3.14t', 'cp39-abi3-manylinux_2_17_x86_64', 'cp39', /planned for CPython 3\.14t,/],
  ['', '3.15t', 'cp315-abi3.abi3t-manylinux_2_17_x86_64', 'cp39', null],
  ['', '3.15t', 'cp315-abi3-manylinux_2_17_x86_64', 'cp39', /planned for CPython 3\.15t,/],
  ['', 'pypy3.11', 'pp311-pypy311_pp73-manylinux_2_17_x86_64', 'cp39', null],
  ['', 'pypy3.11', 'pp310-pypy310_pp73-manylinux_2_17_x86_64', null, /planned for PyPy 3\.11,/],
  ['', 'pypy3.11', 'cp311-cp311-manylinux_2_17_x86_64', null, /planned for PyPy 3\.11,/],
  ['', '', 'py3-none-manylinux_2_17_x86_64', null, null],
  [MAC, '', 'cp39-abi3-manylinux_2_17_x86_64', 'cp39', /planned for aarch64-apple-darwin,/],
])('for %j and Python %j a wheel of %s, with abi3 %s', (target, interpreter, tags, abi3, message) => {
  const problem = unplannedTags(`demo_pkg-1.0.0-${tags}.whl`, { target, interpreter }, abi3)
  if (message === null) expect(problem).toBeNull()
  else expect(problem).toMatchObject({ code: 'wheel-tags-not-planned', message: expect.stringMatching(message) })
})

test.each([
  ['cp311-abi3', 'cp38', 'Name the lowest Python in the feature of pyo3: abi3-py38, not `abi3` alone.'],
  ['cp313-abi3', 'cp310', 'Name the lowest Python in the feature of pyo3: abi3-py310, not `abi3` alone.'],
  ['cp311-cp311', 'cp38', 'Check that the build has the features of pyo3 that the manifest has'],
])('a wheel of %s, with abi3 %s: %s', (tags, abi3, hint) => {
  const filename = `demo_pkg-1.0.0-${tags}-manylinux_2_17_x86_64.whl`
  expect(unplannedTags(filename, { target: LINUX, interpreter: '' }, abi3)?.hint).toContain(hint)
})
