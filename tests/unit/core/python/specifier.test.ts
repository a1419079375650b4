import { expect, test } from '@jest/globals'
import { acceptsPython, parseSpecifier } from '@slipway/core/python/specifier'

const VERSIONS = [
  '0.1.0',
  '0.1.9',
  '0.2.0',
  '0.2',
  '1.0',
  '1.0.0',
  '1.2.0rc1',
  '1.2.0',
  '1.2.0.post1',
  '1.2.0.dev3',
  '1.2.1a2.dev1',
  '2.0.0',
  '1!1.0',
  '1.10',
  '1.2',
]

// The results of `packaging`, which pip uses, with `prereleases=True`.
test.each<[string, string[]]>([
  ['~=0.1.0', ['0.1.0', '0.1.9']],
  ['~=0.1', ['0.1.0', '0.1.9', '0.2.0', '0.2']],
  ['>=0.1,<0.2', ['0.1.0', '0.1.9']],
  ['==0.1.*', ['0.1.0', '0.1.9']],
  [
    '!=0.1.*',
    [
      '0.2.0',
      '0.2',
      '1.0',
      '1.0.0',
      '1.2.0rc1',
      '1.2.0',
      '1.2.0.post1',
      '1.2.0.dev3',
      '1.2.1a2.dev1',
      '2.0.0',
      '1!1.0',
      '1.10',
      '1.2',
    ],
  ],
  ['==1.2', ['1.2.0', '1.2']],
  ['==1.2.*', ['1.2.0rc1', '1.2.0', '1.2.0.post1', '1.2.0.dev3', '1.2.1a2.dev1', '1.2']],
  ['<1.2', ['0.1.0', '0.1.9', '0.2.0', '0.2', '1.0', '1.0.0']],
  ['<=1.2', ['0.1.0', '0.1.9', '0.2.0', '0.2', '1.0', '1.0.0', '1.2.0rc1', '1.2.0', '1.2.0.dev3', '1.2']],
  ['>1.2', ['1.2.1a2.dev1', '2.0.0', '1!1.0', '1.10']],
  ['>=1.2', ['1.2.0', '1.2.0.post1', '1.2.1a2.dev1', '2.0.0', '1!1.0', '1.10', '1.2']],
  ['<1.2rc2', ['0.1.0', '0.1.9', '0.2.0', '0.2', '1.0', '1.0.0', '1.2.0rc1', '1.2.0.dev3']],
  ['>1.2.0.post0', ['1.2.0.post1', '1.2.1a2.dev1', '2.0.0', '1!1.0', '1.10']],
  ['~=1.2.0rc1', ['1.2.0rc1', '1.2.0', '1.2.0.post1', '1.2.1a2.dev1', '1.2']],
  ['!=1.2.0, >=1', ['1.0', '1.0.0', '1.2.0rc1', '1.2.0.post1', '1.2.0.dev3', '1.2.1a2.dev1', '2.0.0', '1!1.0', '1.10']],
  ['==1!1.*', ['1!1.0']],
  [
    '',
    [
      '0.1.0',
      '0.1.9',
      '0.2.0',
      '0.2',
      '1.0',
      '1.0.0',
      '1.2.0rc1',
      '1.2.0',
      '1.2.0.post1',
      '1.2.0.dev3',
      '1.2.1a2.dev1',
      '2.0.0',
      '1!1.0',
      '1.10',
      '1.2',
    ],
  ],
  ['>=1.2.dev0', ['1.2.0rc1', '1.2.0', '1.2.0.post1', '1.2.0.dev3', '1.2.1a2.dev1', '2.0.0', '1!1.0', '1.10', '1.2']],
  [
    '<2.0.0',
    [
      '0.1.0',
      '0.1.9',
      '0.2.0',
      '0.2',
      '1.0',
      '1.0.0',
      '1.2.0rc1',
      '1.2.0',
      '1.2.0.post1',
      '1.2.0.dev3',
      '1.2.1a2.dev1',
      '1.10',
      '1.2',
    ],
  ],
  ['~=1.2', ['1.2.0', '1.2.0.post1', '1.2.1a2.dev1', '1.10', '1.2']],
])('%p accepts %j', (specifier, accepted) => {
  expect(VERSIONS.filter((each) => acceptsPython(specifier, each))).toEqual(accepted)
})

test.each([
  ['~=1', '1.2'],
  ['>=1.*', '1.2'],
  ['>=x', '1.2'],
  ['1.2', '1.2'],
  ['>=1.2', 'x'],
  ['>=1,'.repeat(300), '1.2'],
])('whether %p accepts %s is unknown', (specifier, version) => {
  expect(acceptsPython(specifier, version)).toBeNull()
})

// The results of `packaging`, with `prereleases=True`: the versions accepted among the given ones.
test.each<[string, string, string]>([
  ['==1.0', '1.0+abc 1.0.0 1.0.post1', '1.0+abc 1.0.0'],
  ['!=1.0', '1.0+abc 1.0.0 1.0.post1', '1.0.post1'],
  ['==1.0+abc', '1.0 1.0+abc 1.0.0+ABC 1.0+abc.1', '1.0+abc 1.0.0+ABC'],
  ['<=1.0', '1.0+abc 1.0.post1', '1.0+abc'],
  ['>1.0', '1.0+abc 1.0.post1 1.0.1.dev1', '1.0.1.dev1'],
  ['>1.0.post1', '1.0.post1+abc 1.0.post2.dev0 1.0.post2', '1.0.post2.dev0 1.0.post2'],
  ['>1.0rc1', '1.0rc1.post1 1.0rc1+a 1.0rc2 1.0+abc 1.0.post1', '1.0rc2 1.0+abc 1.0.post1'],
  ['>1.0.dev1', '1.0.dev2 1.0a1 1.0.post1', '1.0.dev2 1.0a1 1.0.post1'],
  ['<1.0', '1.0.dev0 1.0a1.post1 0.9.post1', '0.9.post1'],
  ['<1.0rc1', '1.0b9 1.0rc1.dev1 1.0rc1', '1.0b9 1.0rc1.dev1'],
  ['<1.0.post1', '1.0rc1 1.0 1.0.post0.dev1 1.0.post1.dev1', '1.0rc1 1.0 1.0.post0.dev1'],
  ['==1.0.0.*', '1 1.0 1.0.0.9 1.0.1 1.0+a 1!1.0', '1 1.0 1.0.0.9 1.0+a'],
  ['~=1.0.post1', '1.0 1.0.post1 1.9 2.dev0', '1.0.post1 1.9'],
  ['~=1!1.0', '1.0 1!1.4 1!2.0', '1!1.4'],
  ['===1.0', '1.0 1.0.0 v1.0', '1.0'],
  ['=== 1.0RC1', '1.0rc1 1.0-rc.1', '1.0rc1'],
  ['>= v1.0-1', '1.0 1.0.post1', '1.0.post1'],
  ['>=1, ,!=1.5,', '1 1.5', '1'],
  ['<123456789012345678902', '123456789012345678901 123456789012345678902', '123456789012345678901'],
])('%p accepts, of %s, %s', (specifier, versions, accepted) => {
  expect(
    versions
      .split(' ')
      .filter((each) => acceptsPython(specifier, each))
      .join(' '),
  ).toBe(accepted)
})

// `packaging` refuses these too.
test.each([
  '>=1.0+abc',
  '~=1.0+abc',
  '==1.0a1.*',
  '==1.0.post1.*',
  '>1.*',
  '=1.0',
  '1.0',
  '>= 1 .0',
  '<>1.0',
  '>=',
  '>=1;<2',
])('%p is not a specifier', (specifier) => {
  expect(parseSpecifier(specifier)).toBeNull()
})

test('locates the versions in a specifier', () => {
  const text = ' >= 1.2 ,!=1.5.*'
  expect(parseSpecifier(text)?.map(({ range }) => text.slice(...range))).toEqual(['1.2', '1.5'])
})
