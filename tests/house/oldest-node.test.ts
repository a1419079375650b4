import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { files, root } from './checkout.ts'

/** The packages that the command loads, which runs on any Node of `engines`; actions run on Node 24. */
const COMMAND = /^packages\/(?!release\/src\/publish\/|runtime\/)[^/]+\/src\/.*\.ts$/

/** Names that the oldest Node lacks (Node's documentation, "Added in"; ECMAScript 2024 and later). */
const NEWER = [
  'validFromDate',
  'validToDate',
  'Promise\\.withResolvers',
  'Promise\\.try',
  'Array\\.fromAsync',
  'Object\\.groupBy',
  'Map\\.groupBy',
  'RegExp\\.escape',
  'Iterator\\.from',
  'URL\\.parse',
  'path\\.matchesGlob',
  'registerHooks',
  'enableCompileCache',
]

test('the command uses nothing that the oldest Node lacks', () => {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  expect(engines.node).toBe('>=20.16')
  const used = new RegExp(`(?<!['\`.\\w])(?:\\w+\\.)*(?:${NEWER.join('|')})\\b(?!['\`])`)
  const found = files
    .filter((each) => COMMAND.test(each))
    .flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .filter((line) => !/^\s*(?:\/\/|\*|\/\*)/.test(line) && used.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    )
  expect(found).toEqual([])
  expect('const { from } = certificate.validFromDate').toMatch(used)
})
