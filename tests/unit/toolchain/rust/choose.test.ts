import { expect, test } from '@jest/globals'
import { chooseRust, type RustSources } from '@slipway/toolchain/rust/choose'
import type { Rustup } from '@slipway/toolchain/rust/rustup'
import { recordedPorts } from '../ports.ts'

const sources: RustSources = {
  request: undefined,
  msrv: async () => '1.70',
  file: null,
  server: 'http://example.invalid',
}
const rustup = (active: string): Rustup => ({
  run: async () => ({ code: active === '' ? 1 : 0, stdout: active, stderr: '' }),
})
const stable = rustup('stable-x86_64-unknown-linux-gnu (default)\n')

test('the input goes first, then RUSTUP_TOOLCHAIN, an override, the file, and stable', async () => {
  const file = { name: 'rust-toolchain.toml', channel: '1.80' }
  const variable = recordedPorts({}, { RUSTUP_TOOLCHAIN: 'beta' })
  const plain = recordedPorts({})
  const request = { kind: 'toolchain', name: '1.85' } as const
  const name = async (...args: Parameters<typeof chooseRust>) => {
    const chosen = await chooseRust(...args)
    return [chosen.name, chosen.isExported]
  }
  expect(await name(variable, stable, { ...sources, file, request })).toEqual(['1.85', true])
  expect(await name(variable, stable, { ...sources, file })).toEqual(['beta', false])
  expect(await name(plain, stable, { ...sources, file })).toEqual(['1.80', false])
  // A file may name a folder, which rustup uses by itself.
  expect(await name(plain, stable, { ...sources, file: { name: 'rust-toolchain', channel: undefined } })).toEqual([
    null,
    false,
  ])
  const overridden = rustup("1.70.0-x86_64-unknown-linux-gnu (directory override for '/p')\n")
  expect(await name(plain, overridden, sources)).toEqual([null, false])
  expect(await name(plain, overridden, { ...sources, file })).toEqual([null, false])
  const folder = recordedPorts({}, { RUSTUP_TOOLCHAIN: '/opt/rust' })
  expect(await name(folder, stable, sources)).toEqual([null, false])
  expect(await name(plain, stable, { ...sources, file: { ...file, channel: '--force' } })).toEqual([null, false])
  expect(await name(plain, stable, sources)).toEqual(['stable', false])
  expect(await name(plain, rustup('nightly-aarch64-apple-darwin (default)\n'), sources)).toEqual(['stable', true])
  expect(await name(plain, rustup(''), sources)).toEqual(['stable', true])
  expect(await name(plain, null, sources)).toEqual([null, false])
  expect(await name(plain, null, { ...sources, request: { kind: 'msrv' } })).toEqual(['1.70', true])
})

test('`minus` counts back from the stable version in the manifest of the channel', async () => {
  const asked: string[] = []
  const answering = (text: string, status = 200, env = {}) => ({
    ...recordedPorts({}, env),
    http: async ({ url }: { url: string }) => {
      asked.push(url)
      return { status, headers: {}, body: new TextEncoder().encode(text) }
    },
  })
  const manifest =
    'manifest-version = "2"\n[pkg.cargo]\nversion = "0.99.0 (a)"\n[pkg.rust]\nversion = "1.95.0 (b 2026-04-14)"\n'
  const minus = (minors: number) => ({ ...sources, request: { kind: 'minus', minors } as const })
  expect((await chooseRust(answering(manifest), stable, minus(2))).name).toBe('1.93')
  const mirror = { RUSTUP_DIST_SERVER: 'http://mirror.invalid/rust/' }
  expect((await chooseRust(answering(manifest, 200, mirror), stable, minus(0))).name).toBe('1.95')
  expect(asked).toEqual([
    'http://example.invalid/dist/channel-rust-stable.toml',
    'http://mirror.invalid/rust/dist/channel-rust-stable.toml',
  ])
  await expect(chooseRust(answering(manifest), stable, minus(96))).rejects.toThrow('no release 96 minor versions')
  for (const [text, status] of [
    ['', 404],
    ['not = toml = at all', 200],
    ['[pkg.rust]\n', 200],
  ] as const) {
    const thrown = await chooseRust(answering(text, status), stable, minus(1)).catch((each) => each)
    expect(thrown.problems[0].code).toBe('rust-not-installed')
  }
})
