import { expect, test } from '@jest/globals'
import { changelogFile, changelogSection } from '@slipway/project/changelog/changelog'

test.each([
  ['## [1.2.3] - 2025-11-14', '2025-11-14'],
  ['## 1.2.3', null],
  ['## v1.2.3 (2025-11-14)', '2025-11-14'],
  ['## [v1.2.3](https://example.invalid/compare) - 2025-11-14', '2025-11-14'],
  ['# Version 1.2.3', null],
  ['### 1.2.3: a title', null],
  ['## \\[1.2.3] - 2025-11-14', '2025-11-14'],
  ['## \\[1.2.3\\](https://example.invalid/compare) (2025-11-14)', '2025-11-14'],
  ['## **1.2.3**', null],
  ['## _v1.2.3_ (2025-11-14) ##', '2025-11-14'],
  ['## demo 1.2.3 (2025-11-14)', '2025-11-14'],
  ['## [demo-v1.2.3] - 2025-11-14', '2025-11-14'],
  ['## Demo: version 1.2.3', null],
  ['## `acme_b` [1.2.3]', null],
])('finds the section below %p', (heading, date) => {
  const text = `# Changelog\n\n${heading}\n\n- change\n\n#### Detail\n\nmore\n\n${heading.replace('1.2.3', '1.2.2')}\n\n- old\n`
  expect(changelogSection(text, '1.2.3', ['demo', 'Acme.B'])).toEqual({
    line: 3,
    date,
    notes: '- change\n\n#### Detail\n\nmore',
  })
})

test.each([
  ['1.2.3 (2025-11-14)\n===', { line: 1, date: '2025-11-14', notes: '- change\n\nDetail\n---\n\nmore' }],
  ['Log\n===\n\n[1.2.3]\r\n-------', { line: 4, date: null, notes: '- change' }],
  ['```\nx\n===\n```\n**demo 1.2.3**\n===', { line: 5, date: null, notes: '- change\n\nDetail\n---\n\nmore' }],
])('finds the section below %p, which is underlined', (heading, expected) => {
  const text = `${heading}\n- change\n\nDetail\n---\n\nmore\n\n1.2.2\n=====\n\n- old\n`
  expect(changelogSection(text, '1.2.3', ['demo'])).toEqual(expected)
})

test.each([
  '- an item\n---',
  '| a table\n---',
  '> a quote\n---',
  '- an item\n\n  and more\n---',
  '```\ncode\n---\n```',
  '\n---',
  '<!--\n# no\nheading\n---\n-->',
])('%p ends no section', (text) => {
  expect(changelogSection(`## 1.2.3\n\n- x\n\n${text}\n\nlast\n`, '1.2.3')?.notes).toMatch(/last$/)
})

test.each([
  '## other 1.2.3',
  '## demos 1.2.3',
  '## demo1.2.3',
  '<!--\n## 1.2.3\n-->',
  '1.2.3\n\n---',
  '- 1.2.3\n---',
  'See\n1.2.3\n---',
  '```\n1.2.3\n---\n```',
])('%p is not the section of demo 1.2.3', (heading) => {
  expect(changelogSection(`${heading}\n\n- change\n`, '1.2.3', ['demo'])).toBeNull()
})

test.each(['## [1.2.30]', '## [1.2.3-rc.1]', '## [1.2]', '## 11.2.3', '## About 1.2.3', '```\n## 1.2.3\n```', '1.2.3'])(
  '%p is not the section of 1.2.3',
  (heading) => {
    expect(changelogSection(`${heading}\n\n- change\n`, '1.2.3')).toBeNull()
  },
)

test('the last section keeps only the links it uses; headings in code do not end it', () => {
  const text =
    '## [1.0.0]\r\n- see [#7]\r\n\r\n```sh\r\n# not a heading\r\n```\r\n\r\n[#7]: https://example.invalid/7\r\n[1.0.0]: https://example.invalid/1\r\n'
  expect(changelogSection(text, '1.0.0')?.notes).toBe(
    '- see [#7]\n\n```sh\n# not a heading\n```\n\n[#7]: https://example.invalid/7',
  )
})

test('finds the changelog in any case, only at the top', () => {
  expect(changelogFile(['a/CHANGELOG.md', 'Changelog.md'])).toBe('Changelog.md')
  expect(changelogFile(['a/CHANGELOG.md', 'CHANGELOG.txt'])).toBeNull()
  expect(changelogFile(['NEWS.md', 'a/x/Changelog.md', 'changes.md'])).toBe('changes.md')
})

test('finds the changelog of a selected crate, else the one at the top', () => {
  const files = ['CHANGELOG.md', 'a/History.md', 'ab/CHANGELOG.md']
  expect(changelogFile(files, 'a')).toBe('a/History.md')
  expect(changelogFile(files, 'b')).toBe('CHANGELOG.md')
})
