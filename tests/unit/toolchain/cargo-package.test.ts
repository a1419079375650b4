import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
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
    `[package]\nname = "${basename(name)}"\nversion = "0.1.0"\n${about}\n[dependencies]\n${dependencies}`,
  )
  for (const [file, text] of Object.entries(files)) await writeFile(join(root, name, file), text)
}

const noToken = 'fn main() { assert!(std::env::var("CARGO_REGISTRY_TOKEN").is_err()) }'

test('members that depend on each other are packaged and verified together, without the token', async () => {
  await writeFile(
    join(root, 'Cargo.toml'),
    '[workspace]\nresolver = "2"\nmembers = ["slip-a", "slip-b", "slip-c"]\nexclude = ["apart"]\n',
  )
  await crate('slip-a', '', { 'src/lib.rs': 'pub fn a() -> u8 { 1 }', 'build.rs': noToken })
  await crate('slip-b', 'slip-a = { path = "../slip-a", version = "0.1.0" }\n', {
    'src/lib.rs': 'pub fn b() -> u8 { slip_a::a() }',
  })
  await crate('slip-c', '', { 'src/lib.rs': 'compile_error!("on purpose");' })
  const options = { dir: root, targetDir: join(root, 'elsewhere'), out: join(root, 'out') }
  const ports = realPorts({ ...process.env, CARGO_REGISTRY_TOKEN: 'secret' })
  const crates = (...names: string[]) => names.map((name) => ({ name, path: name }))
  const files = await packageCrates(ports, { ...options, crates: crates('slip-b', 'slip-a') })
  expect(files).toEqual(['slip-b', 'slip-a'].map((name) => join(root, `out/${name}-0.1.0.crate`)))
  expect(files.every((path) => existsSync(path))).toBe(true)

  await expect(packageCrates(ports, { ...options, crates: crates('slip-c') })).rejects.toThrow('on purpose')
  const unknown = packageCrates(ports, { ...options, crates: [{ name: 'nobody', path: 'slip-a' }] })
  await expect(unknown).rejects.toMatchObject({
    problems: [{ code: 'crate-not-a-member' }],
    message: expect.stringContaining('no crate `nobody`'),
  })
})

test('crates of several workspaces below the top are packaged, each in its workspace', async () => {
  await crate('apart/one/slip-one', '', { 'src/lib.rs': '' })
  await crate('apart/slip-two', '', { 'src/lib.rs': '' })
  await writeFile(join(root, 'apart/one/Cargo.toml'), '[workspace]\nresolver = "2"\nmembers = ["slip-one"]\n')
  const dir = join(root, 'apart')
  const crates = [
    { name: 'slip-two', path: 'slip-two' },
    { name: 'slip-one', path: 'one/slip-one' },
  ]
  const files = await packageCrates(realPorts(), { dir, crates, targetDir: null, out: join(root, 'out2') })
  expect(files).toEqual(['slip-two', 'slip-one'].map((name) => join(root, `out2/${name}-0.1.0.crate`)))
  expect(files.every((path) => existsSync(path))).toBe(true)
})

test('a manifest that cargo cannot read is reported with cargo’s message', async () => {
  await crate('broken/slip-broken', 'serde = 3\n', { 'src/lib.rs': '' })
  const dir = join(root, 'broken')
  const crates = [{ name: 'slip-broken', path: 'slip-broken' }]
  await expect(
    packageCrates(realPorts(), { dir, crates, targetDir: null, out: join(root, 'out3') }),
  ).rejects.toMatchObject({
    problems: [{ code: 'cargo-metadata-failed', message: expect.stringContaining('serde') }],
  })
})
