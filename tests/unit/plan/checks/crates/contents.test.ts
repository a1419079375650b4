import { execFileSync } from 'node:child_process'
import { symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { needs } from '../../../../tools.ts'
import { METADATA, plant, type Tree } from '../../../trees.ts'

const test = needs('cargo', 'git')

const crate = (more = '', name = 'demo') =>
  `[package]\nname = "${name}"\nversion = "1.2.0"\nedition = "2021"\n${METADATA}${more}`

/** Returns a crate with many kinds of files; `own` are its rules. */
function tree(own: string, changes: Tree = {}): Tree {
  return {
    'Cargo.toml': crate(own),
    'src/lib.rs': '',
    'src/a/b.rs': '',
    'README.md': '# demo\n',
    'docs/guide.md': '',
    'docs/deep/guide.md': '',
    'docs/deep/[x].md': '',
    'data/big.bin': 'xxxx',
    'tests/data/big.bin': 'xxxx',
    '.hidden/file': '',
    '.editorconfig': '',
    'target/debug/x': '',
    'src/target/y.rs': '',
    'sub/Cargo.toml': '[package]\nname = "sub"\nversion = "0.1.0"\npublish = false\n[workspace]\n',
    'sub/src/lib.rs': '',
    'named/Cargo.toml/file': '',
    ...changes,
  }
}

const COMMIT = 'a'.repeat(40)

function git(root: string, ...argv: string[]): void {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid', ...argv], { cwd: root })
}

/** Returns the files that cargo packages, and those of the plan. */
async function both(
  files: Tree,
  isRepository: boolean,
  links: Record<string, string> = {},
): Promise<[cargo: string[], plan: string[]]> {
  const root = await plant(files)
  for (const [link, target] of Object.entries(links)) await symlink(target, path.join(root, link))
  if (isRepository) {
    git(root, 'init', '--quiet')
    git(root, 'add', '.', ':!target')
    git(root, 'commit', '--quiet', '--message', 'all')
  }
  const argv = ['package', '--list', '--allow-dirty', '--offline', '--package', 'demo']
  const listed = execFileSync('cargo', argv, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const { crates } = await planProject(root, isRepository ? { commit: COMMIT } : {})
  const found = crates.find((each) => each.name === 'demo')
  return [listed.trim().split('\n').sort(), found?.contents?.files ?? []]
}

const RULES: [string, Tree][] = [
  ['no rules', tree('')],
  ['exclude', tree('exclude = ["/docs", "*.bin", "!/data/big.bin", "src/a/"]\n')],
  ['exclude of names anywhere', tree('exclude = ["guide.md", "deep", "tests/**"]\n')],
  ['exclude with doubled stars', tree('exclude = ["**/data/*.b?n", "docs/**/guide.md", "[.]editorconfig"]\n')],
  ['include', tree('include = ["/src", "docs/*.md", "!src/a"]\n')],
  ['include of names anywhere', tree('include = ["*.rs", "*.toml", ".editorconfig", "big.bin"]\n')],
  ['include of folders', tree('include = ["src/", "docs/deep/**", "\\\\.hidden/*"]\n')],
  ['a license file that exclude names', tree('license-file = "docs/guide.md"\nexclude = ["docs", "README.md"]\n')],
  [
    'a readme above',
    {
      'Cargo.toml': '[workspace]\nmembers = ["core"]\nresolver = "2"\n',
      'README.md': 'x',
      'core/src/lib.rs': '',
      'core/Cargo.toml': crate('readme = "../README.md"\n'),
    },
  ],
]

test.each(RULES)('packaged files in a repository: %s', async (_, files) => {
  const [cargo, plan] = await both(files, true)
  expect(plan).toEqual(cargo)
})

test.each(RULES)('packaged files without a repository: %s', async (_, files) => {
  const [cargo, plan] = await both(files, false)
  expect(plan).toEqual(cargo)
})

test.each<[string, string]>([
  ['names and folders', 'big.bin\ndocs/\n# no rule\n\n'],
  ['negated rules', '*\n!*/\n!*.rs\n!Cargo.toml\n!.gitignore\n'],
  ['anchors', '/data\n/guide.md\ndeep/*.md\n'],
  ['escapes and blanks', '\\#x\ndata   \n\\.editorconfig\r\n'],
])('ignored files are not packaged: %s', async (_, rules) => {
  const nested = { 'docs/.gitignore': '*.md\n!guide.md\n', 'new.txt': 'neither ignored nor known to git' }
  const [cargo, plan] = await both(tree('', { '.gitignore': rules, ...nested }), true)
  expect(plan).toEqual(cargo)
})

const LINKS = { linked: 'docs', 'src/up': '../data', 'docs/l2': 'deep', left: 'docs', tosub: 'sub', no: 'none' }
test.each<[string, boolean, Record<string, string>]>([
  ['in a repository', true, LINKS],
  ['without one', false, LINKS],
  [
    'in a cycle, in a repository',
    true,
    { 'src/up': '..', 'docs/own': '.', 'data/other': '../tests', 'tests/d': '../data' },
  ],
  [
    'in a cycle, without one',
    false,
    { 'src/up': '..', 'docs/own': '.', 'data/other': '../tests', 'tests/d': '../data' },
  ],
])('files below links to folders, %s', async (_, isRepository, links) => {
  const files = tree('exclude = ["left", "linked/gu*"]\n', { '.gitignore': '*.bin\n', 'data/a/b': '' })
  const [cargo, plan] = await both(files, isRepository, links)
  expect(plan).toEqual(cargo)
})

test('links that multiply are followed up to a limit', async () => {
  const folders = Array.from({ length: 30 }, (_, nth) => `d${nth}`)
  const root = await plant({ 'Cargo.toml': crate(), ...Object.fromEntries(folders.map((each) => [`${each}/a`, ''])) })
  for (const each of folders.slice(1)) {
    for (const other of folders) if (other !== each) await symlink(`../${other}`, path.join(root, each, other))
  }
  expect((await planProject(root)).crates[0]?.contents?.files.length).toBeLessThan(20_000)
})

test('the size is the sum of the files', async () => {
  const root = await plant({ 'Cargo.toml': crate(), 'src/lib.rs': '12345' })
  const { crates } = await planProject(root)
  expect(crates[0]?.contents).toEqual({
    files: ['Cargo.lock', 'Cargo.toml', 'Cargo.toml.orig', 'src/lib.rs'],
    bytes: crate().length + 5,
  })
})

async function reported(root: string): Promise<string[]> {
  const { problems } = await planProject(root, { commit: COMMIT })
  return problems
    .filter((each) => each.code !== 'changelog-section-missing')
    .map(({ severity, code, where }) => `${severity} ${code} ${where?.file}:${where?.line}`)
}

test.each<[string, Tree, string[]]>([
  ['sources', { 'src/lib.rs': '' }, []],
  [
    'sources left out',
    { 'Cargo.toml': crate('include = ["README.md"]\n'), 'src/lib.rs': '' },
    ['error crate-source-left-out Cargo.toml:7'],
  ],
  [
    'a build script left out',
    { 'Cargo.toml': crate('exclude = ["*.rs", "!src/**"]\n'), 'src/lib.rs': '', 'build.rs': '' },
    ['warning crate-source-left-out Cargo.toml:7'],
  ],
  [
    'a program left out',
    { 'Cargo.toml': crate('exclude = ["main.rs"]\n'), 'src/main.rs': '' },
    ['error crate-source-left-out Cargo.toml:7'],
  ],
  [
    'a program left out beside a library',
    { 'Cargo.toml': crate('exclude = ["main.rs"]\n'), 'src/main.rs': '', 'src/lib.rs': '' },
    [],
  ],
  [
    'a build script that is disabled',
    { 'Cargo.toml': crate('build = false\nexclude = ["build.rs"]\n'), 'src/lib.rs': '', 'build.rs': '' },
    [],
  ],
  [
    'sources that git ignores',
    { 'src/lib.rs': '', '.gitignore': 'lib.rs\n' },
    ['error crate-source-left-out Cargo.toml:2'],
  ],
  ['a file read', { 'src/lib.rs': '\n#![doc = include_str!("../README.md")]\n', 'README.md': '' }, []],
  [
    'a file read and left out',
    {
      'Cargo.toml': crate('exclude = ["data"]\n'),
      'src/lib.rs': '\nconst D: &[u8] = include_bytes!("../data/d");\n',
      'data/d': '',
    },
    ['warning crate-file-left-out src/lib.rs:2'],
  ],
  [
    'a file that only tests read',
    {
      'Cargo.toml': crate('exclude = ["data"]\n'),
      'src/lib.rs': '#[cfg(test)]\nmod tests { const D: &str = include_str!("../data/d"); }\n',
      'data/d': '',
    },
    [],
  ],
  [
    'a file that only a test module reads',
    {
      'Cargo.toml': crate('exclude = ["data"]\n'),
      'src/lib.rs': '#[cfg(test)]\nmod tests;\n',
      'src/tests.rs': 'const D: &str = include_str!("../data/d");\n',
      'data/d': '',
    },
    [],
  ],
  [
    'a file that the build script reads',
    {
      'Cargo.toml': crate('exclude = ["data"]\n'),
      'src/lib.rs': '',
      'build.rs': '\nconst D: &str = include_str!(\n  "data/d"\n);\nfn main() {}\n',
      'data/d': '',
    },
    ['warning crate-file-left-out build.rs:2'],
  ],
  [
    'a file in a comment',
    { 'Cargo.toml': crate('exclude = ["data"]\n'), 'src/lib.rs': '/// include_str!("../data/d")\n', 'data/d': '' },
    [],
  ],
])('%s', async (_, files, expected) => {
  expect(await reported(await plant({ 'Cargo.toml': crate(), ...files }))).toEqual(expected)
})

test('a README above the crate that its documentation reads', async () => {
  const lib = '#![doc = include_str!("../../README.md")]\n'
  const files = {
    'Cargo.toml': '[workspace]\nmembers = ["core"]\nresolver = "2"\n',
    'README.md': 'x',
    'core/src/lib.rs': lib,
    'core/Cargo.toml': crate('readme = "../README.md"\n'),
  }
  const root = await plant(files)
  expect(await reported(root)).toEqual(['warning crate-file-left-out core/src/lib.rs:1'])
  // cargo reports the same when it builds the package.
  const argv = ['package', '--allow-dirty', '--offline', '--package', 'demo']
  expect(() => execFileSync('cargo', argv, { cwd: root, stdio: 'pipe' })).toThrow(/couldn't read/)
})

test('files below a link to a folder are packaged, and ignored files may be', async () => {
  const lib = 'const A: &str = include_str!("../data/a");\nconst B: &str = include_str!("../b.json");\n'
  const root = await plant({ 'Cargo.toml': crate(), 'src/lib.rs': lib, 'shared/a': '', 'b.json': '' })
  await symlink('shared', path.join(root, 'data'))
  expect(await reported(root)).toEqual([])
  await writeFile(path.join(root, '.gitignore'), '*.json\n')
  const { problems } = await planProject(root, { commit: COMMIT })
  const found = problems.find((each) => each.code === 'crate-file-left-out')
  expect([found?.where?.line, found?.message]).toEqual([2, expect.stringContaining('unless git tracks it')])
})

/** Returns text that compresses badly. */
function noise(length: number): string {
  let state = 1
  return Array.from({ length }, () => {
    state = (state * 48271) % 2147483647
    return String.fromCharCode(33 + (state % 90))
  }).join('')
}

test.each<[string, string, string[]]>([
  ['12 MiB of noise', noise(14 * 2 ** 20), ['warning crate-too-large Cargo.toml:2']],
  ['11 MiB of one letter', 'x'.repeat(11 * 2 ** 20), []],
  ['too much to compress', 'x'.repeat(510 * 2 ** 20), ['warning crate-too-large Cargo.toml:2']],
])('a crate with %s', async (_, data, expected) => {
  expect(await reported(await plant({ 'Cargo.toml': crate(), 'src/lib.rs': '', data }))).toEqual(expected)
})

test('a link that leads out of the project is not read', async () => {
  const outside = await plant({ secret: 'x'.repeat(100) })
  const root = await plant({ 'Cargo.toml': crate(), 'src/lib.rs': '' })
  const before = (await planProject(root)).crates[0]?.contents?.bytes
  await symlink(path.join(outside, 'secret'), path.join(root, 'linked'))
  const { files, bytes } = (await planProject(root)).crates[0]?.contents ?? {}
  expect([files?.includes('linked'), bytes]).toEqual([true, before])
})

test('an invalid path is a missing file', async () => {
  const lib = 'const A: &str = include_str!("a\u0000b");\n'
  const files = { 'Cargo.toml': crate('license-file = "x\\u0000"\n'), 'src/lib.rs': lib }
  const { problems } = await planProject(await plant(files))
  expect(problems.map((each) => each.code)).toContain('crate-file-missing')
})

test('hostile rules and files are matched quickly', async () => {
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, nth) => [`${'a'.repeat(200)}${nth}`, '']))
  const rules = Array.from({ length: 3000 }, (_, nth) => `${'*a?'.repeat(80)}${nth}x`)
  const lib = 'const D: &str = include_str!("../none");\n'.repeat(20_000)
  const manifest = crate(`exclude = ${JSON.stringify(rules)}\n`)
  const root = await plant({
    ...files,
    'Cargo.toml': manifest,
    'src/lib.rs': lib,
    '.gitignore': `${' '.repeat(4e6)}x\n${rules.join('\n')}`,
  })
  const { crates } = await planProject(root, { commit: COMMIT })
  expect(crates[0]?.contents?.files.length).toBeGreaterThan(300)
})
