// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a shell's variables
import { expect, test } from '@jest/globals'
import { partsOf, splitCommand, unquoted, wordsOf } from '@slipway/documents/shell-words'

test.each<[string, string[]]>([
  ['a  b\tc', ['a', 'b', 'c']],
  ['a"b c"d \'e f\'', ['a"b c"d', "'e f'"]],
  ['a\\ b "c\\" d"', ['a\\ b', '"c\\" d"']],
  ['a "b c', ['a', '"b', 'c']],
  ['', []],
])('splits %j into words', (text, expected) => {
  expect(wordsOf(text)).toEqual(expected)
})

test.each<[string, string]>([
  ['a"b c"\'d "e"\'', 'ab cd "e"'],
  ['"\\$A \\n \\""', '$A \\n "'],
  ['a\\ b\\\nc', 'a bc'],
  ["it's", "it's"],
])('unquotes %j', (word, expected) => {
  expect(unquoted(word)).toBe(expected)
})

test('keeps escapes in the parts of a word', () => {
  expect(partsOf(`a\\"b"$C\\""'$D'`)).toEqual([
    { text: 'a\\"b', quote: '' },
    { text: '$C\\"', quote: '"' },
    { text: '$D', quote: "'" },
  ])
})

test.each([
  ['cargo test --all', ['cargo', 'test', '--all']],
  [`a 'b c' "d 'e'" f\\ g ''`, ['a', 'b c', "d 'e'", 'f g', '']],
  ['a"b"\'c\'', ['abc']],
  ['"a\\"b"', ['a"b']],
  ['a=b c/d:e,f@g%h+i', ['a=b', 'c/d:e,f@g%h+i']],
  ['a && b', null],
  ['a $(b)', null],
  ['a "$b"', null],
  ['a `b`', null],
  ['a *.rs', null],
  ["a 'b", null],
  ['a\nb', null],
  ['', null],
  ["'' a", null],
])('splits the command %p into %p', (command, words) => {
  expect(splitCommand(command)).toEqual(words)
})
