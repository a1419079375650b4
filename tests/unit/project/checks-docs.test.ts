import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/project/plan'
import { ENDPOINTS } from '@slipway/registries/endpoints'
import { METADATA, plant, type Tree, workspace } from './trees.ts'

/** A crate `demo-core` and a package `demo`. */
function project(changes: Tree): Tree {
  const rename = (file: string) => workspace()[file]?.replaceAll('demo.workspace', 'demo-core.workspace') ?? null
  return workspace({
    'Cargo.toml': workspace()['Cargo.toml']?.replace('demo =', 'demo-core =') ?? null,
    'core/Cargo.toml': `[package]\nname = "demo-core"\nversion.workspace = true\n${METADATA}`,
    'py/Cargo.toml': rename('py/Cargo.toml'),
    ...changes,
  })
}

async function told(changes: Tree): Promise<string[]> {
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
  [`[crate](${ENDPOINTS.crates.web}/demo)\n\n![](//img.shields.io/crates/v/demo.svg)\n`, [`${CRATE}:1`, `${CRATE}:3`]],
  ['[docs](//docs.rs/demo)', [`${CRATE}:1`]],
  ['```toml\n[dependencies]\ndemo = "1"\n```\n', [`${CRATE}:3`]],
  ['```toml\n[dependencies]\ndemo-core = "1"\nserde = "1"\n```\n', []],
  ['```toml\n[tool.x]\ndemo = "1"\n```\n', []],
  ['pip install demo-core\n', [`${PACKAGE}:1`]],
  ['pip install -U "Demo[test]"\npip install maturin\npip install .\n', []],
])('the README says %p', async (text, expected) => {
  expect(await told({ 'README.md': text })).toEqual(expected)
})

test('guides are read too, the changelog and tests are not', async () => {
  const wrong = 'cargo add demo\n'
  const log = `${workspace()['CHANGELOG.md']}\n${wrong}`
  expect(await told({ 'docs/guide.md': wrong, 'tests/README.md': wrong, 'CHANGELOG.md': log })).toEqual([
    'warning docs-crate-name-differs docs/guide.md:1',
  ])
})

test('what is published nowhere cannot be added', async () => {
  const none = project({})['core/Cargo.toml']?.replace('version.', 'publish = false\nversion.') ?? null
  const all = await told({ 'core/Cargo.toml': none, 'README.md': 'cargo add demo-core\n' })
  expect(all).toContain(`${CRATE}:1`)
})

test('a text of one long line is read at once', async () => {
  const hostile = `${`cargo add ${'--a '.repeat(1200)}`}\n${`pip install ${'-'.repeat(4000)}`}\n${'docs.rs/'.repeat(600)}\n`
  expect(await told({ 'README.md': hostile })).toEqual([])
})
