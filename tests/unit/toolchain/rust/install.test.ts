import { expect, test } from '@jest/globals'
import { hiddenToolchain, isToolchain, matching, requireUnmanaged } from '@slipway/toolchain/rust/install'
import { isNamed } from '@slipway/toolchain/rust/rustup'
import { recordedPorts } from '../ports.ts'

test('a name means a toolchain with or without its host, and no other date', () => {
  expect(isNamed('nightly-x86_64-unknown-linux-gnu', 'nightly')).toBe(true)
  expect(isNamed('nightly-2026-01-02-x86_64-unknown-linux-gnu', 'nightly')).toBe(false)
  expect(isNamed('nightly-2026-01-02-x86_64-pc-windows-msvc', 'nightly-2026-01-02')).toBe(true)
  expect(isNamed('1.85.0-beta.1-x86_64-apple-darwin', '1.85.0')).toBe(false)
  expect(isNamed('1.85.0-aarch64-apple-darwin', '1.85')).toBe(false)
  expect(isNamed('mine', 'mine')).toBe(true)
})

test('a minor version means its newest installed patch release', () => {
  const installed = ['stable-x-y-z', '1.85.0-a64-b-c', '1.85.10-a64-b-c', '1.85.9-a64-b-c', '1.8.0-a64-b-c'] as const
  expect(matching(installed, '1.85')).toBe('1.85.10-a64-b-c')
  expect(matching(installed, '1.85.9')).toBe('1.85.9-a64-b-c')
  expect([matching(installed, '1.84'), matching(installed, 'beta')]).toEqual([null, null])
  expect(matching(['1.85.0-a64-b-c', '1.85-a64-b-c'], '1.85')).toBe('1.85-a64-b-c')
})

test('a Rust without rustup must be the requested one', async () => {
  const ports = recordedPorts({})
  for (const name of [null, 'stable', '1.85', '1.85.0']) await requireUnmanaged(ports, '1.85.0', name, [])
  await requireUnmanaged(ports, '1.86.0-nightly', 'nightly', [])
  await requireUnmanaged(ports, '1.86.0-beta.3', 'beta', [])
  for (const [version, name] of [
    ['1.86.0-nightly', 'beta'],
    ['1.85.0', '1.84'],
    ['1.86.0-nightly', 'stable'],
    ['1.85.0', 'nightly'],
  ] as const) {
    const thrown = await requireUnmanaged(ports, version, name, []).catch((each) => each)
    expect(thrown.problems[0].code).toBe('rust-not-installed')
  }
  const thrown = await requireUnmanaged(ports, '1.85.0', null, ['clippy']).catch((each) => each)
  expect(thrown.problems[0].code).toBe('rust-component-missing')
})

test("another Rust before rustup's proxies on PATH is not passed off as the requested one", async () => {
  const stdout = 'rustc 1.85.0\nrelease: 1.85.0\ncommit-hash: 4d91de4e\n'
  const rustup = { run: async () => ({ code: 0, stdout, stderr: '' }) }
  const rust = { cargo: '/bin/cargo', cargoVersion: '1.85.0', rustcVersion: '1.85.0', host: 'x86_64-unknown-linux-gnu' }
  expect(await isToolchain(rustup, '1.85', rust)).toBe(true)
  expect(await isToolchain(rustup, '1.85', { ...rust, commit: '4d91de4e' })).toBe(true)
  expect(await isToolchain(rustup, '1.85', { ...rust, commit: 'ffffffff' })).toBe(false)
  const other = { ...rust, rustcVersion: '1.63.0' }
  expect(await isToolchain(rustup, '1.85', other)).toBe(false)
  expect(hiddenToolchain('1.85', other).problems[0]).toMatchObject({
    code: 'rust-not-installed',
    message: expect.stringContaining('/bin/cargo with Rust 1.63.0'),
  })
})
