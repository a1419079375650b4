import { expect, test } from '@jest/globals'
import { acceptedByPyPI } from '@slipway/core/python/platform-tags'

test.each([
  'any',
  'win_amd64',
  'win_arm64',
  'manylinux2014_aarch64',
  'manylinux_2_17_x86_64',
  'manylinux_2_28_ppc64',
  'musllinux_1_2_riscv64',
  'macosx_10_12_x86_64',
  'macosx_11_0_arm64',
  'macosx_26_0_universal2',
  'linux_armv7l',
  'ios_13_0_arm64_iphoneos',
  'android_21_arm64_v8a',
])('PyPI accepts %s', (tag) => {
  expect(acceptedByPyPI(tag)).toBe(true)
})

test.each([
  'linux_x86_64',
  'linux_aarch64',
  'manylinux_2_17_sparc',
  'manylinux2010_aarch64',
  'musllinux_1_2_ppc64',
  'macosx_11_7_arm64',
  'macosx_16_0_arm64',
  'macosx_10_12_aarch64',
  'win_x64',
])('PyPI refuses %s', (tag) => {
  expect(acceptedByPyPI(tag)).toBe(false)
})
