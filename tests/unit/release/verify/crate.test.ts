import { join } from 'node:path'
import { beforeEach, expect, test } from '@jest/globals'
import { tryCrate } from '@slipway/release/verify/crate'
import { succeed, type Tested, temporaryFolder, tested, write } from '../../../sandbox/harness.ts'
import { realPorts } from '../../toolchain/ports.ts'

let sandbox: Tested
let env: Record<string, string>
beforeEach(async () => {
  sandbox = await tested()
  const home = temporaryFolder()
  const source = '[source.crates-io]\nreplace-with = "sbx"\n[registries.sbx]\n'
  write(home, { 'config.toml': `${source}index = "${sandbox.cargo.index}"\n` })
  env = { CARGO_HOME: home, CARGO_REGISTRIES_SBX_TOKEN: sandbox.cargo.token }
})

/** Publishes a crate without compiling it, then tests it. */
async function tried(name: string, targets: string, files: Record<string, string>) {
  const dir = temporaryFolder()
  const about = 'version = "0.1.0"\nedition = "2021"\ndescription = "d"\nlicense = "MIT"'
  write(dir, { 'Cargo.toml': `[package]\nname = "${name}"\n${about}\n${targets}`, ...files })
  const publish = ['cargo', 'publish', '--registry', 'sbx', '--allow-dirty', '--no-verify']
  await succeed(publish, { cwd: dir, env: { ...env, CARGO_TARGET_DIR: join(dir, 'target') } })
  const crate = { name, version: '0.1.0', path: '.', publish: true }
  return tryCrate(realPorts(), crate, { cargo: 'cargo', folder: join(temporaryFolder(), 'new'), env })
}

const lib = { 'src/lib.rs': 'pub fn one() -> u8 { 1 }\n' }
const main = { 'src/main.rs': 'fn main() {}\n' }

test.each([
  ['with another name than its crate', 'slip-rs', '[lib]\nname = "slip"\n', lib, 'cargo build'],
  ['with a hyphen in its name', 'slip-ord', '', lib, 'cargo build'],
  ['beside a program', 'slip-both', '', { ...lib, ...main }, 'cargo build'],
  ['of macros', 'slip-macros', '[lib]\nproc-macro = true\n', { 'src/lib.rs': '' }, 'cargo build'],
  ['for C only', 'slip-c', '[lib]\ncrate-type = ["cdylib"]\n', lib, 'cargo build'],
  ['with the name of the test program', 'consumer', '', lib, 'cargo build'],
])('a library %s is used', async (_, name, targets, files, where) => {
  expect(await tried(name, targets, files)).toEqual({ what: name, where, version: '0.1.0' })
})

test('a crate with only binaries is installed', async () => {
  const installed = { what: 'slip-bin', where: 'cargo install', version: '0.1.0' }
  expect(await tried('slip-bin', '[[bin]]\nname = "slip"\npath = "src/main.rs"\n', main)).toEqual(installed)
})

test.each([
  ['library', 'src/lib.rs', 'cargo build of a crate that uses broken 0.1.0 failed'],
  ['program', 'src/main.rs', 'cargo install broken 0.1.0 failed'],
])('a %s that does not compile is reported', async (_, file, message) => {
  const thrown = await tried('broken', '', { [file]: 'compile_error!("on purpose");' }).catch((each) => each)
  expect(thrown.problems[0]).toMatchObject({ code: 'verification-failed' })
  expect(thrown.message).toContain(message)
  expect(thrown.message).toContain('on purpose')
})
