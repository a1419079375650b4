// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a shell's variables
import { expect, test } from '@jest/globals'
import { shellCommands } from '@slipway/documents/shell-commands'

test.each<[string, string[][]]>([
  ['a "b c" \'d e\'f', [['a', '"b c"', "'d e'f"]]],
  ['a; b && c || d | e &', [['a'], ['b'], ['c'], ['d'], ['e']]],
  ['a \\\n  b\nc', [['a', 'b'], ['c']]],
  ['(cd a; b)', [['cd', 'a'], ['b']]],
  ['A=$(b "$C" | d (e) ")" ) f', [['A=$(b "$C" | d (e) ")" )', 'f']]],
  ['a "$(b "c d")" ${{ e f }} ${g# h}', [['a', '"$(b "c d")"', '${{ e f }}', '${g# h}']]],
  ["a # b 'c\nd#e", [['a'], ['d#e']]],
  ['a > b 2>&1 < c d >> "e f"', [['a', 'd']]],
  ["a 'b\nc", [['a', "'b\nc"]]],
  ["a <<X b <<-'Y'\n c 'd\nX\n\te\n\tY\nf", [['a', 'b'], ['f']]],
  ['\n\n', []],
])('splits %j into commands', (text, expected) => {
  expect(shellCommands(text).map(({ words }) => words)).toEqual(expected)
})

test('finds redirections, here-documents, substituted commands and lines', () => {
  const [first, second, third, ...others] = shellCommands(
    'a 2> log \\\n  > "b" |\nc <<X <<\'Y\'\nd $e\nX\nf\nY\n\ng $(h\ni) 2>&1',
  )
  expect(first).toMatchObject({ words: ['a'], output: '"b"', before: '', after: '|', line: 0 })
  expect(second).toMatchObject({ words: ['c'], document: 'd $e\nf\n', isExpanded: false, before: '|', line: 2 })
  expect(third).toMatchObject({ words: ['g', '$(h\ni)'], output: '', line: 8, inner: [{ text: 'h\ni', line: 8 }] })
  expect(others).toEqual([])
})
