import { machine } from 'node:os'
import { expect, test } from '@jest/globals'
import type { PlannedPackage } from '@slipway/core/plan'
import { error, ProblemError } from '@slipway/core/problem'
import { parseWheelFilename, type WheelFilename } from '@slipway/core/python/filename'
import type { ChosenPythons } from '@slipway/release/verify/chosen-pythons'
import { guestsFor, reasonOf } from '@slipway/release/verify/elsewhere'
import type { Emulator } from '@slipway/toolchain/executor/emulator'
import type { Machine } from '@slipway/toolchain/this-machine'

const WINDOWS: Machine = { system: 'win32', processor: 'x86_64', glibc: null }
const ARM: Machine = { system: 'linux', processor: 'aarch64', glibc: '2.36' }
const MUSL: Machine = { system: 'linux', processor: 'x86_64', glibc: null }
const OLD: Machine = { system: 'linux', processor: 'x86_64', glibc: '2.31' }

const emulator = (label: string, machine: Machine, versions: string[], more: Partial<Emulator> = {}): Emulator => ({
  label,
  machine,
  name: 'qemu',
  pythons: versions.map((version) => ({
    path: '',
    version,
    implementation: 'cpython',
    freeThreaded: false,
    venv: false,
  })),
  open: () => Promise.reject(new Error('not opened here')),
  ...more,
})

const FOUND = {
  emulators: [
    emulator('musl', MUSL, ['3.12.1'], { name: 'container', musl: '1.1.24' }),
    emulator('old', OLD, ['3.9.2'], { name: 'container' }),
    emulator('wine', WINDOWS, ['3.9.6', '3.12.1', '3.14.3'], { name: 'wine' }),
  ],
  missing: [{ machine: ARM, reason: 'qemu is not installed' }],
}

const NO_IMAGE = 'it needs another C library than this machine has; name an image with that library in `test-container`'

/** Returns the Pythons that a wheel is tried on, or the reason. */
function tried(tags: string, { isNative = false, requiresPython = '>=3.8' } = {}, chosen: ChosenPythons = 'all') {
  const planned = { name: 'plover', requiresPython } as PlannedPackage
  const parsed = parseWheelFilename(`plover-1.0-${tags}.whl`) as WheelFilename
  const { guests, reason } = guestsFor({ tags: parsed, planned, isNative }, FOUND, chosen)
  return reason ?? guests.map((each) => `${each.emulator.label} ${each.python.version}`)
}

test.each([
  ['cp38-abi3-win_amd64', {}, 'all', ['wine 3.9.6', 'wine 3.14.3']],
  ['cp38-abi3-win_amd64', {}, 'lowest', ['wine 3.9.6']],
  ['cp310-abi3-win_amd64', {}, 'all', ['wine 3.12.1', 'wine 3.14.3']],
  ['cp312-cp312-win_amd64', {}, 'all', ['wine 3.12.1']],
  ['cp38-abi3-win_amd64', { requiresPython: '<3.13' }, 'all', ['wine 3.9.6', 'wine 3.12.1']],
  ['cp38-abi3-win_amd64', {}, ['3.12', '3.14', '3.8'], ['wine 3.12.1', 'wine 3.14.3']],
  ['cp313-cp313-win_amd64', {}, 'all', 'it runs on none of the Pythons to try of wine (3.9.6, 3.14.3)'],
  ['cp38-abi3-win_amd64', {}, ['3.8'], 'it runs on none of the Pythons to try of wine (none)'],
  ['cp38-abi3-manylinux_2_17_aarch64', {}, 'all', 'qemu is not installed'],
  // Nothing here, or missing here, is for these: the caller says that it is for another platform.
  ['cp38-abi3-win_arm64', {}, 'all', []],
  ['cp38-abi3-macosx_11_0_arm64', {}, 'all', []],
  // This machine's own wheels run in containers too, where these are new enough.
  ['cp38-abi3-manylinux_2_17_x86_64', { isNative: true }, 'all', ['old 3.9.2']],
  ['cp38-abi3-manylinux_2_35_x86_64', { isNative: true }, 'all', []],
  [`cp38-abi3-manylinux_2_99_${machine()}`, {}, 'all', process.platform === 'linux' ? NO_IMAGE : []],
  ['cp38-abi3-musllinux_1_1_x86_64', {}, 'all', ['musl 3.12.1']],
  [`cp38-abi3-musllinux_1_2_${machine()}`, {}, 'all', process.platform === 'linux' ? NO_IMAGE : []],
  ['py3-none-any', { isNative: true }, 'all', ['musl 3.12.1', 'old 3.9.2']],
] as const)('a wheel %s (%j, Pythons %j) is tried on %j', (tags, how, chosen, expected) => {
  expect(tried(tags, how, chosen)).toEqual(expected)
})

test.each([
  [['qemu'], '`test-emulators` in slipway.toml leaves out what executes it here'],
  [[], '`test-emulators` in slipway.toml leaves out what executes it here'],
  [['wine'], null],
] as const)('with the setting `test-emulators` %j, a wheel for Windows is not tried: %s', (emulators, expected) => {
  const planned = { name: 'plover', requiresPython: '>=3.8', test: { emulators } } as unknown as PlannedPackage
  const tags = parseWheelFilename('plover-1.0-cp38-abi3-win_amd64.whl') as WheelFilename
  expect(guestsFor({ tags, planned, isNative: false }, FOUND, 'all').reason).toBe(expected)
})

test('a failure to provide a Python is a reason; any other stays a failure', () => {
  const failure = (code: string, message: string) => new ProblemError(error(code, message, 'Try again.'))
  expect(reasonOf(failure('python-not-fetched', 'It is not there.'))).toBe('It is not there')
  expect(reasonOf(failure('emulator-failed', 'wine failed (exit code 1):\nits\noutput'))).toBe(
    'wine failed (exit code 1)',
  )
  expect(() => reasonOf(failure('python-archive-differs', 'It is another.'))).toThrow(ProblemError)
  expect(() => reasonOf(new TypeError('a bug'))).toThrow(TypeError)
})
