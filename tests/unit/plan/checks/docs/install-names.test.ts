import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { PUBLIC } from '@slipway/registries/endpoints'
import { METADATA, plant, type Tree, workspace } from '../../../trees.ts'

/** Returns a project with a crate `demo-core` and a package `demo`. */
function project(changes: Tree): Tree {
  const rename = (file: string) => workspace()[file]?.replaceAll('demo.workspace', 'demo-core.workspace') ?? null
  return workspace({
    'Cargo.toml': workspace()['Cargo.toml']?.replace('demo =', 'demo-core =') ?? null,
    'core/Cargo.toml': `[package]\nname = "demo-core"\nversion.workspace = true\n${METADATA}`,
    'py/Cargo.toml': rename('py/Cargo.toml'),
    ...changes,
  })
}

async function reported(changes: Tree): Promise<string[]> {
  const { problems } = await planProject(await plant(project(changes)))
  return problems.map(({ severity, code, where }) => `${severity} ${code} ${where?.file}:${where?.line}`)
}

const CRATE = 'warning docs-crate-name-differs README.md'
const PACKAGE = 'warning docs-package-name-differs README.md'
test.each([
  ['cargo add demo-core\npip install demo\n', []],
  ['# Demo\n\n    cargo add demo\n', [`${CRATE}:3`]],
  ['cargo add --dev demo\n', [`${CRATE}:1`]],
  ['cargo add demo_core\n', [`${CRATE}:1`]],
  ['cargo add tokio\ncargo install cargo-audit\n', []],
  ['[docs](//docs.rs/demo_core) ![](//img.shields.io/crates/v/demo-core)\n', []],
  [`[crate](${PUBLIC.crates.web}/demo)\n\n![](//img.shields.io/crates/v/demo.svg)\n`, [`${CRATE}:1`, `${CRATE}:3`]],
  ['[docs](//docs.rs/demo)', [`${CRATE}:1`]],
  ['```toml\n[dependencies]\ndemo = "1"\n```\n', [`${CRATE}:3`]],
  ['```toml\n[dependencies]\ndemo-core = "1"\nserde = "1"\n```\n', []],
  ['```toml\n[tool.x]\ndemo = "1"\n```\n', []],
  ['pip install demo-core\n', [`${PACKAGE}:1`]],
  ['    pip install -U other==$(npx demo-core --version)\n', []],
  ['    cargo install other --version "$(demo x | demo)" demo\n', []],
  [`    cargo install other --version \${V:-demo x}\n`, []],
  // Renamed, or not from the registry.
  ['```toml\n[dependencies]\ndemo = { package = "demo-core", version = "1" }\n```\n', []],
  ['```toml\n[dependencies]\nd = { package = "demo", version = "1" }\n```\n', [`${CRATE}:3`]],
  ['```toml\n[dependencies]\ndemo = { git = "https://example.invalid" }\n```\n', []],
  ['```toml\n[dependencies]\ndemo = { path = "../demo" }\n```\n', []],
  ['cargo add demo --git https://example.invalid/demo\ncargo install --path demo\n', []],
  ['pip install -e demo-core\npip install demo-core/\npip install ./demo-core demo-core.d/\n', []],
  // Other mentions.
  ['```toml\ndemo = "0.1"\n```\n', [`${CRATE}:2`]],
  ['```toml\ndemo = "^0.1"\n```\n', []],
  ['```toml\ndemo = "name"\n```\n```\ndemo = "0.1"\n```\n', []],
  ['```toml\n[dependencies.demo]\nversion = "1"\n```\n', [`${CRATE}:2`]],
  ['```toml\n[dependencies.demo]\nversion = "1"\npackage = "demo-core"\n```\n', []],
  ['```toml\n[dependencies.demo]\ngit = "https://example.invalid"\n[x]\n```\n', []],
  ['Say cargo add demo-core, or cargo install demo.\n', [`${CRATE}:1`]],
  ['cargo add --features x demo\n', [`${CRATE}:1`]],
  ['cargo add demo-core --rename demo --features demo\n', []],
  ['`uv add demo-core` or `poetry add --group x demo-core`\n', [`${PACKAGE}:1`]],
  ['    pip install numpy demo-core\n', [`${PACKAGE}:1`]],
  ['Say `pip install numpy demo-core`.\n', [`${PACKAGE}:1`]],
  ['Say pip install demo and use demo-core in Rust.\n', []],
  ['pip install --index-url https://example.invalid demo-core\n', [`${PACKAGE}:1`]],
  ['[x](//pypi.example.invalid/project/demo-core/)\n', [`${PACKAGE}:1`]],
  ['[x](//pypi.example.invalid/project/demo/) [y](//example.invalid/project/demo-core)\n', []],
  ['pip install -U "Demo[test]"\npip install maturin\npip install .\n', []],
])('the README says %p', async (text, expected) => {
  expect(await reported({ 'README.md': text })).toEqual(expected)
})

test('guides are read, the changelog and tests are not', async () => {
  const wrong = 'cargo add demo\n'
  const log = `${workspace()['CHANGELOG.md']}\n${wrong}`
  expect(await reported({ 'docs/guide.md': wrong, 'tests/README.md': wrong, 'CHANGELOG.md': log })).toEqual([
    'warning docs-crate-name-differs docs/guide.md:1',
  ])
})

const DEMO = project({})['core/Cargo.toml']
test.each<[string, Tree, string[]]>([
  ['a dependency', { 'core/Cargo.toml': `${DEMO}[dependencies]\ndemo = "1"\n` }, []],
  [
    'a dependency of another name',
    { 'core/Cargo.toml': `${DEMO}[dependencies]\nd = { version = "1", package = "demo" }\n` },
    [],
  ],
  [
    'a foreign crate in Cargo.lock',
    {
      'Cargo.lock': `version = 4\n${['demo', 'demo-core', 'demo-py'].map((name) => `\n[[package]]\nname = "${name}"\nversion = "1.2.0-rc.1"\n${name === 'demo' ? 'source = "registry+x"\n' : ''}${name === 'demo-py' ? 'dependencies = [\n "demo-core",\n "pyo3",\n]\n' : ''}`).join('')}\n[[package]]\nname = "pyo3"\nversion = "0.27.0"\nsource = "registry+x"\n`,
    },
    [],
  ],
  ['no dependency', { 'core/Cargo.toml': `${DEMO}[dependencies]\ndemos = "1"\n` }, [`${CRATE}:1`]],
])('a crate whose name is that of %s', async (_, changes, expected) => {
  expect(await reported({ 'README.md': 'cargo add demo\n', ...changes })).toEqual(expected)
})

const PYPROJECT = workspace()['py/pyproject.toml'] as string
test.each<[string, string, string[]]>([
  ['a dependency', 'dependencies = ["demo-core[x]>=1"]\n', []],
  ['an optional one', '[project.optional-dependencies]\nall = ["Demo_Core"]\n', []],
  ['one of a group', '[dependency-groups]\ndev = ["demo-core"]\n', []],
  ['another one', 'dependencies = ["demo-core-more"]\n', [`${PACKAGE}:1`]],
])('a Python package whose name is that of %s', async (_, more, expected) => {
  const text = PYPROJECT.replace('[tool.maturin]', `${more}[tool.maturin]`)
  expect(await reported({ 'README.md': 'pip install demo-core\n', 'py/pyproject.toml': text })).toEqual(expected)
})

test('without a published Python package, packages are not checked', async () => {
  expect(await reported({ 'README.md': 'pip install demo-core\n', 'py/pyproject.toml': null })).toEqual([])
})

test.each([
  ['//example.invalid/crates/demo', true],
  ['//example.invalid/crates/v/demo.svg', true],
  ['example.invalid/crates/demo/1.0', true],
  ['//example.invalid/owner/repo/tree/main/crates/demo', false],
  ['//example.invalid/crates/demo-other', false],
  ['../crates/demo', false],
])('the address %s is one of a crate: %p', async (address, isReported) => {
  expect(await reported({ 'README.md': `[demo](${address})\n` })).toEqual(isReported ? [`${CRATE}:1`] : [])
})

/** Returns the problems of a README in a workspace of these crates, and `demo-own`, which is not published. */
async function messages(names: readonly string[], text: string) {
  const crate = (name: string, more = '') => `[package]\nname = "${name}"\nversion = "1.2.0"\n${METADATA}${more}`
  const crates = names.map((name) => [`crates/${name}/Cargo.toml`, crate(name)])
  const tree = {
    'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\n',
    ...Object.fromEntries(crates),
    'crates/demo-own/Cargo.toml': crate('demo-own', 'publish = false\n[lib]\nname = "demo_one"\n'),
    'CHANGELOG.md': '## 1.2.0\n\n- New.\n',
    'README.md': text,
  }
  const { problems } = await planProject(await plant(tree))
  return problems.map(({ message, hint, where }) => `${where?.line}: ${message} ${hint}`)
}

test('an unpublished crate is reported once, at its first mention', async () => {
  const none = project({})['core/Cargo.toml']?.replace('version.', 'publish = false\nversion.') ?? null
  const files = {
    'README.md': 'x\ncargo add demo-core\n',
    'docs/a.md': 'cargo add demo-core\n',
    'docs/b.md': '//docs.rs/demo-core',
  }
  const { problems } = await planProject(await plant(project({ 'core/Cargo.toml': none, ...files })))
  const found = problems.filter((each) => each.code === 'docs-crate-name-differs')
  expect(found.map(({ where, hint }) => [where, hint])).toEqual([
    [
      { file: 'README.md', line: 2 },
      'Describe how to get it, or publish the crate. Other files name it too: docs/a.md, docs/b.md.',
    ],
  ])
})

test.each([
  ['that no workflow publishes, since somebody may', '', []],
  ['that is private', 'publish = false\n', [`${CRATE}:1`]],
])('a crate %s', async (_, more, expected) => {
  const files = {
    'README.md': 'cargo add demo-more\n',
    'more/Cargo.toml': `[package]\nname = "demo-more"\nversion.workspace = true\n${METADATA}${more}`,
    'Cargo.toml': project({})['Cargo.toml']?.replace('members = [', 'members = ["more", ') ?? null,
    '.github/workflows/release.yml': 'jobs:\n  x:\n    steps:\n      - run: cargo publish -p demo-core\n',
  }
  expect(await reported(files)).toEqual(expected)
})

test('a mention of an unpublished crate is reported once per file', async () => {
  expect(
    await messages(['demo-a', 'demo-b'], '[![](//docs.rs/demo-own)](//docs.rs/demo-own)\ncargo add demo-own\n'),
  ).toEqual([
    '1: Readers cannot install the crate demo-own, which is not published: Its Cargo.toml says `publish = false`. Describe how to get it, or publish the crate.',
  ])
})

test.each([
  [['demo-only'], 'Write demo-only.'],
  [['demo-ones', 'other'], 'Write demo-ones.'],
  [['aa', 'bb'], 'Write the name you mean: aa or bb.'],
  [['aa', 'bb', 'cc', 'dd', 'ee'], 'Write the name you mean: aa, bb, cc or 2 others.'],
])('of the crates %p, the hint is: %s', async (names, hint) => {
  expect(await messages(names, 'cargo add demo_one\n')).toEqual([expect.stringContaining(hint)])
})

test('an unpublished crate cannot be added', async () => {
  const none = project({})['core/Cargo.toml']?.replace('version.', 'publish = false\nversion.') ?? null
  const all = await reported({ 'core/Cargo.toml': none, 'README.md': 'cargo add demo-core\n' })
  expect(all).toContain(`${CRATE}:1`)
})

test('long lines are read quickly', async () => {
  const hostile = `${`${'cargo add '.repeat(490)}\n`.repeat(500)}${`cargo add ${'--a '.repeat(1200)}`}\n${`pip install ${'-'.repeat(4000)}`}\n${'docs.rs/'.repeat(600)}\n`
  expect(await reported({ 'README.md': hostile })).toEqual([])
})
