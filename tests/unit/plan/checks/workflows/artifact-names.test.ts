import { expect, test } from '@jest/globals'
import { expression, FILE, reported } from './workflow.ts'

const REPEATS = 'warning workflow-artifact-name-repeats'
const matrix = (name: string, values = '[a, b]') =>
  `strategy:\n  matrix:\n    target: ${values}\nsteps:\n  - uses: actions/upload-artifact@v4\n    with:\n      name: ${name}`
test.each([
  ['one name', matrix('wheels'), [`${REPEATS} :10`]],
  ['one name by an expression', matrix(`wheels-${expression('github.sha')}`), [`${REPEATS} :10`]],
  ['no name', matrix('x').replace(/\n.*with:\n.*/, ''), [`${REPEATS} :8`]],
  ['a name of each', matrix(`wheels-${expression('matrix.target')}`), []],
  ['a matrix with one job', matrix('wheels', '[a]'), []],
  ['a computed matrix', matrix('wheels', expression('fromJSON(needs.plan.outputs.matrix)')), [`${REPEATS} :10`]],
  ['one name, by a conditional step', `${matrix('wheels')}\n    if: matrix.target == 'a'`, []],
  ['one name, by a job that runs for some entries', `if: matrix.target == 'a'\n${matrix('wheels')}`, []],
  ['one name, by a conditional job', `if: github.ref_type == 'tag'\n${matrix('wheels')}`, [`${REPEATS} :11`]],
  ['one that overwrites', `${matrix('wheels')}\n      overwrite: true`, []],
])('artifacts of %s', async (_, lines, expected) => {
  expect(await reported(lines)).toEqual(expected)
})

test.each([
  ['x', 'x', '', [`${REPEATS} :11`]],
  ['x', 'y', '', []],
  ['x', 'x', '    if: false\n', []],
])('artifacts of two jobs, %s and %s %p', async (first, second, condition, expected) => {
  const job = (name: string, artifact: string, more = '') =>
    `  ${name}:\n${more}    steps:\n      - uses: actions/upload-artifact@v4\n        with: {name: ${artifact}}\n`
  const tree = { [FILE]: `on: push\njobs:\n${job('a', first)}\n${job('b', second, condition)}` }
  expect(await reported('', tree)).toEqual(expected)
})

const axes = (name: string, more = '') =>
  `${more}runs-on: "${expression('matrix.os')}"\nstrategy:\n  matrix:\n    os: [ubuntu-24.04, macos-15]\n    python: [3.9, 3.10]\nsteps:\n  - uses: actions/upload-artifact@v4\n    with:\n      name: "${name}"`
const included = (name: string, include: string) =>
  `runs-on: "${expression('matrix.os')}"\nstrategy:\n  matrix:\n    include: [${include}]\nsteps:\n  - uses: actions/upload-artifact@v4\n    with:\n      name: "${name}"`
const OS = expression('matrix.os')
const PYTHON = expression('matrix.python')
const SYSTEM = expression('runner.os')
test.each([
  ['one of two axes', axes(`wheels-${OS}`), [`${REPEATS} :12`]],
  ['the other', axes(`wheels-${PYTHON}`), [`${REPEATS} :12`]],
  ['both', axes(`wheels-${OS}-${PYTHON}`), []],
  ['both, by the system', axes(`wheels-${SYSTEM}-${PYTHON}`), []],
  ['its index', axes(`wheels-${expression('strategy.job-index')}`), []],
  ['a computed value', axes(`wheels-${expression("join(matrix.*, '-')")}`), []],
  ['an output of another job', axes(`wheels-${expression('needs.plan.outputs.version')}`), [`${REPEATS} :12`]],
  ['an output of a step', axes(`wheels-${expression('steps.v.outputs.version')}`), []],
  ['an env', axes(`wheels-${expression('env.V')}`, 'env: {V: "1"}\n'), [`${REPEATS} :13`]],
  ['an env of each', axes(`wheels-${expression('env.V')}`, `env: {V: "${OS}-${PYTHON}"}\n`), []],
  ['an unknown env', axes(`wheels-${expression('env.V')}`), []],
  [
    'an env that steps set',
    `${axes(`wheels-${expression('env.V')}`, 'env: {V: "1"}\n')}\n  - run: echo V=$(uname -m) >> $GITHUB_ENV`,
    [],
  ],
  ['one system of two runners', included(`w-${SYSTEM}`, '{os: macos-13}, {os: macos-14}'), [`${REPEATS} :11`]],
  ['two systems', included(`w-${SYSTEM}`, '{os: macos-13}, {os: windows-2022}'), []],
  ['runners of their own', included(`w-${SYSTEM}`, '{os: ours}, {os: theirs}'), []],
  ['a value of each', included(`w-${expression('matrix.a.b')}`, '{os: x, a: {b: 1}}, {os: x, a: {b: 2}}'), []],
  [
    'a value of both',
    included(`w-${expression('matrix.a.b')}`, '{os: x, a: {b: 1}}, {os: y, a: {b: 1}}'),
    [`${REPEATS} :11`],
  ],
  [
    'one axis, where the other has one value left',
    axes(`w-${OS}`).replace('3.10]\n', '3.10]\n    exclude: [{python: 3.9}]\n'),
    [],
  ],
  [
    'one axis, to which more is added',
    axes(`w-${OS}`).replace(/ {4}python.*\n/, '    include: [{os: macos-15, x: 1}, {os: ours}]\n'),
    [],
  ],
  [
    'one job, twice',
    `steps:\n${'  - uses: actions/upload-artifact@v4\n    with: {name: x}\n'.repeat(2)}`,
    [`${REPEATS} :8`],
  ],
  [
    'one job, by either step',
    `steps:\n${'  - if: failure()\n    uses: actions/upload-artifact@v4\n    with: {name: x}\n'.repeat(2)}`,
    [],
  ],
])('artifacts whose names have %s', async (_, lines, expected) => {
  expect(await reported(lines)).toEqual(expected)
})

test.each([
  ['a', [`${REPEATS} :14`]],
  ['b', []],
])('artifacts of two jobs by targets that may be equal, %s', async (target, expected) => {
  const job = (name: string, value: string) =>
    `  ${name}:\n    strategy: {matrix: {target: [${value}, c${value}]}}\n    steps:\n      - uses: actions/upload-artifact@v4\n        with:\n          name: w-${expression('matrix.target')}\n`
  expect(await reported('', { [FILE]: `on: push\njobs:\n${job('linux', 'a')}${job('mac', target)}` })).toEqual(expected)
})

test('matrices of aliases cost little', async () => {
  const names = Array.from(
    { length: 200 },
    (_, index) => `    - uses: a/upload-artifact@v4\n      with: {name: "${index}-${OS.repeat(15)}"}\n`,
  )
  const values = Array.from({ length: 16 }, (_, index) => `{a: ${index}, b: ${index}}`).join()
  const matrix = `x: &m {os: [${values}], b: [${values}], include: [${Array.from({ length: 16 }, (_, index) => `{c${index}: 1}`).join()}]}\ny: &s\n${names.join('')}`
  const jobs = Array.from({ length: 1_000 }, (_, index) => `  j${index}: {strategy: {matrix: *m}, steps: *s}\n`)
  expect(await reported('', { [FILE]: `${matrix}jobs:\n${jobs.join('')}` })).toEqual([])
})
