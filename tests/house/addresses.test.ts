import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { files, root } from './checkout.ts'

/** The only file that may contain addresses of public registries. */
const ENDPOINTS = 'packages/registries/src/endpoints.json'

// Split into parts, so that this file passes its own test.
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

test('only one data file has addresses of public registries', () => {
  const among = files.filter((file) => file !== ENDPOINTS && !file.startsWith('dist/'))
  expect(linesThat(ADDRESS, among)).toEqual([])
})

test('no file has a path of the machine that it was written on', () => {
  expect(linesThat(MACHINE, files)).toEqual([])
})

test('the lock file has no download addresses', () => {
  expect(linesThat(/"resolved": "(?!packages\/)/, ['package-lock.json'])).toEqual([])
})
