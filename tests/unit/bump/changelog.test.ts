import { expect, test } from '@jest/globals'
import { rollOver } from '@slipway/bump/changelog'
import { applicableEdits, applyEdits } from '@slipway/documents/edit'
import { changelogSection } from '@slipway/project/changelog/changelog'

/** Releases 1.3.0 in a changelog on 2026-02-03. */
function rolled(text: string, version = '1.3.0', names: string[] = []): string {
  const edits = rollOver({ file: 'CHANGELOG.md', text, version, today: '2026-02-03', names })
  return applyEdits(text, applicableEdits(text, edits))
}

/** Headings and links of the version before, and those of the new version. */
test.each([
  ['## [1.2.0] - 2025-01-02', '## [1.3.0] - 2026-02-03'],
  ['## [v1.2.0] - 2025-01-02', '## [v1.3.0] - 2026-02-03'],
  ['## v1.2.0 (2025-01-02)', '## v1.3.0 (2026-02-03)'],
  ['## 1.2.0 / 2025-01-02', '## 1.3.0 / 2026-02-03'],
  ['## Version 1.2.0 – 2025-01-02: a name', '## Version 1.3.0 – 2026-02-03'],
  ['## [1.2.0] - 2025-01-02 [YANKED]', '## [1.3.0] - 2026-02-03'],
  ['## 1.2.0', '## 1.3.0 - 2026-02-03'],
  ['## 1.2.0 (January 2025)', '## 1.3.0 - 2026-02-03'],
  [
    '## [1.2.0](https://git.example.invalid/compare/v1.1.0...v1.2.0) (2025-01-02)',
    '## [1.3.0](https://git.example.invalid/compare/v1.2.0...v1.3.0) (2026-02-03)',
  ],
  ['## [1.2.0](https://git.example.invalid/all) (2025-01-02)', '## [1.3.0] (2026-02-03)'],
  ['## [1.2.0] [YANKED] - 2025-01-02', '## [1.3.0] - 2026-02-03'],
  ['## 1.2.0 - Bugfix release (2025-01-02)', '## 1.3.0 (2026-02-03)'],
  ['## 1.2.0: "Hot Fix", 2025-01-02', '## 1.3.0, 2026-02-03'],
  ['## 1.2.0 (released 2025-01-02)', '## 1.3.0 - 2026-02-03'],
  ['## 1.2.0 2025-01-02', '## 1.3.0 2026-02-03'],
  ['## **1.2.0** - *2025-01-02*', '## **1.3.0** - *2026-02-03*'],
  ['## \\[1.2.0] - 2025-01-02', '## \\[1.3.0] - 2026-02-03'],
])('after %p comes %p', (model, heading) => {
  const text = `# Log\n\n## Unreleased\n\n- More.\n\n${model}\n\n- Old.\n`
  expect(rolled(text)).toBe(text.replace('## Unreleased\n', `## Unreleased\n\n${heading}\n`))
})

test.each([
  ['# Changes\n\n## Unreleased\n- x', '# Changes\n\n## Unreleased\n\n## 1.3.0 - 2026-02-03\n- x'],
  ['### [Unreleased]\r\n- x\r\n', '### [Unreleased]\r\n\r\n### [1.3.0] - 2026-02-03\r\n- x\r\n'],
  ['## [Unreleased]', '## [Unreleased]\n\n## [1.3.0] - 2026-02-03'],
])('the first version turns %p into %p', (text, expected) => {
  expect(rolled(text)).toBe(expected)
})

test.each([
  [
    'Unreleased\n----------\n\n- x\n\n1.2.0 (2025-01-02)\n------------------\n',
    'Unreleased\n----------\n\n1.3.0 (2026-02-03)\n------------------\n\n- x\n\n1.2.0 (2025-01-02)\n------------------\n',
  ],
  ['Unreleased\r\n===\r\n- x\r\n', 'Unreleased\r\n===\r\n\r\n1.3.0 - 2026-02-03\r\n==================\r\n- x\r\n'],
  [
    '## Unreleased\n\n## demo-v1.2.0 (2025-01-02)\n',
    '## Unreleased\n\n## demo-v1.3.0 (2026-02-03)\n\n## demo-v1.2.0 (2025-01-02)\n',
  ],
  [
    '## Unreleased\n\n## other 1.9.0\n\n## demo 1.2.0\n',
    '## Unreleased\n\n## demo 1.3.0 - 2026-02-03\n\n## other 1.9.0\n\n## demo 1.2.0\n',
  ],
  [
    '## Unreleased: demo next\n\n## 20 July 2025: demo 1.2.0\n',
    '## Unreleased: demo next\n\n## 3 February 2026: demo 1.3.0\n\n## 20 July 2025: demo 1.2.0\n',
  ],
  [
    '## Unreleased\n\n## Jul 20, 2025 - v1.2.0\n',
    '## Unreleased\n\n## Feb 3, 2026 - v1.3.0\n\n## Jul 20, 2025 - v1.2.0\n',
  ],
  ['## Unreleased\n\n## 2025-07-20 1.2.0\n', '## Unreleased\n\n## 2026-02-03 1.3.0\n\n## 2025-07-20 1.2.0\n'],
  [
    '<!--\n## Unreleased\n-->\n\n## Unreleased\n\n- x\n',
    '<!--\n## Unreleased\n-->\n\n## Unreleased\n\n## 1.3.0 - 2026-02-03\n\n- x\n',
  ],
])('%p becomes %p, in the same form', (text, expected) => {
  expect(rolled(text, '1.3.0', ['demo'])).toBe(expected)
})

test.each([
  ['## 1.3.0 (unreleased)', '## 1.3.0 (2026-02-03)'],
  ['## [1.3.0] - Unreleased', '## [1.3.0] - 2026-02-03'],
  ['1.3.0 - Unreleased\n------------------', '1.3.0 - 2026-02-03\n------------------'],
  ['## 1.3.0 - Unreleasedness', '## 1.3.0 - Unreleasedness'],
  ['## 1.4.0 (unreleased)', '## 1.4.0 (unreleased)'],
])('the heading %p becomes %p', (heading, expected) => {
  expect(rolled(`# Log\n\n${heading}\n\n- x\n`)).toBe(`# Log\n\n${expected}\n\n- x\n`)
})

const HEAD = '## [Unreleased]\n\n- x\n\n## [1.2.0] - 2025-01-02\n\n- y\n\n'
const AFTER = '## [Unreleased]\n\n## [1.3.0] - 2026-02-03\n\n- x\n\n## [1.2.0] - 2025-01-02\n\n- y\n\n'
const AT = 'https://git.example.invalid/a'
test.each([
  [
    `[Unreleased]: ${AT}/compare/v1.2.0...HEAD\n[1.2.0]: ${AT}/releases/tag/v1.2.0\n`,
    `[Unreleased]: ${AT}/compare/v1.3.0...HEAD\n[1.3.0]: ${AT}/compare/v1.2.0...v1.3.0\n[1.2.0]: ${AT}/releases/tag/v1.2.0\n`,
  ],
  [
    `[unreleased]: ${AT}/-/compare/demo%2Fv1.2.0..main\n`,
    `[unreleased]: ${AT}/-/compare/demo%2Fv1.3.0..main\n[1.3.0]: ${AT}/-/compare/demo%2Fv1.2.0..demo%2Fv1.3.0\n`,
  ],
  [
    `[1.2.0]: ${AT}/compare/v1.1.0...v1.2.0`,
    `[1.3.0]: ${AT}/compare/v1.2.0...v1.3.0\n[1.2.0]: ${AT}/compare/v1.1.0...v1.2.0`,
  ],
  [`[1.2.0]: ${AT}/releases/tag/1.2.0\n`, `[1.3.0]: ${AT}/releases/tag/1.3.0\n[1.2.0]: ${AT}/releases/tag/1.2.0\n`],
  [`[Unreleased]: ${AT}/commits/main\n`, `[Unreleased]: ${AT}/commits/main\n`],
  ['[#1]: https://example.invalid/1\n', '[#1]: https://example.invalid/1\n'],
  [
    `[Unreleased]: ${AT}/compare/1.2.0...HEAD`,
    `[Unreleased]: ${AT}/compare/1.3.0...HEAD\n[1.3.0]: ${AT}/compare/1.2.0...1.3.0`,
  ],
])('the links %p become %p', (links, expected) => {
  expect(rolled(HEAD + links)).toBe(AFTER + expected)
})

test('leaves a changelog without unreleased changes, or with a section of the version, unchanged', () => {
  for (const text of ['## 1.2.0\n- x\n', '## Unreleased\n\n- x\n\n## 1.3.0\n- y\n', '', '```\n## Unreleased\n```\n']) {
    expect(rolled(text)).toBe(text)
  }
})

test('escapes the build part of a version in addresses', () => {
  const text = `${HEAD}[Unreleased]: ${AT}/compare/v1.2.0...HEAD\n`
  expect(rolled(text, '1.3.0+$&')).toContain(`[1.3.0+$&]: ${AT}/compare/v1.2.0...v1.3.0%2B%24%26\n`)
})

const COMPARED = '(https://git.example.invalid/compare/v1.2.0...HEAD)'
test.each([
  [
    '## [1.2.0](https://git.example.invalid/compare/v1.1.0...v1.2.0) - 2025-01-02',
    '## [1.3.0](https://git.example.invalid/compare/v1.2.0...v1.3.0) - 2026-02-03',
  ],
  [
    '## [1.2.0](https://git.example.invalid/releases/tag/v1.2.0)',
    '## [1.3.0](https://git.example.invalid/releases/tag/v1.3.0) - 2026-02-03',
  ],
  ['## 1.2.0 (2025-01-02)', '## [1.3.0](https://git.example.invalid/compare/v1.2.0...v1.3.0) (2026-02-03)'],
  ['', '## [1.3.0](https://git.example.invalid/compare/v1.2.0...v1.3.0) - 2026-02-03'],
])('moves a link in the heading of the unreleased section; after %p comes %p', (model, heading) => {
  const text = `## [Unreleased]${COMPARED}\n\n- x\n\n${model}\n`
  const moved = text.replace('v1.2.0...HEAD)\n', `v1.3.0...HEAD)\n\n${heading}\n`)
  expect(rolled(text)).toBe(moved)
})

test.each([
  ['Nothing yet!'],
  ['- No changes.'],
  ['### Added\n\n### Fixed'],
  ['None\n\n[unreleased]: https://git.example.invalid/compare/v1.2.0...HEAD'],
])('%p stays unreleased, above an empty section', (text) => {
  const [body = '', links = ''] = text.split('\n\n[')
  const before = `# Log\n\n## Unreleased\n\n${text}\n\n## 1.2.0\n\n- Old.\n`
  const after = rolled(before)
  expect(after).toContain(`## Unreleased\n\n${body}\n\n## 1.3.0 - 2026-02-03\n\n${links === '' ? '## 1.2.0' : '['}`)
  expect(changelogSection(after, '1.3.0')?.notes).toBe('')
})

test('the unreleased changes of each crate become a section of it', () => {
  const text =
    '## `one` — [Unreleased]\n\n- a\n\n## `two` — [Unreleased]\n\n- b\n\n## `one` — [1.2.0]\n\n## `two` — [1.2.0]\n'
  const after = rolled(text, '1.3.0', ['one', 'two'])
  expect(after.match(/^## .*/gm)).toEqual([
    '## `one` — [Unreleased]',
    '## `one` — [1.3.0] - 2026-02-03',
    '## `two` — [Unreleased]',
    '## `two` — [1.3.0] - 2026-02-03',
    '## `one` — [1.2.0]',
    '## `two` — [1.2.0]',
  ])
  expect(changelogSection(after, '1.3.0', ['one', 'two'])?.notes).toBe('## one\n\n- a\n\n## two\n\n- b')
})
