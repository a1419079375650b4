import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { METADATA, plant, type Tree } from '../../../trees.ts'

/** Edition in line 4; `more` from line 7 on. */
function crate(name: string, edition = '2021', more = ''): string {
  return `[package]\nname = "${name}"\nversion = "1.2.0"\nedition = "${edition}"\n${METADATA}${more}`
}

async function reported(files: Tree, cargo?: string): Promise<string[]> {
  const changelog = { 'CHANGELOG.md': '# Log\n\n## 1.2.0\n\n- New.\n' }
  const root = await plant({ 'src/lib.rs': '', ...changelog, ...files })
  const { problems } = await planProject(root, cargo === undefined ? {} : { cargo })
  return problems.map(({ severity, code, where }) => `${severity} ${code} ${where?.file}:${where?.line}`)
}

const OLD = ['warning rust-too-old Cargo.toml:4']

test.each<[string, Tree, string | undefined, string[]]>([
  ['an edition that cargo supports', { 'Cargo.toml': crate('a', '2024') }, '1.85.0', []],
  ['a newer edition', { 'Cargo.toml': crate('a', '2024') }, '1.84.1', OLD],
  ['a newer edition, and an unknown cargo', { 'Cargo.toml': crate('a', '2024') }, undefined, []],
  ['a nightly that is older', { 'Cargo.toml': crate('a', '2024') }, '1.83.0-nightly', OLD],
  ['a cargo without a version', { 'Cargo.toml': crate('a', '2024') }, 'unknown', []],
  ['its rust-version', { 'Cargo.toml': crate('a', '2021', 'rust-version = "1.80"\n') }, '1.80.0', []],
  [
    'a newer rust-version',
    { 'Cargo.toml': crate('a', '2021', 'rust-version = "1.81.0"\n') },
    '1.80.1',
    ['warning rust-too-old Cargo.toml:7'],
  ],
  [
    'the newest that is needed',
    { 'Cargo.toml': crate('a', '2024', 'rust-version = "1.90"\n') },
    '1.80.0',
    ['warning rust-too-old Cargo.toml:7'],
  ],
  [
    'a version of Cargo.lock',
    {
      'Cargo.toml': crate('a'),
      'Cargo.lock': '# made by cargo\n# by hand\nversion = 4\n\n[[package]]\nname = "a"\nversion = "1.2.0"\n',
    },
    '1.77.0',
    ['warning rust-too-old Cargo.lock:3'],
  ],
  [
    'a crate that is not built',
    {
      'Cargo.toml': `${crate('a')}[workspace]\nmembers = ["b"]\n`,
      'b/Cargo.toml': crate('b', '2024', 'publish = false\n'),
    },
    '1.80.0',
    [],
  ],
  [
    'a resolver',
    { 'Cargo.toml': `${crate('a')}[workspace]\nresolver = "3"\n` },
    '1.83.0',
    ['warning rust-too-old Cargo.toml:8'],
  ],
  [
    'a toolchain that is new enough, and an older default',
    { 'Cargo.toml': crate('a', '2024'), 'rust-toolchain.toml': '[toolchain]\nchannel = "1.85"\n' },
    '1.70.0',
    [],
  ],
  [
    'a toolchain that is not',
    { 'Cargo.toml': crate('a', '2024'), 'rust-toolchain.toml': '[toolchain]\nchannel = "1.84.0"\n' },
    '1.90.0',
    ['error rust-too-old rust-toolchain.toml:2'],
  ],
  [
    'a toolchain in the old file',
    { 'Cargo.toml': crate('a', '2024'), 'rust-toolchain': '1.84.0\n' },
    '1.90.0',
    ['error rust-too-old rust-toolchain:1'],
  ],
  [
    'a channel',
    { 'Cargo.toml': crate('a', '2024'), 'rust-toolchain.toml': '[toolchain]\nchannel = "stable"\n' },
    '1.70.0',
    [],
  ],
  [
    'an invalid toolchain file',
    { 'Cargo.toml': crate('a', '2024'), 'rust-toolchain.toml': '[toolchain\n' },
    '1.70.0',
    [],
  ],
])('%s', async (_, files, cargo, expected) => {
  expect(await reported(files, cargo)).toEqual(expected)
})

test.each([
  ['1.90.0', []],
  ['1.89.0', ['warning rust-too-old b/Cargo.toml:8']],
])('crates that depend on each other, with cargo %s', async (cargo, expected) => {
  const needs = '[dependencies]\na = { path = "../a", version = "1.2.0" }\n'
  const files = {
    'Cargo.toml': '[workspace]\nmembers = ["a", "b"]\nresolver = "2"\n',
    'a/Cargo.toml': crate('a'),
    'b/Cargo.toml': crate('b', '2021', needs),
  }
  expect(await reported({ ...files, 'src/lib.rs': null }, cargo)).toEqual(expected)
})
