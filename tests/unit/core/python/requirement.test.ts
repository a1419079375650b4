import { expect, test } from '@jest/globals'
import { parseRequirement } from '@slipway/core/python/requirement'

function parts(text: string) {
  const found = parseRequirement(text)
  return found && [found.name, found.extras.join(), found.specifier, found.url, found.marker]
}

// `packaging`, which pip uses, finds the same parts.
test.each<[string, string[], string, string | null, string | null]>([
  ['numpy', [], '', null, null],
  [' A.b_c-d\t', [], '', null, null],
  ['numpy>=1.26,<3', [], '>=1.26,<3', null, null],
  ['numpy[x, y-z ] (>=1.26 , <3 );os_name=="nt"', ['x', 'y-z'], '>=1.26 , <3', null, 'os_name=="nt"'],
  ['a[]', [], '', null, null],
  ['a(~=1.0)', [], '~=1.0', null, null],
  ['a ()', [], '', null, null],
  ["a;extra != 'b;c' or (python_version<'3')", [], '', null, "extra != 'b;c' or (python_version<'3')"],
  ['a===any-thing', [], '===any-thing', null, null],
  ['a@ https://e.x/a.whl', [], '', 'https://e.x/a.whl', null],
  ["a[x]@git+https://e.x/a@v1 ; extra=='b'", ['x'], '', 'git+https://e.x/a@v1', "extra=='b'"],
  ['a@b;c', [], '', 'b;c', null],
])('parses %p', (text, extras, specifier, url, marker) => {
  const name = /[\w.-]+/.exec(text)?.[0]
  expect(parts(text)).toEqual([name, extras.join(), specifier, url, marker])
  const start = parseRequirement(text)?.start ?? 0
  expect(specifier === '' || text.slice(start, start + specifier.length)).toEqual(specifier || true)
})

// `packaging` refuses these too.
test.each([
  '',
  '-a',
  'a-',
  'a b',
  'é',
  'a[x y]',
  'a[x,]',
  'a[-x]',
  'a[x',
  'a 1.0',
  'a=1.0',
  'a^1.0',
  'a>=1.0,<x',
  'a>=1.0 <2',
  'a(>=1.0',
  'a>=1.0)',
  'a @',
  'a @ https://e.x; extra=="b"',
])('%p is not a requirement', (text) => {
  expect(parseRequirement(text)).toBeNull()
})

test.each([
  ['a', ' ', '('],
  ['a[', 'a,', '('],
  ['a>=', ' ', '('],
  ['a', 'a.', '('],
  ['a @', 'u', ' x'],
  ['a>=', '1.', 'x'],
])('a hostile requirement, %s%s…%s, is refused fast', (before, repeated, after) => {
  const text = before + repeated.repeat(995 / repeated.length) + after
  const start = performance.now()
  expect(parseRequirement(text)).toBeNull()
  expect(performance.now() - start).toBeLessThan(100)
})

test('a long requirement is not parsed', () => {
  expect(parseRequirement(`a${' '.repeat(1000)}`)).toBeNull()
})
