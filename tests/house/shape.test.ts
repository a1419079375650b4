import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { root } from './checkout.ts'
import { SOURCES } from './import-graph.ts'

/** Written by `npm run docs`. */
const GENERATED = ['packages/core/src/problem-pages.ts']

const lines = new Map(
  SOURCES.map((file) => [file, readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length]),
)

function linesIn(folder: string): number {
  return [...lines].reduce((sum, [file, count]) => sum + (file.startsWith(`${folder}/`) ? count : 0), 0)
}

test('no source file is longer than 250 lines', () => {
  const long = [...lines].filter(([file, count]) => count > 250 && !GENERATED.includes(file))
  expect(long).toEqual([])
})

test.each(['packages/project', 'packages/plan'])('%s has less than a fifth of the sources', (folder) => {
  expect(linesIn(folder)).toBeGreaterThan(1000)
  expect(linesIn(folder)).toBeLessThan((linesIn('packages') + linesIn('actions')) / 5)
})

test('the tests that Windows skips exist', async () => {
  const text = readFileSync(join(root, 'jest.config.js'), 'utf8')
  const [, list = ''] = /const POSIX = \[([^\]]*)\]/.exec(text) ?? []
  const names = [...list.matchAll(/'([^']+)'/g)].map(([, name]) => name)
  expect(names.length).toBeGreaterThan(10)
  expect(names.filter((each) => !existsSync(join(root, 'tests/unit', `${each}.test.ts`)))).toEqual([])
})
