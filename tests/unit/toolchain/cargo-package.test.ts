import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { packageCrates } from '@slipway/toolchain/cargo-package'
import { realPorts } from './ports.ts'

const root = await mkdtemp(join(tmpdir(), 'slipway-crate-'))
afterAll(() => rm(root, { recursive: true, force: true }))

async function crate(name: string, dependencies: string, files: Record<string, string>): Promise<void> {
  await mkdir(join(root, name, 'src'), { recursive: true })
  const about = 'edition = "2021"\nlicense = "MIT"\ndescription = "d"'
  await writeFile(
    join(root, name, 'Cargo.toml'),
    `[package]\nname = "${name}"\nversion = "0.1.0"\n${about}\n[dependencies]\n${dependencies}`,
  )
  for (const [file, text] of Object.entries(files)) await writeFile(join(root, name, file), text)
}

const noToken = 'fn main() { assert!(std::env::var("CARGO_REGISTRY_TOKEN").is_err()) }'

test('members that depend on each other are packaged and verified together, without the token', async () => {
  await writeFile(join(root, 'Cargo.toml'), '[workspace]\nresolver = "2"\nmembers = ["slip-a", "slip-b", "slip-c"]\n')
  await crate('slip-a', '', { 'src/lib.rs': 'pub fn a() -> u8 { 1 }', 'build.rs': noToken })
  await crate('slip-b', 'slip-a = { path = "../slip-a", version = "0.1.0" }\n', {
    'src/lib.rs': 'pub fn b() -> u8 { slip_a::a() }',
  })
  await crate('slip-c', '', { 'src/lib.rs': 'compile_error!("on purpose");' })
  const options = { dir: root, targetDir: join(root, 'elsewhere'), out: join(root, 'out') }
  const ports = realPorts({ ...process.env, CARGO_REGISTRY_TOKEN: 'secret' })
  const made = await packageCrates(ports, { ...options, names: ['slip-b', 'slip-a'] })
  expect(made).toEqual(['slip-b', 'slip-a'].map((name) => join(root, `out/${name}-0.1.0.crate`)))
  expect(made.every((path) => existsSync(path))).toBe(true)

  await expect(packageCrates(ports, { ...options, names: ['slip-c'] })).rejects.toThrow('on purpose')
  await expect(packageCrates(ports, { ...options, names: ['nobody'] })).rejects.toThrow('no crate `nobody`')
}, 120_000)
