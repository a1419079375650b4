import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from '@jest/globals'
import { readCrate } from '@slipway/artifacts/crate'
import { publishedMetadata } from '@slipway/registries/crates/metadata'
import { PUBLIC } from '@slipway/registries/endpoints'
import { startSandbox } from '@slipway/sandbox/start'
import { recordSandbox } from '../rehearsal/recorder.ts'

const run = promisify(execFile)
const dir = await mkdtemp(join(tmpdir(), 'slipway-peer-'))
const sandbox = await startSandbox({ dir: join(dir, 'sandbox'), cargoUpstream: PUBLIC.crates.index })
const recorder = await recordSandbox(sandbox.description)
afterAll(async () => {
  await recorder.close()
  await sandbox.close()
  await rm(dir, { recursive: true, force: true })
})

/** A manifest with every field that the publish API carries. */
const MANIFEST = `[package]
name = "peer-of-cargo"
version = "1.2.3-rc.1"
edition = "2021"
rust-version = "1.70"
authors = ["A <a@example.invalid>"]
description = "Everything at once"
license = "MIT"
readme = "docs/READ.md"
repository = "https://example.invalid/repo"
homepage = "https://example.invalid"
documentation = "https://example.invalid/docs"
keywords = ["one", "two"]
categories = ["development-tools"]
links = "peer"

[features]
default = ["one"]
one = []
two = ["dep:itoa"]

[dependencies]
itoa = { version = "1", optional = true }
number = { package = "ryu", version = ">=1.0.5, <2", default-features = false }

[dev-dependencies]
fastrand = "=2.0.0"

[build-dependencies]
autocfg = "1.1.*"

[target.'cfg(windows)'.dependencies]
cfg-if = { version = "~1.0", features = [] }
`

test("the metadata equals cargo's own", async () => {
  const source = join(dir, 'source')
  await mkdir(join(source, 'src'), { recursive: true })
  await mkdir(join(source, 'docs'))
  await writeFile(join(source, 'Cargo.toml'), MANIFEST)
  await writeFile(join(source, 'docs', 'READ.md'), '# Read\n')
  await writeFile(join(source, 'src', 'lib.rs'), '')
  await writeFile(join(source, 'build.rs'), 'fn main() {}\n')
  const { index, token } = recorder.description.cargo
  const home = join(dir, 'cargo-home')
  await mkdir(home)
  await writeFile(
    join(home, 'config.toml'),
    `[source.crates-io]\nreplace-with = "peer"\n[source.peer]\nregistry = "${index}"\n[registries.peer]\nindex = "${index}"\n`,
  )
  const env = {
    ...process.env,
    CARGO_HOME: home,
    CARGO_REGISTRIES_PEER_TOKEN: token,
    CARGO_TARGET_DIR: join(dir, 'target'),
  }
  await run('cargo', ['publish', '--no-verify', '--allow-dirty', '--registry', 'peer'], { cwd: source, env })
  const sent = recorder.passed.find((each) => each.carried !== null)?.body as Buffer
  const length = sent.readUInt32LE(0)
  const theirs = JSON.parse(sent.subarray(4, 4 + length).toString())
  const crate = readCrate(sent.subarray(8 + length))
  const ours = publishedMetadata(crate.cargoToml, crate.text, index)
  const sorted = (deps: { name: string }[]) => [...deps].sort((a, b) => a.name.localeCompare(b.name))
  expect({ ...ours, deps: sorted(ours.deps) }).toEqual({ ...theirs, deps: sorted(theirs.deps) })
  // For crates.io itself, a dependency without a registry comes from crates.io.
  const own = publishedMetadata(crate.cargoToml, crate.text, null)
  expect(own.deps.map((each) => each.registry)).toEqual(own.deps.map(() => null))
})
