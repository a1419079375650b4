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

/** Crates and packages by name and folder; two have the folder `both`. */
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
])('%p with the pattern %p has the version %p and the name %p', (tag, pattern, version, name) => {
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
])('%.20p is not a tag of the pattern %p', (tag, pattern) => {
  expect(readTag(tag, pattern, ALL)).toBeNull()
})

test('a name is filled in unchanged, whatever characters it has', () => {
  expect(tagFor('1.0.0', '{name}-v{version}', '$&{version}')).toBe('$&{version}-v1.0.0')
})

/** Two crates and a Python package, each with a separate version. */
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
])(
  'in a repository with several versions a tag releases one crate or package: %p %p',
  async (settings, tag, version, expected) => {
    const { plan, names, codes } = await released({ ...SEVERAL, ...settings }, tag)
    expect([plan.version, names, codes]).toEqual([version, expected, []])
    expect(plan.tag).toBe(tag ?? 'core-lib-v1.2.0')
    expect(plan.crates.find((each) => !expected.includes(each.name))).toMatchObject({
      publish: false,
      reason: `The tag releases ${expected} alone.`,
    })
    expect(plan.matrix).toEqual([])
  },
)

test('the crate or package that a tag names must have its version', async () => {
  const { codes } = await released({ ...SEVERAL, ...BY_NAME }, 'tools-v0.4.0')
  expect(codes).toContain('tag-differs-from-version crates/tools/Cargo.toml:3')
})

test('a tag that does not match the pattern is reported at the pattern', async () => {
  const { codes } = await released({ ...SEVERAL, ...BY_NAME }, 'v1.2.0')
  expect(codes).toContain('tag-not-of-pattern slipway.toml:1')
})

test('a Python package is released by its tag', async () => {
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

test('with one version for everything, a tag that names one crate still releases that alone', async () => {
  const tree = {
    ...SEVERAL,
    'crates/tools/Cargo.toml': `[package]\nname = "tools"\nversion = "1.2.0"\n${METADATA}`,
    'python/tuner/pyproject.toml': null,
  }
  expect((await released(tree, 'tools-v1.2.0')).names).toEqual(['tools'])
})

const PY = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\n'
/** A crate, and a Python package with another version. */
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
])('a package with a separate version is released by its tag: %p %p', async (tag, pattern, version, expected) => {
  const { plan, names, codes } = await released({ ...OWN, 'slipway.toml': pattern + OWN['slipway.toml'] }, tag)
  expect([plan.version, names, codes]).toEqual([version, expected, []])
})

test('a package with a separate version must have the tag’s version everywhere', async () => {
  const { codes } = await released({ ...OWN, 'py/acme_tools/__init__.py': '__version__ = "4.0.0"\n' }, 'py-v5.0.0')
  expect(codes).toEqual(['version-differs py/acme_tools/__init__.py:1'])
})

test('with a tag that names one crate, the others are reported as not checked', async () => {
  const { plan } = await released({ ...SEVERAL, ...BY_NAME })
  expect(plan.notChecked).toEqual([
    'tools, Tuner: other tags release them, so only the part of core-lib-v1.2.0 is planned. Pass another tag to plan that.',
  ])
  expect((await released({ ...SEVERAL, ...BY_NAME }, 'tools-v0.3.0')).plan.notChecked).toEqual([])
  const alone = { ...SEVERAL, ...BY_NAME, 'crates/tools/Cargo.toml': null, 'python/tuner/pyproject.toml': null }
  expect((await released(alone)).plan.notChecked).toEqual([])
})

test.each([
  ['v1.2.3', 'v1.2.3'],
  ['refs/tags/v1.2.3', 'v1.2.3'],
  ['refs/tags/core/v1.2.3', 'core/v1.2.3'],
])('the input %s is the tag %s', (text, tag) => {
  expect(givenTag(text)).toBe(tag)
})

test.each(['refs/heads/1.2.2', 'refs/tags/refs/x'])('%j is not a tag', (text) => {
  expect(() => givenTag(text)).toThrow(/is not a tag/)
})
