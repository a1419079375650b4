import { chmod, lstat, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from '@jest/globals'
import { planBump } from '@slipway/bump/bump'
import { planProject } from '@slipway/plan/plan'
import { METADATA, plant, type Tree } from '../trees.ts'
import { bump, contents, LOG, NOW, SHAPES, STABLE } from './shapes.ts'

test('spells the version as each place does', async () => {
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

test('moves pins only if needed, in their form', async () => {
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

test('private crates with the same version keep up, others keep theirs', async () => {
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

test.each<[string, string, string[]]>([
  ['another version', '0.9.0', ['bump-joins-versions other/Cargo.toml:3']],
  ['the same version', '1.2.0', []],
  ['the new version already', '1.2.1', []],
])('a crate with %s', async (_, version, expected) => {
  const other = `[package]\nname = "other"\nversion = "${version}"\n${METADATA}`
  const root = await plant({
    ...STABLE,
    'CHANGELOG.md': '# Changelog\n\n## [Unreleased]\n\n- New.\n',
    'other/Cargo.toml': other,
    'Cargo.toml': STABLE['Cargo.toml']?.replace('"py"', '"py", "other"') ?? '',
  })
  const { problems } = await bump(root, '1.2.1')
  expect(problems.map(({ code, where }) => `${code} ${where?.file}:${where?.line}`)).toEqual(expected)
  expect((await bump(root, '1.2.1')).changes).toEqual([])
})

test('bumps only the selected crate if tags name one', async () => {
  const tree = {
    'slipway.toml': 'tag = "{name}-v{version}"\n',
    'Cargo.toml': '[workspace]\nmembers = ["a", "b"]\n',
    'CHANGELOG.md': LOG,
    'a/CHANGELOG.md': LOG,
    'a/Cargo.toml': `[package]\nname = "a"\nversion = "1.2.0"\n${METADATA}`,
    'b/Cargo.toml': `[package]\nname = "b"\nversion = "1.2.0"\n${METADATA}[dependencies]\na = { path = "../a", version = "1.2.0" }\n`,
  }
  const root = await plant(tree)
  const { tag, changes } = await bump(root, 'minor', { only: 'a' })
  expect([tag, changes.map((each) => each.file)]).toEqual([
    'a-v1.3.0',
    ['a/Cargo.toml', 'b/Cargo.toml', 'a/CHANGELOG.md'],
  ])
  expect((await contents(root))['b/Cargo.toml']).toBe(
    tree['b/Cargo.toml'].replace('version = "1.2.0" }', 'version = "1.3.0" }'),
  )
  await expect(planBump(root, 'minor', { now: NOW, only: 'c' })).rejects.toMatchObject({
    problems: [{ code: 'bump-name-unknown' }],
  })
})

/** A crate, and a Python package that is versioned separately. */
const OWN: Tree = {
  'core/Cargo.toml': `[package]\nname = "acme-core"\nversion = "0.1.0"\n${METADATA}`,
  'py/pyproject.toml': '[build-system]\nrequires = ["hatchling"]\n[project]\nname = "acme-tools"\nversion = "5.0.0"\n',
  'slipway.toml': '[packages.acme-tools]\nversion = "own"\n',
}

test.each([
  ['', 'acme-tools', 'acme-tools-v5.1.0', 'py/pyproject.toml'],
  ['', 'Acme.Tools', 'acme-tools-v5.1.0', 'py/pyproject.toml'],
  ['', 'py', 'acme-tools-v5.1.0', 'py/pyproject.toml'],
  ['tag = "{name}-v{version}"\n', 'acme-tools', 'acme-tools-v5.1.0', 'py/pyproject.toml'],
  ['tag = "release-{version}"\n', 'acme-tools', 'acme-tools-release-5.1.0', 'py/pyproject.toml'],
  ['', 'acme-core', 'acme-core-v0.2.0', 'core/Cargo.toml'],
  ['', undefined, 'v0.2.0', 'core/Cargo.toml'],
])('bumps one that is versioned separately by its name: %p %p', async (pattern, only, tag, file) => {
  const root = await plant({ ...OWN, 'slipway.toml': pattern + OWN['slipway.toml'] })
  const done = await bump(root, 'minor', { only })
  expect([done.tag, done.changes.map((each) => each.file)]).toEqual([tag, [file]])
})

const LOCKED = (...packages: [string, string][]) =>
  `version = 4\n${packages.map(([name, version]) => `\n[[package]]\nname = "${name}"\nversion = "${version}"\n`).join('')}`
const APP = (at: string, version = '1.2.0') =>
  `[package]\nname = "app"\nversion = "0.0.0"\npublish = false\n[dependencies]\ndemo = { path = "${at}", version = "${version}" }\n[workspace]\n`

test('moves crates outside of the workspace that depend on released ones', async () => {
  const root = await plant({
    ...STABLE,
    'Cargo.toml': STABLE['Cargo.toml']?.replace('members', 'exclude = ["wasm"]\nmembers') ?? '',
    'wasm/Cargo.toml': APP('../core'),
    'wasm/Cargo.lock': LOCKED(['app', '0.0.0'], ['demo', '1.2.0']),
    'examples/app/Cargo.toml': APP('../../core'),
    'fuzz/Cargo.toml': APP('../core', '1'),
    'fuzz/Cargo.lock': LOCKED(['app', '0.0.0'], ['demo', '1.2.0']),
    // None of these refers to the crate that moves.
    'tests/a/Cargo.toml': APP('../b').replace('"app"', '"demo"'),
    'tests/a/Cargo.lock': LOCKED(['demo', '1.2.0'], ['demo-b', '1.2.0']),
    'tests/b/Cargo.toml': '{{ template }}',
    'tests/c/Cargo.lock': LOCKED(['demo', '1.1.0']),
    'CHANGELOG.md': null,
  })
  const { changes } = await bump(root, '1.3.0')
  expect(changes.map((each) => each.file).sort()).toEqual([
    'Cargo.toml',
    'examples/app/Cargo.toml',
    'fuzz/Cargo.lock',
    'py/python/demo/__init__.py',
    'wasm/Cargo.lock',
    'wasm/Cargo.toml',
  ])
  const after = await contents(root)
  expect(after['wasm/Cargo.toml']).toBe(APP('../core', '1.3.0'))
  expect(after['examples/app/Cargo.toml']).toBe(APP('../../core', '1.3.0'))
  expect(after['fuzz/Cargo.lock']).toBe(LOCKED(['app', '0.0.0'], ['demo', '1.3.0']))
  expect(after['wasm/Cargo.lock']).toBe(LOCKED(['app', '0.0.0'], ['demo', '1.3.0']))
})

test('refuses to make any released version older', async () => {
  const root = await plant({ ...OWN, 'slipway.toml': null })
  await expect(planBump(root, 'minor', { now: NOW })).rejects.toMatchObject({
    problems: [{ code: 'bump-not-newer', where: { file: 'py/pyproject.toml', line: 5 } }],
  })
  expect((await planBump(root, 'minor', { now: NOW, allowOlder: true })).changes.map((each) => each.file)).toEqual([
    'core/Cargo.toml',
    'py/pyproject.toml',
  ])
  expect((await planBump(root, '5.0.1', { now: NOW })).to).toBe('5.0.1')
})

test.each([
  ['acme-tools', ['py/pyproject.toml']],
  ['acme-core', ['core/Cargo.toml', 'docs/conf.py', 'CITATION.cff']],
])('a file without an owner has the version of the release: %s', async (only, expected) => {
  const root = await plant({
    ...OWN,
    'slipway.toml': `[[version-files]]\nfile = "docs/conf.py"\npattern = "release = '{version}'"\n${OWN['slipway.toml']}`,
    'docs/conf.py': "release = '0.1.0'\n",
    'CITATION.cff': 'cff-version: 1.2.0\nversion: 0.1.0\n',
  })
  const { changes, problems } = await bump(root, 'minor', { only })
  expect(changes.map((each) => each.file).sort()).toEqual(expected.sort())
  expect(problems.filter((each) => each.code !== 'changelog-section-missing')).toEqual([])
})

test('refuses a project whose only package is versioned separately', async () => {
  const root = await plant({ ...OWN, 'core/Cargo.toml': null })
  await expect(planBump(root, 'minor', { now: NOW })).rejects.toMatchObject({ problems: [{ code: 'no-project' }] })
})

/** A crate that needs another, which `[replace]` puts in the place of a published version. */
const REPLACED: Tree = {
  'Cargo.toml': `[workspace]\nmembers = ["b"]\n[replace]\n"crates.io#a:1.2.0" = { path = "a" }\n`,
  'a/Cargo.toml': `[package]\nname = "a"\nversion = "1.2.0"\n${METADATA}`,
  'b/Cargo.toml': `[package]\nname = "b"\nversion = "1.2.0"\n${METADATA}[dependencies]\na = { path = "../a", version = "1.2.0" }\n`,
}

/** A crate that needs another by `=1.2.0`; only `.cargo/config.toml` says that it is local. */
const PATCHED_BY_CARGO: Tree = {
  ...REPLACED,
  'Cargo.toml': '[workspace]\nmembers = ["a", "b"]\n',
  '.cargo/config.toml': '[patch.crates-io]\na = { path = "a" }\n',
  'b/Cargo.toml': `[package]\nname = "b"\nversion = "1.2.0"\n${METADATA}[dependencies]\na = "=1.2.0"\n`,
  'Cargo.lock':
    'version = 4\n\n[[package]]\nname = "a"\nversion = "1.2.0"\n\n[[package]]\nname = "b"\nversion = "1.2.0"\ndependencies = [\n "a",\n]\n',
}

test.each<[string, Tree, string, string]>([
  ['a prerelease that Python cannot spell', STABLE, '1.3.0-nightly.1', 'no-python-version'],
  ['a prerelease that is a post release for Python', STABLE, '1.3.0-1', 'prerelease-is-post-release'],
  ['a local version of a Python package', STABLE, '1.3.0+b', 'local-version'],
  ['a manifest that cannot be read', { ...STABLE, 'py/pyproject.toml': '[project\n' }, '1.3.0', 'toml-syntax'],
  ['a compose file that cannot be read', { ...STABLE, 'compose.yaml': 'a: [' }, '1.3.0', 'compose-unreadable'],
  ['nothing to release', { 'README.md': '' }, '1.3.0', 'no-project'],
  ['a crate that replaces a published version', REPLACED, '1.3.0', 'bump-replaced-crate'],
  ['a requirement that only the settings of cargo make local', PATCHED_BY_CARGO, '1.3.0', 'lock-stale'],
])('refuses %s', async (_, tree, wish, code) => {
  const root = await plant(tree)
  await expect(planBump(root, wish, { now: NOW })).rejects.toMatchObject({ problems: [{ code }] })
})

test('reports problems that remain', async () => {
  const root = await plant({ ...STABLE, 'CHANGELOG.md': '## 1.2.0\n\n- x\n' })
  const { problems, changes } = await planBump(root, 'patch', { now: NOW })
  expect(problems.map(({ code }) => code)).toEqual(['changelog-section-missing'])
  expect(changes.map(({ file }) => file)).not.toContain('CHANGELOG.md')
})

test('keeps the mode of files, and links as links', async () => {
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

test('writes nothing if one file cannot be written', async () => {
  const root = await plant({ ...STABLE, 'CHANGELOG.md': LOG })
  await writeFile(path.join(root, 'CHANGELOG.md'), Buffer.concat([Buffer.from(LOG), Buffer.from([0xff])]))
  const before = await contents(root)
  await expect(bump(root, '1.3.0')).rejects.toMatchObject({
    problems: [{ code: 'file-not-kept', where: { file: 'CHANGELOG.md', line: 1 } }],
  })
  expect(await contents(root)).toEqual(before)
})

test('refuses two names of one file', async () => {
  const pattern = '[[version-files]]\nfile = "log.md"\npattern = "v{version}"\n'
  const root = await plant({ ...STABLE, 'CHANGELOG.md': null, 'slipway.toml': pattern, 'log.md': `${LOG}\nv1.2.0\n` })
  await symlink('log.md', path.join(root, 'CHANGELOG.md'))
  const before = await contents(root)
  await expect(bump(root, '1.3.0')).rejects.toMatchObject({ problems: [{ code: 'file-not-kept' }] })
  expect(await contents(root)).toEqual(before)
})

test.each([
  [
    'compare/1.1.0...1.2.0',
    'compare/1.2.0...HEAD',
    '1.3.0',
    '[1.3.0]: https://git.example.invalid/a/compare/1.2.0...1.3.0',
  ],
  [
    'releases/tag/1.2.0',
    'compare/1.2.0...HEAD',
    '1.3.0',
    '[1.3.0]: https://git.example.invalid/a/compare/1.2.0...1.3.0',
  ],
  [
    'releases/tag/release-1.2.0',
    'tree/main',
    'release-1.3.0',
    '[1.3.0]: https://git.example.invalid/a/releases/tag/release-1.3.0',
  ],
  ['all', 'compare/r/1.2.0...HEAD', 'r/1.3.0', '[1.3.0]: https://git.example.invalid/a/compare/r/1.2.0...r/1.3.0'],
  [
    'compare/v1.1.0...v1.2.0',
    'compare/v1.2.0...HEAD',
    'v1.3.0',
    '[1.3.0]: https://git.example.invalid/a/compare/v1.2.0...v1.3.0',
  ],
])('tags and links follow the links of the changelog: %s', async (own, unreleased, tag, link) => {
  const log = LOG.replace('compare/v1.1.0...v1.2.0', own).replace('compare/v1.2.0...HEAD', unreleased)
  const root = await plant({ ...STABLE, 'CHANGELOG.md': log })
  const done = await bump(root, 'minor')
  expect(done.tag).toBe(tag)
  expect(await readFile(path.join(root, 'CHANGELOG.md'), 'utf8')).toContain(`${link}\n`)
  expect((await planProject(root, { now: NOW })).tag).toBe(tag)
  const { problems } = await planProject(root, { now: NOW, tag: '9.9.9' })
  expect(problems.find((each) => each.code === 'tag-differs-from-version')?.hint).toContain(`tag this commit ${tag}.`)
})

test.each([
  ['tag = "release-{version}"\n', 'release-1.3.0'],
  [null, 'v1.3.0'],
])(
  'links that name a crate, and those of a project with the setting %j, tell nothing about tags',
  async (setting, tag) => {
    const links = setting === null ? 'demo-v1.' : '1.'
    const root = await plant({ ...STABLE, 'CHANGELOG.md': LOG.replaceAll('v1.', links), 'slipway.toml': setting })
    expect((await bump(root, 'minor')).tag).toBe(tag)
  },
)
