import { expect, test } from '@jest/globals'
import type { MatrixEntry, Plan, PlannedPackage } from '@slipway/core/plan'
import type { Strategy } from '@slipway/core/strategy'
import { partsOfBuild } from '@slipway/release/build/jobs'
import { realPorts } from '../../toolchain/ports.ts'

const planned = (name: string, suffices: boolean): PlannedPackage => ({
  ...{ name, version: '1.0.0', path: name, backend: 'maturin', abi3: null, imports: [] },
  oneJob: { suffices, why: suffices ? [] : ['it links OpenSSL'] },
})

const job = (name: string, target: string, sdist = false): MatrixEntry => ({
  ...{ name: `${name}-${target}`, package: name, path: name, target, interpreter: '3.13', sdist },
  ...{ runner: 'any', manylinux: '' },
})

const [LINUX, MAC] = ['x86_64-unknown-linux-gnu', 'aarch64-apple-darwin']
const plan = {
  packages: [planned('heron', true), planned('wader', false)],
  matrix: ['heron', 'wader'].flatMap((name) => [job(name, LINUX, true), job(name, MAC)]),
} as unknown as Plan

const all = { targets: [LINUX, MAC], interpreters: ['3.13'], sdist: true }

test.each<[Strategy, object, object[]]>([
  ['native', {}, [{ packages: [], targets: [], interpreters: [], sdist: true }]],
  [
    'auto',
    {},
    [
      { packages: ['heron'], ...all },
      { packages: ['wader'], targets: [], interpreters: [], sdist: true },
    ],
  ],
  [
    'cross',
    {},
    [
      { packages: ['heron'], ...all },
      { packages: ['wader'], ...all },
    ],
  ],
  ['cross', { packages: ['Wader'], sdist: false }, [{ packages: ['wader'], ...all, sdist: false }]],
  // Named targets count more.
  ['cross', { targets: [MAC] }, [{ packages: [], targets: [MAC], interpreters: [], sdist: true }]],
])('by the strategy %s with %j', async (strategy, named, parts) => {
  const inputs = { packages: [], targets: [], interpreters: [], sdist: true, ...named }
  const found = await partsOfBuild(realPorts({}), '/', plan, { ...inputs, strategy, ...{ sourceDateEpoch: undefined } })
  // Nothing else of the inputs, which would replace what the build found out.
  expect(found).toEqual(parts)
})
