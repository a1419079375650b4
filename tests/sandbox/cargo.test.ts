import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { run, succeed, type Tested, temporaryFolder, tested, write } from './harness.ts'
import { cargoUpstream } from './upstream.ts'

const manifest = (version: string) => `[package]
name = "slipway-probe"
version = "${version}"
edition = "2021"
description = "A crate of a test."
license = "MIT"

[dependencies]
itoa = "1"
`

/** Creates a crate whose configuration replaces crates.io by the sandbox; returns functions that run cargo in it. */
function crate(sandbox: Tested, files: Record<string, string>) {
  const dir = temporaryFolder()
  write(dir, {
    '.cargo/config.toml': `[source.crates-io]\nreplace-with = "sbx"\n[registries.sbx]\nindex = "${sandbox.cargo.index}"\n`,
    ...files,
  })
  const env = {
    CARGO_HOME: join(dir, 'cargo-home'),
    CARGO_REGISTRIES_SBX_TOKEN: sandbox.cargo.token,
    CARGO_TARGET_DIR: join(dir, 'target'),
    CARGO_TERM_COLOR: 'never',
  }
  const cargo = (...args: string[]) => succeed(['cargo', ...args], { cwd: dir, env })
  const cargoFails = async (more: Record<string, string>, ...args: string[]) => {
    const ended = await run(['cargo', ...args], { cwd: dir, env: { ...env, ...more } })
    expect(ended.code).not.toBe(0)
    return ended.stderr
  }
  return { dir, cargo, cargoFails }
}

const library = (version: string) => ({
  'Cargo.toml': manifest(version),
  'src/lib.rs': 'pub fn shown(n: u32) -> String { itoa::Buffer::new().format(n).to_owned() }\n',
})

const publishing = ['publish', '--registry', 'sbx', '--allow-dirty', '--no-verify']

test('cargo publishes, builds a consumer with a dependency from upstream, yanks and unyanks', async () => {
  const sandbox = await tested({ cargoUpstream: cargoUpstream() })
  const probe = crate(sandbox, library('0.1.0'))
  expect(await probe.cargoFails({ CARGO_REGISTRIES_SBX_TOKEN: 'ciowrong' }, ...publishing)).toContain(
    'authentication failed',
  )
  await probe.cargo('publish', '--registry', 'sbx', '--allow-dirty')
  expect(await probe.cargoFails({}, ...publishing)).toContain('already exists on')

  const consumer = () =>
    crate(sandbox, {
      'Cargo.toml': '[package]\nname = "consumer"\nedition = "2021"\n[dependencies]\nslipway-probe = "0.1"\n',
      'src/main.rs': 'fn main() { println!("{}", slipway_probe::shown(42)) }\n',
    })
  expect((await consumer().cargo('run', '-q')).stdout).toBe('42\n')

  await probe.cargo('yank', '--registry', 'sbx', 'slipway-probe@0.1.0')
  expect(await consumer().cargoFails({}, 'generate-lockfile')).toContain('yanked')
  await probe.cargo('yank', '--undo', '--registry', 'sbx', 'slipway-probe@0.1.0')
  await consumer().cargo('generate-lockfile')

  const effects = (await sandbox.steer.log()).flatMap((each) => each.effect ?? [])
  expect(effects).toEqual(['published', 'yanked', 'unyanked'].map((each) => `crate slipway-probe 0.1.0 ${each}`))
})

test('a lagging index shows a crate later than the web API, and cargo waits for it', async () => {
  const sandbox = await tested({ cargoUpstream: cargoUpstream() })
  await sandbox.steer.setCargoLag(2500)
  const probe = crate(sandbox, library('0.2.0'))
  const publish = probe.cargo(...publishing)
  const version = `${sandbox.cargo.api}/api/v1/crates/slipway-probe/0.2.0`
  const index = `${sandbox.cargo.api}/index/sl/ip/slipway-probe`
  while ((await fetch(version)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 50))
  expect((await fetch(index)).status).toBe(404)
  expect((await publish).stderr).toContain('Published slipway-probe v0.2.0')
  expect((await fetch(index)).status).toBe(200)
  const { checksum } = ((await (await fetch(version)).json()) as { version: { checksum: string } }).version
  const [line = ''] = (await (await fetch(index)).text()).split('\n')
  expect(JSON.parse(line)).toMatchObject({ cksum: checksum, deps: [{ name: 'itoa', req: '^1', kind: 'normal' }] })
})

test('local index lines are added to the upstream’s, and other downloads redirect there', async () => {
  const sandbox = await tested({ cargoUpstream: cargoUpstream() })
  const own = crate(sandbox, {
    'Cargo.toml':
      '[package]\nname = "itoa"\nversion = "99.0.0"\nedition = "2021"\ndescription = "d"\nlicense = "MIT"\n',
    'src/lib.rs': '',
  })
  const index = `${sandbox.cargo.api}/index/it/oa/itoa`
  const before = (await (await fetch(index)).text()).trim().split('\n')
  await own.cargo(...publishing)
  const after = await fetch(index)
  const lines = (await after.text()).trim().split('\n')
  expect(before.length).toBeGreaterThan(10)
  expect(lines.slice(0, -1)).toEqual(before)
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ name: 'itoa', vers: '99.0.0' })
  const etag = after.headers.get('etag') ?? ''
  expect((await fetch(index, { headers: { 'if-none-match': etag } })).status).toBe(304)

  const dl = (version: string) => fetch(`${sandbox.cargo.api}/dl/itoa/${version}/download`, { redirect: 'manual' })
  const bytes = Buffer.from(await (await dl('99.0.0')).arrayBuffer())
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(
    (JSON.parse(lines.at(-1) ?? '') as { cksum: string }).cksum,
  )
  const elsewhere = await dl('1.0.0')
  expect(elsewhere.status).toBe(302)
  expect(elsewhere.headers.get('location')).toMatch(/itoa/)
})

test('cargo publishes a workspace with dependent crates, and both registry settings find it', async () => {
  const sandbox = await tested({ cargoUpstream: cargoUpstream() })
  const member = (name: string, more: string) =>
    `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\ndescription = "d"\nlicense = "MIT"\n${more}\n`
  const workspace = crate(sandbox, {
    'Cargo.toml': '[workspace]\nmembers = ["outer", "inner"]\nresolver = "2"\n',
    'inner/Cargo.toml': member(
      'slipway-inner',
      '[dependencies]\nitoa = { version = "1", optional = true }\n[features]\nfast = ["dep:itoa"]',
    ),
    'inner/src/lib.rs': 'pub fn one() -> u8 { 1 }\n',
    'outer/Cargo.toml': member(
      'slipway-outer',
      '[dependencies]\ninner = { package = "slipway-inner", path = "../inner", version = "0.1", features = ["fast"] }',
    ),
    'outer/src/lib.rs': 'pub use inner::one;\n',
  })
  await workspace.cargo('publish', '--workspace', '--registry', 'sbx', '--allow-dirty')
  expect((await sandbox.steer.log()).flatMap((each) => each.effect ?? [])).toEqual([
    'crate slipway-inner 0.1.0 published',
    'crate slipway-outer 0.1.0 published',
  ])
  for (const registry of ['', ', registry = "sbx"']) {
    const consumer = crate(sandbox, {
      'Cargo.toml': `[package]\nname = "consumer"\nedition = "2021"\n[dependencies]\nslipway-outer = { version = "0.1"${registry} }\n`,
      'src/main.rs': 'fn main() { println!("{}", slipway_outer::one()) }\n',
    })
    expect((await consumer.cargo('run', '-q')).stdout).toBe('1\n')
  }
})
