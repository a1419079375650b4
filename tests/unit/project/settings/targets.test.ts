import { expect, test } from '@jest/globals'
import { platformTagFor } from '@slipway/project/settings/targets'

test.each([
  ['', 'manylinux_2_17', 'manylinux_2_28'],
  ['x86_64-unknown-linux-gnu', 'manylinux_2_17', 'manylinux_2_28'],
  ['powerpc64le-unknown-linux-gnu', 'manylinux_2_28', 'manylinux_2_28'],
  ['x86_64-unknown-linux-musl', 'musllinux_1_2', 'musllinux_1_2'],
  // Targets that the plan has no job for, which build-wheels may be given.
  ['loongarch64-unknown-linux-gnu', 'manylinux_2_17', 'manylinux_2_28'],
  ['riscv64gc-unknown-linux-musl', 'musllinux_1_2', 'musllinux_1_2'],
  ['x86_64-pc-windows-gnu', '', ''],
  ['aarch64-apple-darwin', '', ''],
])('the platform tag for %j is %j, and %j for a package with a tag', (target, plain, own) => {
  expect([platformTagFor(target), platformTagFor(target, { manylinux: 'manylinux_2_28' })]).toEqual([plain, own])
})
