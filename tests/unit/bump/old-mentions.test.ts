import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from '@jest/globals'
import { plant, type Tree } from '../trees.ts'
import { bump, LOG, STABLE } from './shapes.ts'

/** Lines that show 1.2.0 of demo, as guides and sources do. */
const SHOWN = [
  'demo = "1.2"',
  'demo = "1.2.0"',
  "demo = { version = '1.2', features = [] }",
  'pip install demo==1.2.0',
  'pip install "demo~=1.2"',
  'cargo add demo@1.2',
  'cargo install demo-py --version 1.2.0',
  '#![doc(html_root_url = "https://docs.example.invalid/demo/1.2.0")]',
  '[docs](https://docs.example.invalid/demo/1.2/demo/)',
  '[download](https://git.example.invalid/demo/releases/download/v1.2.0/demo.tar.gz)',
  "release = '1.2.0'",
  '"version": "1.2.0",',
]

/** Lines that show other things, or history. */
const OTHERS = [
  'other = "1.2.0"',
  'demolition = "1.2"',
  'demo = "11.2"',
  'demo = "1.20"',
  'demo = "1.2.30"',
  'demo needs Rust 1.2',
  '#[deprecated(since = "1.2.0", note = "demo")]',
  '.. versionadded:: 1.2.0',
  'Added in version 1.2.0 of demo.',
  'Python 1.2.0',
]

async function mentioned(lines: readonly string[], wish: string, more: Tree = {}) {
  const root = await plant({ ...STABLE, 'README.md': `${lines.join('\n')}\n`, 'CHANGELOG.md': LOG, ...more })
  const { mentions } = await bump(root, wish)
  return mentions.map(({ file, line }) => (file === 'README.md' ? (lines[line - 1] ?? '') : file))
}

test('lists the lines that still show the old version', async () => {
  expect(await mentioned([...SHOWN, ...OTHERS], '2.0.0')).toEqual(SHOWN)
  expect(await mentioned([...SHOWN, ...OTHERS], 'minor')).toEqual(SHOWN)
})

test('a patch leaves the lines that show only major and minor', async () => {
  const isWhole = (line: string) => /1\.2\.0/.test(line)
  expect(await mentioned([...SHOWN, ...OTHERS], 'patch')).toEqual(SHOWN.filter(isWhole))
  expect(await mentioned(['demo = "1"', 'demo-py~=1'], 'minor')).toEqual([])
  expect(await mentioned(['demo = "1"', 'demo = "10"'], 'major')).toEqual(['demo = "1"'])
})

test('finds none in lock files, manifests, data and the changelog, but in sources', async () => {
  const files = {
    'yarn.lock': 'demo "1.2.0"\n',
    'tools/Cargo.toml':
      '[package]\nname = "tools"\nversion = "0.1.0"\npublish = false\n[dependencies]\ndemo = "1.2.0"\n',
    'data.bin': 'demo 1.2.0\0',
    'data.json': `${'x'.repeat(2000)} demo 1.2.0\n`,
    'core/src/lib.rs': '//! Add `demo = "1.2"`.\n',
  }
  expect(await mentioned([], 'minor', files)).toEqual(['core/src/lib.rs'])
})

test.each<[pattern: string, before: string, wish: string, after: string]>([
  ['demo = "{major}.{minor}"', 'demo = "1.2"', 'minor', 'demo = "1.3"'],
  ['demo = "{major}.{minor}"', 'demo = "1.2"', 'patch', 'demo = "1.2"'],
  ['demo = "{major}"', 'demo = "1"', 'major', 'demo = "2"'],
  ['docs/v{major}-{minor}/', 'docs/v1-2/ docs/v1-2/', '2.3.0-rc.1', 'docs/v2-3/ docs/v2-3/'],
  ['{minor} of {major} (patch {patch})', '2 of 1 (patch 0)', 'patch', '2 of 1 (patch 1)'],
])('the pattern %s of slipway.toml turns %j at %s into %j', async (pattern, before, wish, after) => {
  const slipway = `[[version-files]]\nfile = "README.md"\npattern = '${pattern}'\n`
  const root = await plant({ ...STABLE, 'README.md': `${before} but demo 1.2.30\n`, 'slipway.toml': slipway })
  expect((await bump(root, wish)).mentions).toEqual([])
  expect(await readFile(path.join(root, 'README.md'), 'utf8')).toBe(`${after} but demo 1.2.30\n`)
})
