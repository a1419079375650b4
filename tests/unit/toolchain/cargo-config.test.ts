import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { readCargoConfig } from '@slipway/toolchain/cargo-config'
import { temporaryFolder, write } from '../../sandbox/harness.ts'

const named = (...indexes: [string, string][]) =>
  indexes.map(([name, index]) => `[registries.${name}]\nindex = "sparse+https://${index}.example/"\n`).join('')

test('the configuration of a folder comes before that above it, and the user’s is last', async () => {
  const top = temporaryFolder()
  write(top, {
    'home/config.toml': `${named(['a', 'user'], ['b', 'user'], ['c', 'user'])}[net]\nretry = 3\noffline = true\n`,
    '.cargo/config.toml': `${named(['a', 'above'], ['b', 'above'])}[net]\nretry = 2\n`,
    'work/project/.cargo/config': named(['a', 'project']),
    'work/project/crate/Cargo.toml': '',
  })
  const env = { CARGO_HOME: join(top, 'home') }
  const seen = async (dir?: string) => {
    const { registries, network } = await readCargoConfig(env, dir && join(top, dir))
    const hosts = Object.values(registries).map((each) => new URL(each.replace('sparse+', '')).hostname.split('.')[0])
    return [hosts, network]
  }
  const near = { net: { retry: 2, offline: true } }
  expect(await seen('work/project/crate')).toEqual([['project', 'above', 'user'], near])
  expect(await seen('work')).toEqual([['above', 'above', 'user'], near])
  expect(await seen()).toEqual([['user', 'user', 'user'], { net: { retry: 3, offline: true } }])
})

test('crates.io is replaced by the project’s mirror, over any number of names', async () => {
  const top = temporaryFolder()
  const mirror = '[source.crates-io]\nreplace-with = "near"\n[source.near]\nreplace-with = "mirror"\n'
  write(top, {
    'home/config.toml': '[source.mirror]\nregistry = "sparse+https://mirror.example/"\n',
    'project/.cargo/config.toml': mirror,
    'broken/.cargo/config.toml': '[source',
    'vendored/.cargo/config.toml': '[source.crates-io]\nreplace-with = "v"\n[source.v]\ndirectory = "vendor"\n',
  })
  const replacement = async (dir: string) =>
    (await readCargoConfig({ CARGO_HOME: join(top, 'home') }, join(top, dir))).replacement
  expect(await replacement('project')).toBe('sparse+https://mirror.example/')
  for (const dir of ['home', 'broken', 'vendored']) expect([dir, await replacement(dir)]).toEqual([dir, null])
})
