import { execFileSync } from 'node:child_process'
import { expect } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { needs } from '../../../../tools.ts'
import { METADATA, plant, type Tree } from '../../../trees.ts'

const test = needs('cargo')

const OTHER = '[package]\nname = "other"\nversion = "0.1.0"\nedition = "2021"\npublish = false\n[lib]\n'

/** Returns a workspace of two crates, of which `core` is published; `more` are lines of its manifest from line 7 on. */
function tree(more: string, changes: Tree = {}, edition = '"2021"'): Tree {
  return {
    'Cargo.toml': '[workspace]\nmembers = [\n"core",\n"other"]\nresolver = "2"\n[workspace.dependencies]\nx = "one"\n',
    'core/Cargo.toml': `[package]\nname = "demo"\nversion = "1.2.0"\nedition = ${edition}\n${METADATA}${more}`,
    'core/src/lib.rs': '',
    'other/Cargo.toml': OTHER,
    'other/src/lib.rs': '',
    ...changes,
  }
}

/** A dependency that is available without a registry. */
const HERE = 'other = { path = "../other", version = "0.1.0", optional = true }\n'
const LIST = '[workspace]\nresolver = "2"\nmembers = [\n'

test.each<[string, Tree, string[]]>([
  ['nothing wrong', tree(''), []],
  ['a missing member', tree('', { 'Cargo.toml': `${LIST}"core",\n"nope"]\n` }), ['Cargo.toml:5']],
  [
    'a member without a manifest',
    tree('', { 'Cargo.toml': `${LIST}"core",\n"docs"]\n`, 'docs/a': '' }),
    ['Cargo.toml:5'],
  ],
  ['existing members', tree('', { 'Cargo.toml': `${LIST}"./core",\n"oth*/", "other/"]\n` }), []],
  ['a missing library', tree('[lib]\npath = "src/nope.rs"\n'), ['core/Cargo.toml:8']],
  ['an existing library', tree('[lib]\npath = "src/other.rs"\n', { 'core/src/other.rs': '' }), []],
  ['a missing build script', tree('build = "make.rs"\n'), ['core/Cargo.toml:7']],
  ['no build script', tree('build = false\n'), []],
  ['an edition that does not exist', tree('', {}, '"2022"'), ['core/Cargo.toml:4']],
  ['an edition that is a number', tree('', {}, '2021'), ['core/Cargo.toml:4']],
  ['an older edition', tree('', {}, '"2018"'), []],
  ['a feature that does not exist', tree('[features]\ndefault = [\n"a",\n"nope"]\na = []\n'), ['core/Cargo.toml:10']],
  ['a dependency that does not exist', tree('[features]\na = ["dep:nope"]\n'), ['core/Cargo.toml:8']],
  ["a dependency's feature without it", tree('[features]\na = ["nope/x"]\n'), ['core/Cargo.toml:8']],
  ['a requirement in words', tree('[dependencies]\nserde = "one"\n'), ['core/Cargo.toml:8']],
  ['a requirement as in Python', tree('[dependencies]\nserde = "==1.0"\n'), ['core/Cargo.toml:8']],
  ['a requirement without a comma', tree('[dependencies]\nserde = ">=1 <2"\n'), ['core/Cargo.toml:8']],
  ['an empty requirement', tree('[dependencies]\nserde = { version = "" }\n'), ['core/Cargo.toml:8']],
  [
    'an error in an unpublished crate',
    tree('', { 'other/Cargo.toml': OTHER.replace('2021', '2022') }),
    ['other/Cargo.toml:4'],
  ],
  [
    'an error that two crates inherit',
    tree('[dependencies]\nx.workspace = true\n', {
      'other/Cargo.toml': `${OTHER}[dependencies]\nx.workspace = true\n`,
    }),
    ['Cargo.toml:7'],
  ],
  ...['dep:other', 'other?/std', 'other/std'].map((each): [string, Tree, string[]] => [
    `the feature ${each}`,
    tree(`[features]\na = ["${each}"]\n[target.'cfg(unix)'.dependencies]\n${HERE}`, {
      'other/Cargo.toml': `${OTHER.replace('publish = false\n', METADATA)}[features]\nstd = []\n`,
    }),
    [],
  ]),
  ...['0.1', '^0.1', ' >= 0.1 , <0.2', '0.1.x', '=0.1.*', '*', '~0.1.0', '0.1.0+b', '>0.1.0-alpha.1'].map(
    (each): [string, Tree, string[]] => [
      `the requirement ${each}`,
      tree(`[dev-dependencies]\nother = { path = "../other", version = "${each}" }\n`),
      [],
    ],
  ),
])('cargo and the plan agree on %s', async (_, files, expected) => {
  const root = await plant(files)
  const { problems } = await planProject(root)
  const found = problems.filter((each) => each.code === 'manifest-refused')
  expect(found.map(({ severity, where }) => `${severity} ${where?.file}:${where?.line}`)).toEqual(
    expected.map((each) => `error ${each}`),
  )
  const check = () => execFileSync('cargo', ['check', '--offline', '--workspace'], { cwd: root, stdio: 'pipe' })
  if (expected.length > 0) expect(check).toThrow()
  else expect(check).not.toThrow()
})
