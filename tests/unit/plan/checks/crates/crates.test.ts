import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { METADATA, plant, type Tree, workspace } from '../../../trees.ts'

async function reported(changes: Tree): Promise<string[]> {
  const { problems } = await planProject(await plant(workspace(changes)))
  return problems.map(({ severity, code, where }) => `${severity} ${code} ${where?.file}:${where?.line}`)
}

/** Returns the core crate with more in its `[package]`, from line 6 on. */
function core(more: string, metadata = METADATA): Tree {
  return { 'core/Cargo.toml': `[package]\nname = "demo"\nversion.workspace = true\n${metadata}${more}` }
}

const HELPER = '[package]\nname = "helper"\nversion.workspace = true\npublish = false\n'

test.each<[string, Tree, string[]]>([
  ['five keywords', core('keywords = ["a", "b-c", "c++11", "0", "twenty-characters-xx"]\n'), []],
  ['six', core('keywords = [\n"a", "b", "c", "d",\n"e", "f"]\n'), ['error crate-keywords-refused core/Cargo.toml:8']],
  ['a keyword of two words', core('keywords = [\n"a",\n"b c"]\n'), ['error crate-keywords-refused core/Cargo.toml:8']],
  ['a long keyword', core(`keywords = ["${'x'.repeat(21)}"]\n`), ['error crate-keywords-refused core/Cargo.toml:6']],
  ['a keyword with an accent', core('keywords = ["é"]\n'), ['error crate-keywords-refused core/Cargo.toml:6']],
  ['five categories', core('categories = ["a", "b", "c", "d", "e"]\n'), []],
  [
    'six categories',
    core('categories = ["a", "b", "c", "d", "e", "f"]\n'),
    ['error crate-categories-refused core/Cargo.toml:6'],
  ],
  ['a description of 1000', core('', `description = "${'x'.repeat(1000)}"\nlicense = "MIT"\n`), []],
  [
    'a description of 1001',
    core('', `license = "MIT"\ndescription = "${'x'.repeat(1001)}"\n`),
    ['error crate-description-too-long core/Cargo.toml:5'],
  ],
  ['a lax license', core('', 'description = "d"\nlicense = "MIT/Apache-2.0"\n'), []],
  [
    'a license in words',
    core('', 'description = "d"\nlicense = "MIT License"\n'),
    ['error license-expression-invalid core/Cargo.toml:5'],
  ],
  [
    'a license in lower case',
    core('', 'description = "d"\nlicense = "mit"\n'),
    ['error license-expression-invalid core/Cargo.toml:5'],
  ],
  [
    'an unknown license',
    core('', 'description = "d"\nlicense = "MITT"\n'),
    ['error license-expression-invalid core/Cargo.toml:5'],
  ],
  ['a deprecated license', core('', 'description = "d"\nlicense = "GPL-3.0"\n'), []],
  ['a readme that exists', { ...core('readme = "../README.md"\n'), 'README.md': '' }, []],
  ['a readme that is hidden', { ...core('readme = ".github/README.md"\n'), 'core/.github/README.md': '' }, []],
  ['a readme outside', core('readme = "../../README.md"\n'), []],
  ['a missing readme', core('readme = "README.md"\n'), ['error crate-file-missing core/Cargo.toml:6']],
  ['no readme', core('readme = false\n'), []],
  ['a missing license', core('license-file = "COPYING"\n'), ['error crate-file-missing core/Cargo.toml:6']],
  [
    "the workspace's readme",
    {
      ...core('readme.workspace = true\n'),
      'core/README.md': '',
      'Cargo.toml': `${workspace()['Cargo.toml']}[workspace.package.x]\n`.replace(
        '[workspace.package]',
        '[workspace.package]\nreadme = "README.md"',
      ),
    },
    ['error crate-file-missing Cargo.toml:4'],
  ],
  ['a Rust that supports its edition', core('edition = "2024"\nrust-version = "1.85"\n'), []],
  [
    'a Rust that does not',
    core('edition = "2024"\nrust-version = "1.80.1"\n'),
    ['error rust-version-too-old core/Cargo.toml:7'],
  ],
  [
    'a name that only cargo accepts',
    {
      'core/Cargo.toml': workspace()['core/Cargo.toml']?.replace('"demo"', '"démo"') ?? null,
      'py/Cargo.toml': workspace()['py/Cargo.toml']?.replace('demo.workspace = true\n', '') ?? null,
    },
    ['error crate-name-invalid core/Cargo.toml:2'],
  ],
])('the problems of a crate with %s', async (_, changes, expected) => {
  expect(await reported(changes)).toEqual(expected)
})

test.each<[string, string, string[]]>([
  ['a version', '[dependencies]\na = "1"\n', []],
  ['git', '[dependencies]\na = { git = "https://example.invalid/a" }\n', ['error git-dependency core/Cargo.toml:7']],
  ['git and a version', '[dependencies]\na = { git = "https://example.invalid/a", version = "1" }\n', []],
  ['git, for tests', '[dev-dependencies]\na = { git = "https://example.invalid/a" }\n', []],
  [
    'git, to build',
    '[target.\'cfg(unix)\'.build-dependencies]\na = { git = "https://example.invalid/a" }\n',
    ['error git-dependency core/Cargo.toml:7'],
  ],
  ['any version', '[dependencies]\n\na = "*"\n', ['error wildcard-dependency core/Cargo.toml:8']],
  ['any version, for tests', '[dev-dependencies]\na = "*"\n', ['error wildcard-dependency core/Cargo.toml:7']],
  ['any version of a line', '[dependencies]\na = "1.*"\n', []],
  [
    'another registry',
    '[dependencies]\na = { version = "1", registry = "own" }\n',
    ['error dependency-from-other-registry core/Cargo.toml:7'],
  ],
  ['the registry by its name', '[dependencies]\na = { version = "1", registry = "crates-io" }\n', []],
  [
    'a private crate',
    '[dependencies]\nhelper = { path = "../helper", version = "1.2.0-rc.1" }\n',
    ['error private-dependency core/Cargo.toml:7'],
  ],
  [
    'a private crate without a version',
    '[dependencies]\nhelper = { path = "../helper" }\n',
    ['error private-dependency core/Cargo.toml:7'],
  ],
  ['a private crate, for tests', '[dev-dependencies]\nhelper = { path = "../helper" }\n', []],
  [
    'a private crate with its version, for tests',
    '[dev-dependencies]\nhelper = { path = "../helper", version = "1.2.0-rc.1" }\n',
    ['error private-dependency core/Cargo.toml:7'],
  ],
])('the problems of a dependency by %s', async (_, more, expected) => {
  expect(await reported({ ...core(more), 'helper/Cargo.toml': HELPER })).toEqual(expected)
})

test('a crate for another registry may depend on crates there', async () => {
  const more = 'publish = ["own"]\n[dependencies]\na = { version = "*", registry = "own" }\n'
  expect(await reported(core(more))).toEqual([])
})
