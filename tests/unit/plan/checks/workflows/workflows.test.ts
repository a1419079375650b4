import { expect, test } from '@jest/globals'
import { FILE, reported } from './workflow.ts'

test.each([
  ['is broken', 'jobs: {a: [wheel\n', [`warning workflow-unreadable :2`]],
  ['is not a mapping', '- wheel\n', []],
  ['has odd shapes', 'jobs:\n  wheel: {steps: {run: 1}, strategy: [], runs-on: {group: x}}\n  b:\n  c: [1]\n', []],
  ['contains itself', 'jobs: &a\n  wheel: *a\n  steps: *a\n', []],
  ['is of another kind', 'wheel: [', [], '.github/workflows/notes.txt'],
])('a workflow that %s', async (_, text, expected, file = FILE) => {
  expect(await reported('', { [FILE]: null, [file]: text })).toEqual(expected)
})

test('uploads of a workflow of aliases cost little', async () => {
  const lines = Array.from({ length: 1_000 }, (_, index) => `        pip wheel py -w x${index}\n`).join('')
  const steps = `x: &s\n  - uses: actions/upload-artifact@v4\n    with: {path: wheels}\n  - run: &r |\n${lines}${'  - run: *r\n'.repeat(198)}`
  const jobs = Array.from({ length: 100 }, (_, index) => `  j${index}: {runs-on: ubuntu-latest, steps: *s}\n`).join('')
  const found = await reported('', { [FILE]: `${steps}jobs:\n${jobs}` })
  expect(found.filter((each) => each.startsWith('warning workflow-wheels-not-manylinux'))).toHaveLength(100)
})

test('a workflow of aliases costs little', async () => {
  const steps = `x: &s\n${'  - run: maturin build wheel\n'.repeat(4_000)}`
  const jobs = Array.from({ length: 4_000 }, (_, index) => `  j${index}: {steps: *s}\n`).join('')
  expect(await reported('', { [FILE]: `${steps}jobs:\n${jobs}` })).toEqual([])
})
