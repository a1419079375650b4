import { execFileSync } from 'node:child_process'
import { chmod, lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { type Bump, type BumpOptions, planBump } from '@slipway/project/bump/bump'
import { unifiedDiff } from '@slipway/project/bump/diff'
import { edited, effective } from '@slipway/project/bump/edit'
import { nextVersion } from '@slipway/project/bump/next'
import { requirementAt } from '@slipway/project/bump/requirement'
import { writeChanges } from '@slipway/project/bump/write'
import { planProject } from '@slipway/project/plan'
import { METADATA, plant, type Tree, workspace } from './trees.ts'

const NOW = Date.UTC(2026, 1, 3, 23, 59)

test.each([
  ['major', '1.2.3', '2.0.0'],
  ['minor', '1.2.3', '1.3.0'],
  ['patch', '1.2.3', '1.2.4'],
  ['rc', '1.2.3', '1.2.4-rc.1'],
  ['rc', '1.2.4-rc.1', '1.2.4-rc.2'],
  ['rc', '1.2.4-rc.9', '1.2.4-rc.10'],
  ['rc', '1.2.4-alpha.3', '1.2.4-rc.1'],
  ['rc', '1.2.4-rc', '1.2.4-rc.1'],
  ['patch', '1.2.3-rc.1', '1.2.3'],
  ['minor', '1.2.3-rc.1', '1.3.0'],
  ['minor', '1.3.0-rc.1', '1.3.0'],
  ['major', '1.3.0-rc.1', '2.0.0'],
  ['major', '2.0.0-rc.1', '2.0.0'],
  ['patch', '1.2.3+abc', '1.2.4'],
  ['v2.0.0-rc.1', '1.2.3', '2.0.0-rc.1'],
  ['1.2.3', '1.2.3', '1.2.3'],
  ['1.0.0', '1.0', '1.0.0'],
])('%s of %s is %s', (wish, current, expected) => {
  expect(nextVersion(wish, current)).toBe(expected)
})

test.each([
  ['1.2', '1.2.3', 'bump-not-a-version'],
  ['latest', '1.2.3', 'bump-not-a-version'],
  ['', '1.2.3', 'bump-not-a-version'],
  ['1.2.3; rm -rf ~', '1.2.3', 'bump-not-a-version'],
  ['Patch', '1.2.3', 'bump-not-a-version'],
  ['01.2.3', '1.2.3', 'bump-not-a-version'],
  ['1.2.2', '1.2.3', 'bump-not-newer'],
  ['1.2.3-rc.1', '1.2.3', 'bump-not-newer'],
  ['rc', '1.2.3-rc1', 'bump-not-newer'],
  ['rc', '1.2.3-snapshot', 'bump-not-newer'],
  ['1.2.3+b', '1.2.3', 'bump-not-newer'],
  ['patch', '1.2', 'version-not-semver'],
])('%p of %s is refused: %s', (wish, current, code) => {
  expect(() => nextVersion(wish, current)).toThrow(
    expect.objectContaining({ problems: [expect.objectContaining({ code })] }),
  )
  if (code === 'bump-not-newer') expect(nextVersion(wish, current, true)).not.toBe(current)
})

test.each([
  ['1.2.3', '1.2.4', '1.2.4'],
  ['1.2', '1.9.0', '1.2'],
  ['1.2', '2.0.0', '2.0'],
  ['1', '2.0.0', '2'],
  ['1', '2.0.0-rc.1', '2.0.0-rc.1'],
  ['^1.2', '2.1.0', '^2.1'],
  ['~1.2', '1.3.4', '~1.3'],
  ['= 1.2.3', '1.2.4', '= 1.2.4'],
  ['=1.2', '1.2.9', '=1.2'],
  ['=1.2', '1.3.0-rc.1', '=1.3.0-rc.1'],
  ['1.*', '2.0.0', '2.*'],
  ['1.2.*', '1.3.0', '1.3.*'],
  ['*', '9.0.0', '*'],
  ['>=1.0', '9.0.0', '>=1.0'],
  ['>=1.2.3', '1.2.4', '>=1.2.4'],
  ['>=1.2.3, <2', '1.4.0', '>=1.4.0, <2'],
  ['>=1.2.3, <2', '2.0.0', '2.0.0'],
  ['<2', '2.0.0', '2.0.0'],
  ['1.2.2', '1.2.4', '1.2.2'],
])('what required %p at 1.2.3 requires at %s: %p', (requirement, to, expected) => {
  expect(requirementAt(requirement, '1.2.3', to)).toBe(expected)
})

/** All files of a folder by their path. */
async function contents(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const files = entries.filter((each) => !each.isDirectory()).map((each) => path.join(each.parentPath, each.name))
  const texts = files.map(async (file) => [path.relative(root, file), await readFile(file, 'utf8')] as const)
  return Object.fromEntries((await Promise.all(texts)).sort())
}

async function bump(root: string, wish: string, options: Partial<BumpOptions> = {}): Promise<Bump> {
  const done = await planBump(root, wish, { now: NOW, ...options })
  await writeChanges(root, done.changes)
  return done
}

const ERRORS = /^(version-|sibling-|lock-|no-python|local-version|prerelease-is|tag-)/

/** The errors of a plan that are about versions. */
async function wrong(root: string, tag: string): Promise<string[]> {
  const { problems } = await planProject(root, { tag, now: NOW })
  return problems
    .filter(({ code, severity }) => severity === 'error' && ERRORS.test(code))
    .map(({ message }) => message)
}

const LOCK = (version: string) => `version = 4

[[package]]
name = "demo"
version = "0.1.0"
source = "registry+https://example.invalid/index"

[[package]]
name = "demo"
version = "${version}"
dependencies = [
 "demo 0.1.0",
]

[[package]]
name = "demo-py"
version = "${version}"
dependencies = [
 "demo ${version}",
 "pyo3",
]

[[package]]
name = "pyo3"
version = "0.27.1"
source = "registry+https://example.invalid/index"
`

const LOG = `# Changelog

## [Unreleased]

### Added

- Something.

## [1.2.0] - 2025-01-02

- New.

[Unreleased]: https://git.example.invalid/a/compare/v1.2.0...HEAD
[1.2.0]: https://git.example.invalid/a/compare/v1.1.0...v1.2.0
`

const STABLE = Object.fromEntries(
  Object.entries(workspace()).map(([file, text]) => [file, text?.replaceAll(/1\.2\.0-?rc\.?1/g, '1.2.0') ?? null]),
)

/** Projects of the shapes that there are, each at 1.2.0. */
const SHAPES: Record<string, Tree> = {
  'a workspace, its version inherited': {
    ...STABLE,
    'Cargo.lock': LOCK('1.2.0'),
    'core/Cargo.toml': `${STABLE['core/Cargo.toml']}[dependencies]\nold = { package = "demo", version = "0.1" }\n`,
    'CHANGELOG.md': LOG,
  },
  'crates with literals and every kind of pin': {
    'Cargo.toml': '[workspace]\nmembers = ["a", "b", "x"]\n',
    'a/Cargo.toml': `[package]\nname = "a"\nversion = '1.2.0'   # here\n${METADATA}`,
    'b/Cargo.toml': `[package]\nname = "b"\nversion = """1.2.0"""\n${METADATA}[dependencies]\na = { path = "../a", version = "=1.2.0" }\n[dev-dependencies.a]\nversion = "~1.2.0"\npath = "../a"\n[target.'cfg(unix)'.build-dependencies]\n"a" = { version = "1.2.0", path = '../a' }\n`,
    'x/Cargo.toml':
      '[package]\nname = "x"\nversion = "0.0.0"\npublish = false\n[dependencies]\nb = { path = "../b" }\n',
    'CHANGELOG.md': '# Changes\n\n## Unreleased\n* x\n\n## v1.2.0 (2025-01-02)\n* y\n',
  },
  'a wheel with literals everywhere': {
    'Cargo.toml':
      '[package]\nname = "nuster-python"\nversion = "1.2.0"\n[lib]\nname = "nuster"\ncrate-type = ["cdylib"]\n',
    'src/lib.rs': '// m.add("__version__", "9.9.9")\nm.add("__version__", "1.2.0")?;\n',
    'pyproject.toml':
      '[build-system]\nrequires = ["maturin"]\nbuild-backend = "maturin"\n[project]\nname = "nuster"\nversion = "1.2.0"\n',
    'compose.yaml':
      'services:\n  a:\n    build: .\n    image: "ghcr.io/o/a:1.2.0"\n    container_name: a_v1.2.0\n  db: {image: "postgres:1.2.0"}\n',
    Dockerfile: 'FROM scratch\n',
    'CITATION.cff': 'cff-version: 1.2.0\nversion: 1.2.0\ndate-released: 2025-01-02\ndoi: 10.5281/zenodo.1.2.0\n',
    'slipway.toml': '[[version-files]]\nfile = "docs/conf.py"\npattern = "release = \'{version}\'"\n',
    'docs/conf.py': "release = '1.2.0'\nneeds_sphinx = '1.2.0'\n",
    'CHANGELOG.md':
      '## [Unreleased]\n- x\n## [1.2.0](https://git.example.invalid/compare/v1.1.0...v1.2.0) - 2025-01-02\n- y\n',
  },
  'Python alone': {
    'pyproject.toml': '[project]\nname = "p"\nversion = "1.2.0"',
    'p/__init__.py': "__version__: str = '1.2.0'\n",
    'HISTORY.md': '# History\n\n## [Unreleased]\n\n- x',
  },
}

const shapes = Object.entries(SHAPES).map(([shape, tree]) => ({ shape, tree }))
const ends = [
  { end: 'LF', write: (text: string) => text },
  { end: 'CRLF', write: (text: string) => text.replaceAll('\n', '\r\n') },
  {
    end: 'a byte order mark',
    write: (text: string, file: string) => (/\.(toml|md)$/.test(file) ? `\uFEFF${text}` : text),
  },
]
const wishes = ['patch', 'minor', 'major', 'rc', '1.3.0-alpha.2', '10.20.30-dev.1', '1.2.1-beta.4']

describe.each(shapes)('$shape', ({ tree }) => {
  const cases = ends.flatMap(({ end, write }) => wishes.map((wish) => ({ end, write, wish })))
  test.each(cases)('with $end, to $wish, and back', async ({ write, wish }) => {
    const entries = Object.entries(tree).map(([file, text]) => [file, text === null ? null : write(text, file)])
    const root = await plant(Object.fromEntries(entries))
    expect(await wrong(root, 'v1.2.0')).toEqual([])
    const before = await contents(root)
    const there = await bump(root, wish)
    expect(await wrong(root, there.tag)).toEqual([])
    const after = await contents(root)
    expect(after).not.toEqual(before)
    expect((await planProject(root, { now: NOW })).notes).toMatch(/[-*] (x|Something\.)$/)
    // What is there already changes nothing.
    expect((await bump(root, there.to)).changes).toEqual([])
    // All is as it was after a way there and back, but the changelog, which forgets nothing, and the date.
    await bump(root, '1.2.0', { allowOlder: true })
    const again = await contents(root)
    const rest = (all: Record<string, string>) =>
      Object.entries(all).filter(([file]) => !/^(CHANGELOG|HISTORY|CITATION)/.test(file))
    expect(rest(again)).toEqual(rest(before))
  })

  test.each(ends)('with $end, git takes the diff for what is done', async ({ write }) => {
    const entries = Object.entries(tree).map(([file, text]) => [file, text === null ? null : write(text, file)])
    const root = await plant(Object.fromEntries(entries))
    const { changes } = await planBump(root, '2.0.0-rc.1', { now: NOW })
    const diff = changes.map(({ file, before, edits }) => unifiedDiff(file, before, edits)).join('')
    execFileSync('git', ['apply', '--whitespace=nowarn', '-'], {
      cwd: root,
      input: diff,
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    const expected = Object.fromEntries(changes.map(({ file, after }) => [file, after]))
    expect(await contents(root)).toMatchObject(expected)
  })
})

test('each place is spelt in its own way', async () => {
  const shape = SHAPES['a wheel with literals everywhere'] as Tree
  const root = await plant(shape)
  await bump(root, '1.3.0-rc.1')
  const after = await contents(root)
  expect(after['Cargo.toml']).toContain('version = "1.3.0-rc.1"')
  expect(after['pyproject.toml']).toContain('version = "1.3.0rc1"')
  expect(after['src/lib.rs']).toBe('// m.add("__version__", "9.9.9")\nm.add("__version__", "1.3.0rc1")?;\n')
  expect(after['compose.yaml']).toBe(
    shape['compose.yaml']?.replace('a:1.2.0', 'a:1.3.0-rc.1').replace('v1.2.0', 'v1.3.0-rc.1'),
  )
  expect(after['CITATION.cff']).toBe(
    shape['CITATION.cff']?.replace(
      'version: 1.2.0\ndate-released: 2025-01-02',
      'version: 1.3.0-rc.1\ndate-released: 2026-02-03',
    ),
  )
  expect(after['docs/conf.py']).toBe("release = '1.3.0-rc.1'\nneeds_sphinx = '1.2.0'\n")
})

test('pins move when they must, by their form', async () => {
  const shape = SHAPES['crates with literals and every kind of pin'] as Tree
  const pins = (text: string | null | undefined) => text?.match(/version = .*/g)?.slice(1)
  const short =
    shape['b/Cargo.toml']?.replace('"~1.2.0"', '"~1.2"').replace('{ version = "1.2.0"', '{ version = "1"') ?? ''
  const root = await plant({ ...shape, 'b/Cargo.toml': short })
  await bump(root, '1.3.0')
  const after = await contents(root)
  expect(pins(after['b/Cargo.toml'])).toEqual([
    'version = "=1.3.0" }',
    'version = "~1.3"',
    'version = "1", path = \'../a\' }',
  ])
  expect(after['x/Cargo.toml']).toBe(shape['x/Cargo.toml'])
})

test('private crates keep up, those that have their own way keep it', async () => {
  const root = await plant({
    ...STABLE,
    'Cargo.toml': STABLE['Cargo.toml']?.replace('"py"', '"py", "x", "y"') ?? '',
    'x/Cargo.toml': '[package]\nname = "x"\nversion = "1.2.0"\npublish = false\n',
    'y/Cargo.toml': '[package]\nname = "y"\nversion = "0.3.0"\npublish = false\n',
    'scs/pyproject.toml': '[project]\nname = "scs-autotuner"\nversion = "1.2.0"\n',
    'slipway.toml': '[packages.scs-autotuner]\nversion = "own"\n',
  })
  const { changes } = await bump(root, '1.2.1')
  const files = changes.map((each) => each.file)
  expect(files).toContain('x/Cargo.toml')
  expect(files).not.toContain('y/Cargo.toml')
  expect(files).not.toContain('scs/pyproject.toml')
})

test('where tags name what they release, that alone gets the version', async () => {
  const tree = {
    'slipway.toml': 'tag = "{name}-v{version}"\n',
    'Cargo.toml': '[workspace]\nmembers = ["a", "b"]\n',
    'a/Cargo.toml': `[package]\nname = "a"\nversion = "1.2.0"\n${METADATA}`,
    'b/Cargo.toml': `[package]\nname = "b"\nversion = "1.2.0"\n${METADATA}[dependencies]\na = { path = "../a", version = "1.2.0" }\n`,
  }
  const root = await plant(tree)
  const { tag, changes } = await bump(root, 'minor', { only: 'a' })
  expect([tag, changes.map((each) => each.file)]).toEqual(['a-v1.3.0', ['a/Cargo.toml', 'b/Cargo.toml']])
  expect((await contents(root))['b/Cargo.toml']).toBe(
    tree['b/Cargo.toml'].replace('version = "1.2.0" }', 'version = "1.3.0" }'),
  )
  await expect(planBump(root, 'minor', { now: NOW, only: 'c' })).rejects.toMatchObject({
    problems: [{ code: 'bump-name-unknown' }],
  })
})

test.each<[string, Tree, string, string]>([
  ['a prerelease that Python cannot spell', STABLE, '1.3.0-nightly.1', 'no-python-version'],
  ['a prerelease that is a post release for Python', STABLE, '1.3.0-1', 'prerelease-is-post-release'],
  ['a local version of a Python package', STABLE, '1.3.0+b', 'local-version'],
  ['a manifest that cannot be read', { ...STABLE, 'py/pyproject.toml': '[project\n' }, '1.3.0', 'toml-syntax'],
  ['a compose file that cannot be read', { ...STABLE, 'compose.yaml': 'a: [' }, '1.3.0', 'compose-unreadable'],
  ['nothing to release', { 'README.md': '' }, '1.3.0', 'no-project'],
])('%s is refused', async (_, tree, wish, code) => {
  const root = await plant(tree)
  await expect(planBump(root, wish, { now: NOW })).rejects.toMatchObject({ problems: [{ code }] })
})

test('what is still wrong afterwards is told', async () => {
  const root = await plant({ ...STABLE, 'CHANGELOG.md': '## 1.2.0\n\n- x\n' })
  const { problems, changes } = await planBump(root, 'patch', { now: NOW })
  expect(problems.map(({ code }) => code)).toEqual(['changelog-section-missing'])
  expect(changes.map(({ file }) => file)).not.toContain('CHANGELOG.md')
})

test('files keep their mode, and links stay links', async () => {
  const root = await plant({ ...STABLE, 'CHANGELOG.md': null, 'docs/log.md': LOG })
  await symlink('docs/log.md', path.join(root, 'CHANGELOG.md'))
  await chmod(path.join(root, 'Cargo.toml'), 0o755)
  const names = Object.keys(await contents(root))
  await bump(root, '1.3.0')
  expect((await stat(path.join(root, 'Cargo.toml'))).mode & 0o777).toBe(0o755)
  expect((await lstat(path.join(root, 'CHANGELOG.md'))).isSymbolicLink()).toBe(true)
  expect(await readFile(path.join(root, 'docs/log.md'), 'utf8')).toContain('## [1.3.0] - 2026-02-03\n')
  expect(Object.keys(await contents(root))).toEqual(names)
})

test('nothing is written when one file cannot be', async () => {
  const root = await plant({ ...STABLE, 'CHANGELOG.md': LOG })
  await writeFile(path.join(root, 'CHANGELOG.md'), Buffer.concat([Buffer.from(LOG), Buffer.from([0xff])]))
  const before = await contents(root)
  await expect(bump(root, '1.3.0')).rejects.toMatchObject({
    problems: [{ code: 'file-not-kept', where: { file: 'CHANGELOG.md', line: 1 } }],
  })
  expect(await contents(root)).toEqual(before)
})

test('two names of one file are not written over each other', async () => {
  const pattern = '[[version-files]]\nfile = "log.md"\npattern = "v{version}"\n'
  const root = await plant({ ...STABLE, 'CHANGELOG.md': null, 'slipway.toml': pattern, 'log.md': `${LOG}\nv1.2.0\n` })
  await symlink('log.md', path.join(root, 'CHANGELOG.md'))
  const before = await contents(root)
  await expect(bump(root, '1.3.0')).rejects.toMatchObject({ problems: [{ code: 'file-not-kept' }] })
  expect(await contents(root)).toEqual(before)
})

test('edits are done in the order of the text, those that overlap another or have no effect not at all', () => {
  const at = (start: number, end: number, text: string) => ({ file: 'f', range: [start, end] as const, text })
  const text = 'abcdef'
  const edits = effective(text, [
    at(4, 5, 'EE'),
    at(0, 1, ''),
    at(4, 5, 'EE'),
    at(2, 3, 'c'),
    at(6, 6, '!'),
    at(3, 5, 'DE'),
  ])
  expect(edits.map((each) => each.text)).toEqual(['', 'DE', '!'])
  expect(edited(text, edits)).toBe('bcDEf!')
})
