import { expect, test } from '@jest/globals'
import { startsAt, tagTrigger } from '@slipway/documents/workflows/triggers'
import { parseYaml } from '@slipway/documents/yaml'

test.each([
  ['on: push', 'v1', true],
  ['on: [push, pull_request]', 'v1', true],
  ['on: pull_request', 'v1', null],
  ['on: { push: }', 'v1', true],
  ['on: { push: { branches: [main] } }', 'v1', null],
  ['on: { push: { tags: ["v*"] } }', 'v1.0', true],
  ['on: { push: { tags: ["v*"] } }', 'a/v1.0', false],
  ['on: { push: { tags: "v[0-9]+.[0-9]+" } }', 'v1.20', true],
  ['on: { push: { tags: ["**", "!*-rc*"] } }', 'v1-rc1', false],
  ['on: { push: { tags-ignore: ["v*"] } }', 'v1', false],
  ['on: { workflow_dispatch: { } }', 'v1', null],
])('%s, tag %s: %s', async (text, tag, expected) => {
  const trigger = tagTrigger(await parseYaml('release.yml', text))
  expect(trigger && startsAt(trigger, tag)).toBe(expected)
})
