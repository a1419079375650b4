import { expect, test } from '@jest/globals'
import type { PlanOptions } from '@slipway/plan/plan'
import type { Tree } from '../../trees.ts'
import { crate, members, planned } from '../planned.ts'

const KINDS = (kinds: string, more = '') => `[lib]\ncrate-type = [${kinds}]\n${more}`
const C_LIBRARY = 'It builds only a C library (its `crate-type`), so no Rust program can depend on it.'
test.each<[string, string, Tree, string | null]>([
  ['a cdylib', KINDS('"cdylib"'), {}, C_LIBRARY],
  ['a staticlib beside it', KINDS('"cdylib", "staticlib"'), {}, C_LIBRARY],
  ['a Rust library too', KINDS('"cdylib", "rlib"'), {}, null],
  ['a library of the usual kind too', KINDS('"lib", "cdylib"'), {}, null],
  ['a plugin for Rust', '[lib]\nproc-macro = true\n', {}, null],
  ['a program too', KINDS('"cdylib"'), { 'ffi/src/main.rs': 'fn main() {}\n' }, null],
  ['programs too', KINDS('"cdylib"'), { 'ffi/src/bin/a.rs': 'fn main() {}\n' }, null],
  ['a program elsewhere too', KINDS('"cdylib"', '[[bin]]\nname = "a"\npath = "a.rs"\n'), {}, null],
  [
    'WebAssembly',
    KINDS('"cdylib"', '[dependencies]\nwasm-bindgen = "0.2"\n'),
    {},
    'It builds only a WebAssembly module (its `crate-type`), so no Rust program can depend on it.',
  ],
])('a crate that builds %s', async (_, more, files, expected) => {
  const { reasons, problems } = await planned(members('"ffi"', { 'ffi/Cargo.toml': crate('ffi', more), ...files }))
  expect(reasons).toEqual({ demo: null, ffi: expected })
  expect(problems).toEqual([])
})

const NODE = '[package]\nname = "node"\nversion = "0.1.0"\n[lib]\ncrate-type = ["cdylib"]\n'

test('the version, metadata and paths of a C library are not checked', async () => {
  const node = `${NODE}[dependencies]\ndemo = { path = "../.." }\n`
  const { problems } = await planned(members('"bindings/*"', { 'bindings/node/Cargo.toml': node }))
  expect(problems).toEqual([])
})

test.each<[string, string, PlanOptions]>([
  ['the settings', '[crates.node]\npublish = true\n', {}],
  ['an option', '', { crates: ['node'] }],
])('publishes a C library that %s names', async (_, settings, options) => {
  const others = { 'node/Cargo.toml': crate('node', KINDS('"cdylib"')), 'slipway.toml': settings }
  expect((await planned(members('"node"', others), options)).reasons).toEqual({ demo: null, node: null })
})

test('a C library with metadata may be on a registry already', async () => {
  const described = await planned(members('"node"', { 'node/Cargo.toml': crate('node', KINDS('"cdylib"')) }))
  expect(described.plan.crates[1]).toMatchObject({ name: 'node', extension: true })
  const bare = await planned(members('"node"', { 'node/Cargo.toml': NODE }))
  expect(bare.plan.crates[1]).not.toHaveProperty('extension')
})
