import { expect, test } from '@jest/globals'
import { type Machine, machineName, runsOn, thisMachine } from '@slipway/toolchain/this-machine'

const debian: Machine = { system: 'linux', processor: 'x86_64', glibc: '2.36' }
const alpine: Machine = { system: 'linux', processor: 'aarch64', glibc: null }
const mac: Machine = { system: 'darwin', processor: 'arm64', glibc: null }
const windows: Machine = { system: 'win32', processor: 'x86_64', glibc: null }

test.each([
  ['any', [debian, alpine, mac, windows]],
  ['linux_x86_64', [debian]],
  ['linux_aarch64', [alpine]],
  ['manylinux1_x86_64', [debian]],
  ['manylinux2014_x86_64', [debian]],
  ['manylinux_2_36_x86_64', [debian]],
  ['manylinux_2_37_x86_64', []],
  ['manylinux_2_17_i686', []],
  ['manylinux_2_17_aarch64', []],
  ['musllinux_1_2_x86_64', []],
  ['musllinux_1_2_aarch64', [alpine]],
  ['macosx_11_0_arm64', [mac]],
  ['macosx_10_12_universal2', [mac]],
  ['macosx_10_12_x86_64', []],
  ['win_amd64', [windows]],
  ['win_arm64', []],
  ['win32', []],
  ['toString', []],
])('a wheel for %s runs on %j', (tag, machines) => {
  expect([debian, alpine, mac, windows].filter((each) => runsOn(tag, each))).toEqual(machines)
})

test('an old system refuses a wheel for a newer one', () => {
  const centos: Machine = { ...debian, glibc: '2.17' }
  const tags = ['manylinux_2_17_x86_64', 'manylinux2014_x86_64', 'manylinux_2_28_x86_64']
  expect(tags.map((each) => runsOn(each, centos))).toEqual([true, true, false])
})

test('this machine has a name', () => {
  expect(machineName(thisMachine())).toMatch(/^(Linux|macOS|Windows) \S+$/)
  expect(machineName(windows)).toBe('Windows x86_64')
})
