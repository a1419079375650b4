import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { describeFile } from '@slipway/artifacts/artifact'
import type { PlannedPackage } from '@slipway/core/plan'
import { type Execution, executeWheels, unexecuted } from '@slipway/release/verify/execute-wheels'
import { findPythons, loads, type Python } from '@slipway/toolchain/python'
import { machineName, thisMachine } from '@slipway/toolchain/this-machine'
import { type Made, makeWheel, temporaryFolder } from '../../../sandbox/harness.ts'
import { realPorts } from '../../toolchain/ports.ts'

const plover: PlannedPackage = {
  name: 'Plover',
  version: '1.0',
  path: 'python',
  backend: 'maturin',
  abi3: null,
  imports: ['plover'],
}
/** Distributions that pip finds without a network. */
const BESIDE: Made[] = [
  { name: 'egret', version: '2.0', files: { 'egret.py': '' } },
  { name: 'heron', version: '3.0', files: { 'heron.py': '' } },
]

/** The wheel to execute. */
interface Wheel {
  text?: string
  tag?: string
  planned?: Partial<PlannedPackage>
  metadata?: string[]
  /** More files. */
  files?: Record<string, string>
}

/** Executes a wheel of plover; returns the wheel, or the problem. */
async function executed({ text = '', tag, planned = {}, metadata = [], files }: Wheel, how: Partial<Execution> = {}) {
  const folder = temporaryFolder()
  for (const { filename, bytes } of BESIDE.map(makeWheel)) writeFileSync(join(folder, filename), bytes)
  const made = makeWheel({ name: 'plover', version: '1.0', metadata, files: { 'plover.py': text, ...files } })
  const path = join(folder, tag ? `plover-1.0-${tag}.whl` : made.filename)
  writeFileSync(path, made.bytes)
  const ports = realPorts({ ...process.env, PIP_CONFIG_FILE: '/dev/null', PIP_NO_INDEX: '1', PIP_FIND_LINKS: folder })
  const wheel = await describeFile('wheel', 'plover', '1.0', path)
  const options: Execution = { folder: temporaryFolder(), pythons: 'lowest', ...how }
  const plan = { packages: [{ ...plover, ...planned }] }
  try {
    const [only] = await executeWheels(ports, plan, [wheel], options)
    return only
  } catch (cause) {
    return (cause as { problems: { code: string; message: string }[] }).problems[0]
  }
}

const machine = machineName(thisMachine())
/** Where a wheel ran. */
const on = (count: number) => [
  { machine, pythons: Array.from({ length: count }, () => expect.stringMatching(/^3\.\d+\.\d+t?$/)) },
]

test('a wheel is executed on the lowest Python, or on each minor version once', async () => {
  expect(await executed({})).toMatchObject({ filename: 'plover-1.0-py3-none-any.whl', executed: on(1) })
  const pythons = (await findPythons(realPorts(process.env))).filter((each) => each.venv)
  const minors = new Set(pythons.map((each) => `${each.version.split('.')[1]} ${each.freeThreaded}`))
  const all = await executed({}, { pythons: 'all' })
  expect(all).toMatchObject({ executed: on(minors.size) })
})

test.each([
  ['lowest', 'py3-none-win_arm64', /^it is for another platform than this/],
  ['lowest', 'cp399-cp399-any', /^it runs on none of the Pythons to try \(3\./],
  ['none', 'py3-none-win_arm64', /^`test-python` is `none`$/],
  ['none', 'py3-none-any', /^`test-python` is `none`$/],
] as const)('with the Pythons %s, a wheel for %s is only inspected', async (pythons, tag, reason) => {
  const wheel = await executed({ tag }, { pythons })
  expect(wheel).toMatchObject({ notExecuted: expect.stringMatching(reason) })
  expect(wheel).not.toHaveProperty('executed')
  expect(unexecuted([wheel as never])).toMatchObject([
    { code: 'wheel-not-executed', message: expect.stringContaining(`plover-1.0-${tag}.whl`) },
  ])
})

test('a Python that is missing is reported, and one that may not install the wheel is left out', async () => {
  expect(await executed({}, { pythons: ['3.99'] })).toMatchObject({ code: 'python-missing' })
  expect(await executed({ planned: { requiresPython: '>=3.99' } }, { pythons: 'all' })).toMatchObject({
    notExecuted: expect.stringMatching(/^it runs on none of the Pythons/),
  })
})

test.each([
  ['raises at import', { text: 'raise ImportError("no luck")\n' }, {}, 'verification-failed', 'no luck'],
  ['reports another version', { text: '__version__ = "1.1"\n' }, {}, 'installed-version-differs', '1.1'],
  ['is hidden by the standard library', {}, { imports: ['json'] }, 'verification-failed', 'json is loaded from'],
  ['lacks a promised module', {}, { imports: ['plover', 'avocet'] }, 'verification-failed', "'avocet'"],
] as const)('a wheel that %s is refused', async (_, made, how, code, text) => {
  expect(await executed(made, how)).toMatchObject({ code, message: expect.stringContaining(text) })
})

test('a module without a file counts as the wheel’s if one above it is, or its folder is in the wheel', async () => {
  const text = 'import sys, types\nsys.modules["plover.made"] = types.ModuleType("plover.made")\n__path__ = []\n'
  expect(await executed({ text }, { imports: ['plover', 'plover.made'] })).toMatchObject({ executed: on(1) })
  const files = { 'birds/plover.py': '' }
  expect(await executed({ files }, { imports: ['birds', 'birds.plover'] })).toMatchObject({ executed: on(1) })
})

test('the test runs in the environment, with extras and requirements, and its failure is an error', async () => {
  const project = temporaryFolder()
  mkdirSync(join(project, 'python'))
  writeFileSync(
    join(project, 'python', 'check.py'),
    'import sys, plover, egret, heron\nsys.exit(sys.argv[1:] != ["a b"])\n',
  )
  const metadata = ['Requires-Dist: egret; extra == "birds"', 'Provides-Extra: birds']
  const test = { extras: ['birds'], requires: ['heron>=3'], command: "python {package}/check.py 'a b'", project }
  expect(await executed({ metadata }, { test })).toMatchObject({ executed: on(1) })
  expect(await executed({ metadata }, { test: { ...test, extras: [] } })).toMatchObject({
    code: 'verification-failed',
    message: expect.stringContaining("No module named 'egret'"),
  })
  expect(await executed({ metadata }, { test: { ...test, command: 'false; true' } })).toMatchObject({
    code: 'verification-failed',
    message: expect.stringMatching(/^The test command of Plover \(Python 3\S+\) failed \(exit 1\)/),
  })
})

const python = (version: string, freeThreaded = false): Python => {
  return { path: '', version, implementation: 'cpython', freeThreaded, venv: true }
}

test.each([
  ['py3', 'none', ['3.9.1', '3.14.0', '3.14.0t']],
  ['py2.py3', 'none', ['3.9.1', '3.14.0', '3.14.0t']],
  ['cp39', 'abi3', ['3.9.1', '3.14.0']],
  ['cp310', 'abi3', ['3.14.0']],
  ['cp314', 'cp314', ['3.14.0']],
  ['cp314', 'cp314t', ['3.14.0t']],
  ['cp314', 'none', ['3.14.0', '3.14.0t']],
  ['pp311', 'pypy311_pp73', []],
])('a wheel %s-%s loads on %j', (pythonTag, abiTag, versions) => {
  const all = [python('3.9.1'), python('3.14.0'), python('3.14.0', true)]
  const tags = { pythonTags: pythonTag.split('.'), abiTags: [abiTag] }
  const found = all.filter((each) => loads(each, tags)).map((each) => each.version + (each.freeThreaded ? 't' : ''))
  expect(found).toEqual(versions)
})
