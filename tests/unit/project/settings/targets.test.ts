import { expect, test } from '@jest/globals'
import { containerFor, platformTagFor, universal2 } from '@slipway/project/settings/targets'

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

const IMAGE = 'quay.io/pypa/manylinux_2_28_{arch}'

test.each([
  ['', 'quay.io/pypa/manylinux_2_28_x86_64', ''],
  ['aarch64-unknown-linux-gnu', 'quay.io/pypa/manylinux_2_28_aarch64', ''],
  ['armv7-unknown-linux-gnueabihf', 'quay.io/pypa/manylinux_2_28_armv7l', ''],
  ['x86_64-unknown-linux-musl', null, 'musllinux_1_2'],
  ['aarch64-apple-darwin', null, ''],
  ['x86_64-pc-windows-msvc', null, ''],
])('wheels for %j are built in %j, which decides the tag: %j', (target, image, tag) => {
  expect([containerFor(target, { container: IMAGE }, 'x86_64'), platformTagFor(target, { container: IMAGE })]).toEqual([
    image,
    tag,
  ])
  expect(containerFor(target, {}, 'x86_64')).toBeNull()
})

test('universal2 replaces both targets of macOS, and is the default there only', () => {
  const both = ['x86_64-apple-darwin', 'x86_64-unknown-linux-gnu', 'aarch64-apple-darwin']
  expect(universal2(both, 'linux')).toEqual(['universal2-apple-darwin', 'x86_64-unknown-linux-gnu'])
  expect([universal2([], 'darwin'), universal2([], 'linux'), universal2([], 'win32')]).toEqual([
    ['universal2-apple-darwin'],
    [],
    [],
  ])
})
