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
  ['## 2025-11-14: demo 1.2.3', '2025-11-14'],
  ['## 2025-11-14 v1.2.3', '2025-11-14'],
  ['## 14 November 2025: demo 1.2.3', null],
  ['## Nov 14, 2025 - [1.2.3]', null],
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
  ['Log\n===\n\n[1.2.3]\r\n-------', { line: 4, date: null, notes: '- change\n\nDetail\n---\n\nmore' }],
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
  '## 2025-11-14: other 1.2.3',
  '## 2025-11-14 fixes 1.2.3',
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

/** The first version of each is 1.2.1, with one fix. */
test.each([
  '### [1.2.1](https://example.invalid/1) (2026-11-01)\n\n\n### Bug Fixes\n\n* fix the clock\n\n## [1.2.0](https://example.invalid/2)\n\n### Features\n\n* old\n',
  '### [1.2.1]\n\n### Bug Fixes\n\n* fix the clock\n\n### [1.2.0]\n\n### Features\n\n* old\n',
  '## [1.2.1]\n\n### Bug Fixes\n\n* fix the clock\n\n# [1.2.0]\n\n### Features\n\n* old\n',
  '## [1.2.1]\n\n### Bug Fixes\n\n* fix the clock\n\n### [1.2.0]\n\n### Features\n\n* old\n',
  '# 1.2.1\n\n### Bug Fixes\n\n* fix the clock\n\n## 1.2.0-rc.1\n\n* old\n',
  '## 1.2.1\n\n### Bug Fixes\n\n* fix the clock\n\n## other v3.4.5\n\n* another crate\n',
])('a section ends at the next version, whatever its level: %j', (text) => {
  expect(changelogSection(text, '1.2.1', ['demo'])?.notes).toBe('### Bug Fixes\n\n* fix the clock')
})

test.each(['### 3.13 support', '### 2 new commands', '### Since 1.2.0', '## Upgrading'])(
  'a section goes on after %p',
  (heading) => {
    const text = `## 1.2.1\n\n- a\n\n${heading}\n\n- b\n\n## 1.2.0\n\n- old\n`
    expect(changelogSection(text, '1.2.1')?.notes).toBe(`- a\n\n${heading}\n\n- b`)
  },
)

test.each([
  ['## `one` — [1.2.1]', '## `two` — [1.2.1]'],
  ['## one 1.2.1 - 2026-11-01', '## two-v1.2.1'],
])('the sections %p and %p become one', (one, two) => {
  const text = `${one}\n\n### Fixed\n\n- a, see [1]\n\n${two}\n\n- b\n\n## one 1.2.0\n\n- old\n\n[1]: https://example.invalid/1\n`
  const joined = '## one\n\n### Fixed\n\n- a, see [1]\n\n## two\n\n- b\n\n[1]: https://example.invalid/1'
  expect(changelogSection(text, '1.2.1', ['one', 'two'])).toMatchObject({ line: 1, notes: joined })
  // A tag that selects one crate gets its section alone.
  expect(changelogSection(text, '1.2.1', ['two'])?.notes).toBe('- b')
})

test('of the sections of several crates, empty ones are left out', () => {
  const text = '## one 1.2.1\n\n## two 1.2.1\n\n- b\n'
  expect(changelogSection(text, '1.2.1', ['one', 'two'])?.notes).toBe('## two\n\n- b')
})

test.each([
  'Nothing yet!',
  '- Nothing yet.',
  '_Nothing so far…_',
  'No changes yet',
  '* No notable changes yet.',
  'TBD',
  '(to be announced)',
  '### Added\n\n### Fixed',
  '<!-- Add entries\nhere -->',
  '### Added\n\n- TBD\n\n<!-- - x -->',
])('a section with only %p is empty', (text) => {
  expect(changelogSection(`## 1.2.1\n\n${text}\n\n## 1.2.0\n\n- old\n`, '1.2.1')?.notes).toBe('')
})

test.each(['No changes.', 'None', 'Nothing yet works on Windows.', 'TBD: the docs'])(
  'a section with %p is not empty',
  (text) => {
    expect(changelogSection(`## 1.2.1\n\n${text}\n`, '1.2.1')?.notes).toBe(text)
  },
)
