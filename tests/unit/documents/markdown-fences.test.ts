import { expect, test } from '@jest/globals'
import { FenceReader } from '@slipway/documents/markdown-fences'

test.each([
  ['a fence and its end', 'a\n```sh\nb\n```\nc', ['outside', 'opens', 'inside', 'closes', 'outside']],
  ['a longer fence around a shorter one', '````\n```\n````', ['opens', 'inside', 'closes']],
  ['tildes around backticks', '~~~\n```\n~~~~', ['opens', 'inside', 'closes']],
  ['an end with a language', '```\n```sh\n```', ['opens', 'inside', 'closes']],
  ['inline code', '```a``` b', ['outside']],
  ['four spaces', '    ```', ['outside']],
])('%s', (_, text, expected) => {
  const fences = new FenceReader('three')
  expect(text.split('\n').map((line) => fences.read(line).place)).toEqual(expected)
})

test('a fence in a list, with its language', () => {
  expect(new FenceReader('any').read('    ``` TOML x')).toEqual({ place: 'opens', language: 'toml' })
})
