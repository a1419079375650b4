import { expect, test } from '@jest/globals'
import { givenTag, readTag, tagFor, tagPattern } from '@slipway/core/tag'
import { planProject } from '@slipway/plan/plan'
import { METADATA, plant, type Tree } from '../trees.ts'

test.each([
  ['v{version}', true],
  ['{name}-v{version}', true],
  ['release/{name}/{version}', true],
  ['{version}{name}', false],
  ['{name}', false],
  ['{version}-{version}', false],
  ['v{versoin}', false],
  ['-{version}', false],
  ['v {version}', false],
  ['a..{version}', false],
  ['/{version}', false],
  ['v{version}.lock', false],
  ['v{version}\n::error::', false],
])('%p is a pattern of tags: %p', (pattern, expected) => {
  expect(tagPattern(pattern) !== null).toBe(expected)
})

/** What goes by a name, and by folders: two by `both`. */
const ALL = [
  { name: 'demo', folder: 'rust' },
  { name: 'demo-py', folder: 'py' },
  { name: 'Two_Words.x', folder: 'both' },
  { name: 'other', folder: 'both' },
  { name: 'rust', folder: null },
]

test.each([
  ['v1.2.3', 'v{version}', '1.2.3', null],
  ['demo@1.2.3', 'v{version}', '1.2.3', 'demo'],
  ['demo-py-v1.2.3-rc.1', 'v{version}', '1.2.3-rc.1', 'demo-py'],
  ['another/v1.2.3', 'v{version}', '1.2.3', null],
  ['two-words-x-v1.2.3', 'v{version}', '1.2.3', 'Two_Words.x'],
  ['py-v1.2.3', 'v{version}', '1.2.3', 'demo-py'],
  ['py/v1.2.3', 'v{version}', '1.2.3', 'demo-py'],
  ['rust-v1.2.3', 'v{version}', '1.2.3', 'rust'],
  ['both-v1.2.3', 'v{version}', '1.2.3', null],
  ['two-words-x-v1.2.3', '{name}-v{version}', '1.2.3', 'Two_Words.x'],
  ['py-v1.2.3', '{name}-v{version}', '1.2.3', 'demo-py'],
  ['v1.2.3-rc.1@DEMO-py', 'v{version}@{name}', '1.2.3-rc.1', 'demo-py'],
  ['demo-release-1.2.3', 'release-{version}', '1.2.3', 'demo'],
  ['py/release-1.2.3', 'release-{version}', '1.2.3', 'demo-py'],
  ['demo-py-v1.2.3', '{name}-v{version}', '1.2.3', 'demo-py'],
  ['demo-v1.2.3', '{name}-v{version}', '1.2.3', 'demo'],
  ['1.2.3+demo-py', '{version}+{name}', '1.2.3', 'demo-py'],
  ['release-1.2.3', 'release-{version}', '1.2.3', null],
  ['release-1.2', 'release-{version}', '1.2', null],
  ['v2024.1', 'v{version}', '2024.1', null],
  ['demo-1.2.3.post1', 'v{version}', '1.2.3.post1', 'demo'],
])('%p, by %p, says %p and %p', (tag, pattern, version, name) => {
  expect(readTag(tag, pattern, ALL)).toEqual({ version, name })
})

test.each([
  ['another-v1.2.3', '{name}-v{version}'],
  ['both-v1.2.3', '{name}-v{version}'],
  ['another-release-1.2.3', 'release-{version}'],
  ['v1.2.3', 'release-{version}'],
  ['release-1.2.x', 'release-{version}'],
  ['demo', '{name}-v{version}'],
  ['', 'v{version}'],
  ['-'.repeat(1_000_000), 'v{version}'],
])('%.20p is no tag by %p', (tag, pattern) => {
  expect(readTag(tag, pattern, ALL)).toBeNull()
})

test('a name is filled in as it is, whatever is in it', () => {
  expect(tagFor('1.0.0', '{name}-v{version}', '$&{version}')).toBe('$&{version}-v1.0.0')
})

/** Two crates and a Python package, each with a version of its own. */
const SEVERAL: Tree = {
  'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\n',
  'crates/core/Cargo.toml': `[package]\nname = "core-lib"\nversion = "1.2.0"\n${METADATA}`,
  'crates/tools/Cargo.toml': `[package]\nname = "tools"\nversion = "0.3.0"\n${METADATA}[dependencies]\ncore-lib = { path = "../core", version = "1.1" }\n`,
  'python/tuner/pyproject.toml':
    'build-system.requires = ["setuptools"]\n[project]\nname = "Tuner"\nversion = "2.0"\nrequires-python = ">=3.9"\n',
  'python/tuner/tuner/__init__.py': '__version__ = "2.0"\n',
  'python/tuner/Dockerfile': 'FROM scratch\n',
  'CHANGELOG.md': '## 1.2.0\n- x\n\n## 0.3.0\n- y\n',
}
const BY_NAME = { 'slipway.toml': 'tag = "{name}-v{version}"\n' }

async function released(tree: Tree, tag?: string) {
  const plan = await planProject(await plant(tree), tag === undefined ? {} : { tag })
  const crates = plan.crates.filter((each) => each.publish !== false)
  const packages = plan.packages.filter((each) => each.reason === undefined)
  const names = [...crates, ...packages].map((each) => each.name)
  return { plan, names, codes: plan.problems.map((each) => `${each.code} ${each.where?.file}:${each.where?.line}`) }
}

test.each([
  [{}, 'core-lib-v1.2.0', '1.2.0', ['core-lib']],
  [{}, 'tools/v0.3.0', '0.3.0', ['tools']],
  [BY_NAME, 'core-lib-v1.2.0', '1.2.0', ['core-lib']],
  [BY_NAME, undefined, '1.2.0', ['core-lib']],
])('in a repository of several things a tag releases one: %p %p', async (settings, tag, version, expected) => {
  const { plan, names, codes } = await released({ ...SEVERAL, ...settings }, tag)
  expect([plan.version, names, codes]).toEqual([version, expected, []])
  expect(plan.tag).toBe(tag ?? 'core-lib-v1.2.0')
  expect(plan.crates.find((each) => !expected.includes(each.name))).toMatchObject({
    publish: false,
    reason: `The tag releases ${expected} alone.`,
  })
  expect(plan.matrix).toEqual([])
})

test('what the tag selects must have its version', async () => {
  const { codes } = await released({ ...SEVERAL, ...BY_NAME }, 'tools-v0.4.0')
  expect(codes).toContain('tag-differs-from-version crates/tools/Cargo.toml:3')
})

test('a tag that is not of the pattern is told where the pattern stands', async () => {
  const { codes } = await released({ ...SEVERAL, ...BY_NAME }, 'v1.2.0')
  expect(codes).toContain('tag-not-of-pattern slipway.toml:1')
})

test('a package of Python is released by its own tag', async () => {
  const tree = {
    ...SEVERAL,
    'python/tuner/pyproject.toml':
      'build-system.requires = ["setuptools"]\n[project]\nname = "Tuner"\nversion = "2.0.0"\n',
    'python/tuner/tuner/__init__.py': '__version__ = "2.0.0"\n',
    ...BY_NAME,
  }
  const { plan, names } = await released(tree, 'Tuner-v2.0.0')
  expect([plan.version, names, plan.matrix.map((each) => each.package)]).toEqual(['2.0.0', ['Tuner'], ['Tuner']])
})

test('with one version throughout, a prefix is only a prefix', async () => {
  const tree = {
    ...SEVERAL,
    'crates/tools/Cargo.toml': `[package]\nname = "tools"\nversion = "1.2.0"\n${METADATA}`,
    'python/tuner/pyproject.toml': null,
  }
  expect((await released(tree, 'tools-v1.2.0')).names).toEqual(['core-lib', 'tools'])
})

const PY = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\n'
/** A crate, and a package of Python that has its own version. */
const OWN: Tree = {
  'rust/Cargo.toml': `[package]\nname = "acme-core"\nversion = "0.1.0"\n${METADATA}`,
  'py/pyproject.toml': `${PY}name = "Acme_Tools"\nversion = "5.0.0"\nrequires-python = ">=3.9"\n`,
  'py/acme_tools/__init__.py': '__version__ = "5.0.0"\n',
  'CHANGELOG.md': '## 5.0.0\n- x\n\n## 0.1.0\n- y\n',
  'slipway.toml': '[packages.acme-tools]\nversion = "own"\n',
}

test.each([
  ['Acme_Tools-v5.0.0', '', '5.0.0', ['Acme_Tools']],
  ['acme-tools-v5.0.0', '', '5.0.0', ['Acme_Tools']],
  ['py/v5.0.0', '', '5.0.0', ['Acme_Tools']],
  ['rust-v0.1.0', '', '0.1.0', ['acme-core']],
  ['v0.1.0', '', '0.1.0', ['acme-core', 'Acme_Tools']],
  ['acme-tools-v5.0.0', 'tag = "{name}-v{version}"\n', '5.0.0', ['Acme_Tools']],
  ['acme-tools-release-5.0.0', 'tag = "release-{version}"\n', '5.0.0', ['Acme_Tools']],
])('what has versions of its own is released by its tag: %p %p', async (tag, pattern, version, expected) => {
  const { plan, names, codes } = await released({ ...OWN, 'slipway.toml': pattern + OWN['slipway.toml'] }, tag)
  expect([plan.version, names, codes]).toEqual([version, expected, []])
})

test('what the tag selects has its version everywhere, though it is its own', async () => {
  const { codes } = await released({ ...OWN, 'py/acme_tools/__init__.py': '__version__ = "4.0.0"\n' }, 'py-v5.0.0')
  expect(codes).toEqual(['version-differs py/acme_tools/__init__.py:1'])
})

test('by tags that name one thing, the others are told as not checked', async () => {
  const { plan } = await released({ ...SEVERAL, ...BY_NAME })
  expect(plan.notChecked).toEqual([
    'Only core-lib was looked at, since tags name what they release: give the tag of another.',
  ])
  expect((await released({ ...SEVERAL, ...BY_NAME }, 'tools-v0.3.0')).plan.notChecked).toEqual([])
  const alone = { ...SEVERAL, ...BY_NAME, 'crates/tools/Cargo.toml': null, 'python/tuner/pyproject.toml': null }
  expect((await released(alone)).plan.notChecked).toEqual([])
})

test.each([
  ['v1.2.3', 'v1.2.3'],
  ['refs/tags/v1.2.3', 'v1.2.3'],
  ['refs/tags/core/v1.2.3', 'core/v1.2.3'],
])('the tag given as %s is %s', (text, tag) => {
  expect(givenTag(text)).toBe(tag)
})

test.each(['refs/heads/1.2.2', 'refs/tags/refs/x'])('%j is not a tag', (text) => {
  expect(() => givenTag(text)).toThrow(/is not a tag/)
})
