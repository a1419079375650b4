import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { plant, type Tree, workspace } from '../../../trees.ts'

const NOW = Date.UTC(2025, 5, 15, 12)

async function reported(changes: Tree): Promise<string[]> {
  const { problems } = await planProject(await plant(workspace(changes)), { now: NOW })
  return problems
    .filter(({ code }) => code.startsWith('changelog-'))
    .map(({ severity, code, where }) => `${severity} ${code} ${where?.file}:${where?.line}`)
}

/** Returns the problems of a changelog with these lines from line 3 on. */
async function reportedOf(text: string, rest = '## [1.1.0] - 2025-01-01\n\n- Old.\n'): Promise<string[]> {
  const all = await reported({ 'CHANGELOG.md': `# Changelog\n\n${text}\n\n${rest}` })
  return all.map((each) => each.replace('CHANGELOG.md:', ''))
}

test.each([
  ['## [1.2.0-rc.1] - 2025-06-15', []],
  ['## 1.2.0-rc.1 (2025-06-16)', []],
  ['## v1.2.0-rc.1', ['notice changelog-date 3']],
  ['## [1.2.0rc1] - 2025-06-01', []],
  ['## [1.2.0-rc.1](https://example.invalid/compare/v1.1.0...v1.2.0-rc.1) (2025-06-01)', []],
  ['## 1.2.0-rc.1 / 15 June 2025', []],
  ['## [1.2.0-rc.1]', ['notice changelog-date 3']],
  ['## \\[demo v1.2.0-rc.1] - 2025-13-40', ['warning changelog-date 3']],
  ['## 2025-06-15: demo 1.2.0-rc.1', []],
  ['## 15 June 2025: demo 1.2.0-rc.1', []],
  ['## 2025-13-40: demo 1.2.0-rc.1', ['warning changelog-date 3']],
  ['1.2.0-rc.1 (2025-06-01)\n------', []],
  ['## [1.2.0-rc.1] - Unreleased', ['warning changelog-date 3']],
  ['## [1.2.0-rc.1] - 2025-13-40', ['warning changelog-date 3']],
  ['## [1.2.0-rc.1] - 2025-02-30', ['warning changelog-date 3']],
  ['## [1.2.0-rc.1] - 2025-06-18', ['warning changelog-date 3']],
])('the problems of the heading %p', async (heading, expected) => {
  expect(await reportedOf(`${heading}\n\n- New.`)).toEqual(expected)
})

test.each([
  ['# Changelog\n\nThe changelogs are [here](dev/changelog).\n', ['notice changelog-section-missing CHANGELOG.md:1']],
  ['# Changelog\n\n- v1.1.0\n  - Old.\n', ['notice changelog-section-missing CHANGELOG.md:1']],
  ['# Changelog\n\n## demo 1.1.0\n\n- Old.\n', ['warning changelog-section-missing CHANGELOG.md:1']],
  ['# Changelog\n\n## Unreleased\n\n- New.\n', ['warning changelog-section-missing CHANGELOG.md:1']],
  ['1.1.0\n-----\n\n- Old.\n', ['warning changelog-section-missing CHANGELOG.md:1']],
  ['', ['warning changelog-section-missing CHANGELOG.md:1']],
])('the problems of the changelog %p', async (text, expected) => {
  expect(await reported({ 'CHANGELOG.md': text })).toEqual(expected)
})

test.each<[string, string, readonly string[], string]>([
  ['the last release too', '1.1.0', ['v1.1.0', 'v1.0.0'], 'warning'],
  ['an older release too', '1.0.0', ['v1.1.0', 'v1.0.0'], 'warning'],
  ['no release since long', '0.9.0', ['v1.1.0', 'v1.0.0'], 'notice'],
  ['no release since long, in the spelling of Python', '0.9.0', ['v1.1.0rc1', 'v1.0.0'], 'notice'],
  ['an older release in the spelling of Python', '1.1.0-rc.1', ['v1.1.0rc1', 'v1.0.0'], 'warning'],
  ['an old release, and this is the first tag', '0.9.0', ['v1.2.0-rc.1'], 'warning'],
])('a changelog that describes %s, but not this one', async (_, version, tags, severity) => {
  const root = await plant(workspace({ 'CHANGELOG.md': `## ${version}\n\n- Old.\n` }))
  const history = { tags, readAt: async (wanted: readonly unknown[]) => wanted.map(() => null) }
  const { problems } = await planProject(root, { now: NOW, history, tag: 'v1.2.0-rc.1' })
  expect(problems.map((each) => `${each.severity} ${each.code}`)).toEqual([`${severity} changelog-section-missing`])
})

test.each([
  ['1.2.0-dev', 'notice'],
  ['1.2.0-dev.1', 'notice'],
  ['1.2.0-beta.1', 'warning'],
])('a changelog without a section for %s is a %s', async (version, severity) => {
  const other = Object.entries(workspace()).map(([file, text]) => [
    file,
    text?.replaceAll('1.2.0-rc.1', version) ?? null,
  ])
  const text = '## Unreleased\n\n- New.\n\n## 1.1.0\n\n- Old.\n'
  expect(await reported({ ...Object.fromEntries(other), 'CHANGELOG.md': text })).toEqual([
    `${severity} changelog-section-missing CHANGELOG.md:1`,
  ])
})

test.each([
  ['core/CHANGES.md', 'changelog = "core/CHANGES.md"'],
  ['other/CHANGES.md', undefined],
])('without a changelog at the top, the hint for %s is %p', async (file, expected) => {
  const { problems } = await planProject(await plant(workspace({ 'CHANGELOG.md': null, [file]: '## 1.1.0\n' })))
  expect(problems.map((each) => each.code)).toEqual(['changelog-section-missing'])
  expect(/changelog = "[^"]*"/.exec(problems[0]?.hint ?? '')?.[0]).toBe(expected)
})

test('a date is optional if the previous section has none, whatever older ones have', async () => {
  const older = '## 1.1.0\n\n- Old.\n\n## 1.0.0 - 2024-01-01\n\n- Older.\n'
  expect(await reportedOf('## 1.2.0-rc.1\n\n- New.', older)).toEqual([])
})

test('a date is optional if no section has one', async () => {
  expect(await reportedOf('## 1.2.0-rc.1\n\n- New.', '## 1.1.0\n\n- Old.\n')).toEqual([])
})

const SECTION = '## [1.2.0-rc.1] - 2025-06-01\n\n- New.'
test.each<[string, string, string | undefined, string[]]>([
  ['Unreleased is empty', `## [Unreleased]\n\n### Added\n\n${SECTION}`, undefined, []],
  [
    'Unreleased has entries',
    `## [Unreleased]\n\n### Added\n\n- More.\n\n${SECTION}`,
    undefined,
    ['notice changelog-unreleased-left 3'],
  ],
  [
    'there are two sections',
    `${SECTION}\n\n## v1.2.0-rc.1\n\n- Again.`,
    undefined,
    ['warning changelog-section-twice 7'],
  ],
  ['a newer one is below', '## [1.1.0] - 2025-01-01\n\n- Old.', SECTION, ['notice changelog-order 7']],
  ['the oldest is first throughout', '## 1.0.0\n\n- x', `## 1.1.0\n\n- x\n\n${SECTION.replace(/ - .*/, '')}`, []],
  ['an older line is released later', `## 1.0.1 - 2025-06-09\n\n- x\n\n${SECTION}`, undefined, []],
  [
    'links agree',
    SECTION,
    '## [1.1.0] - 2025-01-01\n\n[unreleased]: https://example.invalid/compare/v1.2.0-rc.1...HEAD\n[1.2.0-rc.1]: https://example.invalid/compare/v1.1.0...v1.2.0-rc.1\n[1.1.0]: https://example.invalid/releases/tag/v1.1.0',
    [],
  ],
  [
    'its link is missing',
    SECTION,
    '## [1.1.0] - 2025-01-01\n\n[1.1.0]: https://example.invalid/releases/tag/v1.1.0',
    ['notice changelog-link-missing 3'],
  ],
  ['no section is a link', SECTION, '## [1.1.0] - 2025-01-01\n\n[#1]: https://example.invalid/1', []],
  [
    'its link ends elsewhere',
    SECTION,
    '## [1.1.0] - 2025-01-01\n\n[1.2.0-rc.1]: https://example.invalid/compare/v1.0.0...v1.1.0',
    ['warning changelog-link-differs 9'],
  ],
  [
    'its link begins at itself',
    SECTION,
    '## [1.1.0] - 2025-01-01\n\n[1.2.0-rc.1]: https://example.invalid/compare/demo%2Fv1.2.0-rc.1...demo%2Fv1.2.0-rc.1',
    ['warning changelog-link-differs 9'],
  ],
  [
    'Unreleased begins before it',
    SECTION,
    '## [1.1.0] - 2025-01-01\n\n[Unreleased]: https://example.invalid/compare/v1.1.0...HEAD',
    ['warning changelog-link-differs 9'],
  ],
  [
    'Unreleased begins before it, in its heading',
    `## [Unreleased](https://example.invalid/compare/v1.1.0...HEAD)\n\n${SECTION}`,
    undefined,
    ['warning changelog-link-differs 3'],
  ],
  [
    'Unreleased begins with it, in its heading',
    `## [Unreleased](https://example.invalid/compare/v1.2.0-rc.1...HEAD)\n\n${SECTION}`,
    undefined,
    [],
  ],
])('when %s', async (_, text, rest, expected) => {
  expect(await reportedOf(text, rest)).toEqual(expected)
})

test.each<[Tree, string[]]>([
  [{ 'HISTORY.md': SECTION }, []],
  [{ 'Release_Notes.md': SECTION }, []],
  [{ 'core/CHANGELOG.md': SECTION }, ['notice changelog-section-missing undefined:undefined']],
  [{ 'CHANGES.rst': '1.2.0\n=====\n' }, ['notice changelog-not-markdown CHANGES.rst:1']],
  [{ 'CHANGES.rst': '', 'NEWS.md': SECTION }, []],
])('the problems of the files %j', async (files, expected) => {
  expect(await reported({ 'CHANGELOG.md': null, ...files })).toEqual(expected)
})

test('a changelog of only headings, links or fences is read quickly', async () => {
  const many = 60_000
  const text = ['## 1.2.0-rc.1\n', '[a]: x\n', '```\n', '[[[[[', '# [1.0.0'].map((each) => each.repeat(many)).join('\n')
  const all = await reportedOf(`${SECTION}\n${text}`)
  expect(all).toContain('warning changelog-section-twice 6')
})
