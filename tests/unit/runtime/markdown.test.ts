import { expect, test } from '@jest/globals'
import { code, escapeCell, link, table } from '@slipway/runtime/markdown'

test('text stays text, without markup', () => {
  const nasty = '<img src=x> | `a` **b** [c](d) ~~e~~ @f $g$ &amp; \\|\r\nnext'
  const escaped = escapeCell(nasty)
  expect(escaped.replaceAll('<br>', '')).not.toMatch(/[|<>`*_[\]()~@$\\\r\n]/)
  // A reader sees the original text.
  const rendered = escaped
    .replace('<br>', '\r\n')
    .replace(/&#(\d+);/g, (_, number) => String.fromCharCode(Number(number)))
  expect(rendered).toBe(nasty)
  expect(code('a`|b')).toBe('<code>a&#96;&#124;b</code>')
})

test('a link only leads to the web, and does not break its cell', () => {
  expect(link('v1 [x]', 'https://example.invalid/a b|c')).toBe('[v1 &#91;x&#93;](<https://example.invalid/a%20b%7Cc>)')
  expect(link('x', 'javascript:alert(1)')).toBe('x')
  expect(link('x', 'https://')).toBe('x')
})

test('a table has a header and rows', () => {
  expect(table(['A', 'B'], [['1', code('2')]])).toBe('| A | B |\n| --- | --- |\n| 1 | <code>2</code> |')
})
