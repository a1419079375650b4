import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Folder } from '@slipway/documents/folder'
import { versionOf } from '@slipway/release/toolchains/cache/archive'
import { type CacheInput, decideCache } from '@slipway/release/toolchains/cache/decide'
import { type BuildIdentity, buildVariables, cacheKeys } from '@slipway/release/toolchains/cache/key'
import { cacheParts, entriesOf } from '@slipway/release/toolchains/cache/parts'
import { write } from '../../../sandbox/harness.ts'
import { recordedPorts } from '../../toolchain/ports.ts'

const none = { sccache: false }

async function fromPull(head: unknown): Promise<Record<string, string>> {
  const path = join(await mkdtemp(join(tmpdir(), 'slipway-event-')), 'event.json')
  await writeFile(path, JSON.stringify({ pull_request: { head: { repo: head } } }))
  return { GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: path, GITHUB_REPOSITORY: 'owner/project' }
}

test.each([
  ['push', true],
  ['merge_group', true],
  ['schedule', true],
  ['workflow_dispatch', true],
  ['pull_request_target', false],
  ['workflow_run', false],
  ['issue_comment', false],
  ['repository_dispatch', false],
  [undefined, false],
])('`auto` on the event %s: %s', async (event, isOn) => {
  const env = { GITHUB_EVENT_NAME: event, GITHUB_REF_TYPE: 'branch' }
  const { restores, saves } = await decideCache('auto', env, none)
  expect([restores, saves]).toEqual([isOn, isOn])
})

test('`auto` trusts a pull request of the repository only', async () => {
  const isOn = async (head: unknown) => (await decideCache('auto', await fromPull(head), none)).restores
  expect(await isOn({ full_name: 'owner/project' })).toBe(true)
  expect(await isOn({ full_name: 'other/project' })).toBe(false)
  // The fork was deleted.
  expect(await isOn(null)).toBe(false)
})

test.each([
  ['true', { GITHUB_EVENT_NAME: 'issue_comment' }, [true, true]],
  ['true', { GITHUB_EVENT_NAME: 'push', GITHUB_REF_TYPE: 'tag' }, [false, false]],
  ['true', { GITHUB_EVENT_NAME: 'workflow_dispatch', GITHUB_REF_TYPE: 'tag' }, [false, false]],
  ['false', { GITHUB_EVENT_NAME: 'push' }, [false, false]],
  ['auto', { GITHUB_EVENT_NAME: 'push', ACTIONS_CACHE_MODE: 'read' }, [true, false]],
  ['auto', { GITHUB_EVENT_NAME: 'push', ACTIONS_CACHE_MODE: 'Write-Only' }, [false, true]],
  ['true', { GITHUB_EVENT_NAME: 'push', ACTIONS_CACHE_MODE: 'none' }, [false, false]],
  ['auto', { GITHUB_EVENT_NAME: 'push', ACTIONS_CACHE_MODE: 'write' }, [true, true]],
  ['auto', { GITHUB_EVENT_NAME: 'push', ACTIONS_CACHE_MODE: 'unheard-of' }, [true, true]],
])('%s with %j', async (input, env, expected) => {
  const { restores, saves, why } = await decideCache(input as CacheInput, env, none)
  expect([[restores, saves], why]).toEqual([expected, expect.stringMatching(/\S/)])
})

const identity: BuildIdentity = {
  rustc: '1.95.0',
  commit: 'abc',
  host: 'x86_64-unknown-linux-gnu',
  targets: [],
  pythons: ['3.13 3.13.0'],
  maturin: '1.9.4',
  zig: '0.15.1',
  sccache: '',
  own: '',
  job: 'build',
}

const files = {
  'Cargo.toml': '[package]\nname = "a"\n',
  'Cargo.lock': 'version = 4\n',
  'pyproject.toml': '[project]\nname = "a"\n',
  '.cargo/config.toml': '[build]\n',
}

async function keysOf(
  changes: Partial<BuildIdentity>,
  env: Record<string, string> = {},
  texts: Record<string, string> = {},
) {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-key-'))
  write(dir, { ...files, ...texts })
  const ports = recordedPorts({}, { CARGO_HOME: join(dir, 'home'), ...env })
  return cacheKeys(ports, dir, new Folder(dir), { ...identity, ...changes })
}

test('the same build has the same key in another folder', async () => {
  const { key, prefix } = await keysOf({})
  expect(await keysOf({})).toEqual({ key, prefix })
  expect([key.startsWith(prefix), key.length < 512, key.includes(',')]).toEqual([true, true, false])
  expect(prefix).toMatch(/^slipway-1-x86_64-unknown-linux-gnu-build-/)
})

test.each<[string, Partial<BuildIdentity>, Record<string, string>, Record<string, string>]>([
  ['rustc', { rustc: '1.96.0' }, {}, {}],
  ['its commit', { commit: 'def' }, {}, {}],
  ['the host', { host: 'aarch64-apple-darwin' }, {}, {}],
  ['targets', { targets: ['wasm32-unknown-unknown'] }, {}, {}],
  ['the Python', { pythons: ['3.14 3.14.1'] }, {}, {}],
  ['its ABI', { pythons: ['3.13t 3.13.0'] }, {}, {}],
  ['maturin', { maturin: '1.10.0' }, {}, {}],
  ['zig', { zig: '' }, {}, {}],
  ['sccache', { sccache: '0.10.0' }, {}, {}],
  ['`cache-key`', { own: 'mine' }, {}, {}],
  ['the job', { job: 'lint' }, {}, {}],
  ['RUSTFLAGS', {}, { RUSTFLAGS: '-Ctarget-cpu=native' }, {}],
  ['a CARGO_ variable', {}, { CARGO_PROFILE_RELEASE_LTO: 'fat' }, {}],
  ['CC', {}, { CC: 'clang' }, {}],
  ['a C compiler’s flags for a target', {}, { CFLAGS_aarch64_unknown_linux_gnu: '-O1' }, {}],
  ['cargo’s configuration', {}, {}, { '.cargo/config.toml': '[build]\nrustflags = ["-g"]\n' }],
  ['pyproject.toml', {}, {}, { 'pyproject.toml': '[project]\nname = "b"\n' }],
  ['the toolchain file', {}, {}, { 'rust-toolchain.toml': '[toolchain]\nchannel = "1.95.0"\n' }],
])('another build by %s shares no prefix', async (_, changes, env, texts) => {
  expect((await keysOf(changes, env, texts)).prefix).not.toBe((await keysOf({})).prefix)
})

test('other dependencies share the prefix only, and so do other manifests without a lock file', async () => {
  const same = await keysOf({})
  const lock = await keysOf({}, {}, { 'Cargo.lock': 'version = 3\n' })
  expect([lock.prefix === same.prefix, lock.key === same.key]).toEqual([true, false])
  const manifest = await keysOf({}, {}, { 'Cargo.toml': '[package]\nname = "b"\n' })
  expect(manifest).toEqual(same)
})

test('secrets and what changes no build are not in the key', async () => {
  const env = {
    CARGO_REGISTRY_TOKEN: 'x',
    CARGO_REGISTRIES_MINE_TOKEN: 'y',
    CARGO_TERM_COLOR: 'always',
    CARGO_TARGET_DIR: '/t',
    PATH: '/p',
  }
  expect(await keysOf({}, env)).toEqual(await keysOf({}))
  expect(buildVariables({ ...env, CC: 'gcc', CARGO_BUILD_JOBS: '2', INPUT_CC: 'a' })).toEqual([
    'CARGO_BUILD_JOBS=2',
    'CC=gcc',
  ])
})

test('downloads and compiled dependencies are kept, sources and programs are not', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-parts-'))
  const target = [
    'debug/deps/a.rlib',
    'debug/build/b/out',
    'debug/.fingerprint/c',
    'debug/incremental/d',
    'debug/program',
    'release/examples/e',
    'wasm32-wasip1/release/deps/f',
    '.rustc_info.json',
  ]
  const cargo = [
    'registry/index/i',
    'registry/cache/c',
    'registry/src/s',
    'git/db/d',
    'git/checkouts/c',
    'bin/b',
    'credentials.toml',
  ]
  write(dir, {
    ...files,
    ...Object.fromEntries(
      [...target.map((each) => `target/${each}`), ...cargo.map((each) => `home/${each}`)].map((each) => [each, '']),
    ),
  })
  const ports = recordedPorts({}, { CARGO_HOME: join(dir, 'home') })
  const parts = await cacheParts(ports, dir, new Folder(dir), null)
  expect(parts.map(({ name, base }) => [name, base])).toEqual([
    ['cargo', join(dir, 'home')],
    ['target', join(dir, 'target')],
  ])
  const [home, built] = await Promise.all(parts.map(entriesOf))
  expect(home).toEqual(['registry/index', 'registry/cache', 'git/db'])
  expect(built).toEqual(['debug/deps', 'debug/build', 'debug/.fingerprint', 'wasm32-wasip1/release/deps'])
  const elsewhere = await cacheParts(recordedPorts({}, { CARGO_TARGET_DIR: 'out' }), dir, new Folder(dir), null)
  expect(elsewhere[1]?.base).toBe(join(dir, 'out'))
  const compiled = await cacheParts(ports, dir, new Folder(dir), '/temp/sccache')
  expect(compiled.map(({ name }) => name)).toEqual(['cargo', 'sccache'])
  const versions = parts.flatMap((part) => [versionOf(part, 'zstd'), versionOf(part, 'gzip')])
  expect([new Set(versions).size, versions.every((each) => /^[0-9a-f]{64}$/.test(each))]).toEqual([4, true])
})
