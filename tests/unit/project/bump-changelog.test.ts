import { expect, test } from '@jest/globals'
import { rollOver } from '@slipway/project/bump/changelog'
import { edited, effective } from '@slipway/project/bump/edit'

/** A changelog after 1.3.0 was released on 2026-02-03. */
function rolled(text: string, version = '1.3.0'): string {
  const edits = rollOver({ file: 'CHANGELOG.md', text, version, today: '2026-02-03' })
  return edited(text, effective(text, edits))
}

/** Headings and links of versions as they are, and as they become. */
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
])('after %p comes %p', (model, heading) => {
  const text = `# Log\n\n## Unreleased\n\n- More.\n\n${model}\n\n- Old.\n`
  expect(rolled(text)).toBe(text.replace('## Unreleased\n', `## Unreleased\n\n${heading}\n`))
})

test.each([
  ['# Changes\n\n## Unreleased\n- x', '# Changes\n\n## Unreleased\n\n## 1.3.0 - 2026-02-03\n- x'],
  ['### [Unreleased]\r\n- x\r\n', '### [Unreleased]\r\n\r\n### [1.3.0] - 2026-02-03\r\n- x\r\n'],
  ['## [Unreleased]', '## [Unreleased]\n\n## [1.3.0] - 2026-02-03'],
])('of %p, the first version makes %p', (text, expected) => {
  expect(rolled(text)).toBe(expected)
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

test('a changelog with nothing unreleased, or with a section of the version, stays as it is', () => {
  for (const text of ['## 1.2.0\n- x\n', '## Unreleased\n\n- x\n\n## 1.3.0\n- y\n', '', '```\n## Unreleased\n```\n']) {
    expect(rolled(text)).toBe(text)
  }
})

test('a version with a build part is written as addresses take it', () => {
  const text = `${HEAD}[Unreleased]: ${AT}/compare/v1.2.0...HEAD\n`
  expect(rolled(text, '1.3.0+$&')).toContain(`[1.3.0+$&]: ${AT}/compare/v1.2.0...v1.3.0%2B%24%26\n`)
})
