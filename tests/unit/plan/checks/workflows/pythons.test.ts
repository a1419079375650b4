import { expect, test } from '@jest/globals'
import { workspace } from '../../../trees.ts'
import { expression, FILE, reported, UPLOAD, wheels } from './workflow.ts'

const PY = workspace()['py/Cargo.toml'] as string
const perPython = (pythons: string, hand = 'twine upload dist/*') =>
  `runs-on: macos-latest\nstrategy:\n  matrix:\n    python-version: ${pythons}\nsteps:\n  - run: maturin build\n  - run: ${hand}`
test.each([
  ['several', perPython('["3.9", "3.10"]'), ['notice workflow-wheel-per-python :9']],
  ['one', perPython('["3.9"]'), []],
  [
    'several, spelled differently',
    perPython('[{interpreter: python3.9, publish: true}, {interpreter: python3.10, publish: true}]'),
    ['notice workflow-wheel-per-python :9'],
  ],
  ['several without quotes', perPython('[3.9, 3.10]'), ['notice workflow-wheel-per-python :9']],
  ['one and a free-threaded', perPython('["abi3", "3.14", "3.14t", "pypy3.10"]'), []],
  [
    'one for each of two targets',
    perPython('["3.9"]\n    include: [{python-version: "3.9", target: a}, {python-version: "3.9", target: b}]'),
    [],
  ],
  ['several, only for tests', perPython('["3.9", "3.10"]', 'pytest'), []],
])('wheels of %s Pythons', async (_, lines, expected) => {
  expect(await reported(lines)).toEqual(expected)
  const without = { 'py/Cargo.toml': PY.replace(', features = ["abi3-py39"]', '') }
  expect(await reported(lines, without)).toEqual(expected)
})

test('Pythons of different platforms have wheels of different names', async () => {
  const matrix = (arm: string) =>
    perPython(`["3.9"]\n    os: [macos-latest, windows-latest]\n    include: [{os: ${arm}, python-version: "3.11"}]`)
  expect(await reported(matrix('windows-11-arm'))).toEqual([])
  expect(await reported(matrix('macos-latest').replace('["3.9"]', '["3.9", "3.11"]'))).toEqual([
    'notice workflow-wheel-per-python :11',
  ])
})

test.each(['py', 'py-version', 'python_version'])('a matrix of Pythons by the name %s', async (key) => {
  expect(await reported(perPython('["3.9", "3.10"]').replace('python-version', key))).toEqual([
    'notice workflow-wheel-per-python :9',
  ])
})

test('a matrix of Pythons for tests of wheels', async () => {
  const tests = perPython('["3.9", "3.10"]', 'pytest').replace('build', 'build --out dist')
  expect(
    await reported(
      `${tests}\n  ${UPLOAD}coverage.xml`.replace('name: wheels', `name: "${expression('matrix.python-version')}"`),
    ),
  ).toEqual([])
})

test.each(['-i python3.9 python3.10', '--interpreter 3.9 3.10 3.11', "-i '3.9 3.10 3.11'", '-i "3.9" "3.10"'])(
  'maturin builds for %s',
  async (list) => {
    const lines = wheels(`maturin build --zig ${list}`)
    const without = { 'py/Cargo.toml': PY.replace(', features = ["abi3-py39"]', '') }
    expect(await reported(lines, without)).toEqual(['notice workflow-wheel-per-python :6'])
    // With a stable ABI, maturin builds one.
    expect(await reported(lines)).toEqual([])
  },
)

test('a possible abi3 wheel is reported once per file, clashing wheels in each job', async () => {
  const job = (name: string) => `  ${name}:\n${perPython('["3.9", "3.10"]').replace(/^/gm, '    ')}\n`
  const two = { [FILE]: `on: push\njobs:\n${job('a')}${job('b')}` }
  expect(await reported('', two)).toEqual([
    'notice workflow-wheel-per-python :9',
    'notice workflow-wheel-per-python :17',
  ])
  const without = { 'py/Cargo.toml': PY.replace(', features = ["abi3-py39"]', '') }
  expect(await reported('', { ...two, ...without })).toEqual(['notice workflow-wheel-per-python :9'])
})
