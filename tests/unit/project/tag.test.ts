import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/project/plan'
import { readTag, tagFor, tagPattern } from '@slipway/project/tag'
import { METADATA, plant, type Tree } from './trees.ts'

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

test.each([
  ['v1.2.3', 'v{version}', '1.2.3', null],
  ['demo@1.2.3', 'v{version}', '1.2.3', 'demo'],
  ['demo-py-v1.2.3-rc.1', 'v{version}', '1.2.3-rc.1', 'demo-py'],
  ['other/v1.2.3', 'v{version}', '1.2.3', null],
  ['demo-py-v1.2.3', '{name}-v{version}', '1.2.3', 'demo-py'],
  ['demo-v1.2.3', '{name}-v{version}', '1.2.3', 'demo'],
  ['1.2.3+demo-py', '{version}+{name}', '1.2.3', 'demo-py'],
  ['release-1.2.3', 'release-{version}', '1.2.3', null],
])('%p, by %p, says %p and %p', (tag, pattern, version, name) => {
  expect(readTag(tag, pattern, ['demo', 'demo-py'])).toEqual({ version, name })
})

test.each([
  ['other-v1.2.3', '{name}-v{version}'],
  ['v1.2.3', 'release-{version}'],
  ['release-1.2', 'release-{version}'],
  ['demo', '{name}-v{version}'],
  ['', 'v{version}'],
  ['-'.repeat(1_000_000), 'v{version}'],
])('%.20p is no tag by %p', (tag, pattern) => {
  expect(readTag(tag, pattern, ['demo', 'demo-py'])).toBeNull()
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
