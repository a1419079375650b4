import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { files, root } from './checkout.ts'

/** The one place that may name the world's registries. */
const ENDPOINTS = 'packages/registries/src/endpoints.json'

// In pieces, so that this file passes its own test.
const dot = '\\.'
const registries = ['crates io', 'pypi org', 'pythonhosted org', 'npmjs org', 'npmjs com', 'docker io', 'rust-lang org']
const hosts = registries.map((name) => name.replace(' ', dot)).join('|')
const services = [
  'index crates io',
  'static crates io',
  'upload pypi org',
  'test pypi org',
  'api github com',
  'uploads github com',
]
const ADDRESS = new RegExp(
  `https?://(?:[\\w-]+${dot})*(?:${hosts})\\b(?!-)|(?<![\\w.-]|(?<!/)/)(?:${services.map((name) => name.replaceAll(' ', dot)).join('|')})\\b`,
)
const MACHINE = new RegExp(
  `(?<![\\w.~-])/(?:${['ro' + 'ot', 'ho' + 'me/\\w+', 'Us' + 'ers/\\w+', 'wo' + 'rk/main'].join('|')})/`,
)

function linesThat(pattern: RegExp, among: readonly string[]): string[] {
  return among.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
  )
}

test('public registries are addressed in one data file only', () => {
  const among = files.filter((file) => file !== ENDPOINTS && !file.startsWith('dist/'))
  expect(linesThat(ADDRESS, among)).toEqual([])
})

test('no file knows the machine it was written on', () => {
  expect(linesThat(MACHINE, files)).toEqual([])
})

test('the lock file holds no download addresses', () => {
  expect(linesThat(/"resolved": "(?!packages\/)/, ['package-lock.json'])).toEqual([])
})
