import { join } from 'node:path'
import { expect } from '@jest/globals'
import { ROOT } from '../rehearsal/example.ts'
import { needs } from '../tools.ts'
import { held } from './held.ts'
import { PUBLISHING, STAGING, STARTING, told } from './jobs.ts'
import { bytesSent, effects, expectGood, expectReleased, expectWrittenByAct, installedBack, writes } from './proof.ts'
import { failing, repeating } from './repeat.ts'
import { machine, world } from './world.ts'

const test = needs('act', 'cargo', 'python3')

const FILES = {
  crates: [],
  packages: ['nusterdb-0.1.0-cp38-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl', 'nusterdb-0.1.0.tar.gz'],
}
const LINUX = 'nusterdb-x86_64-unknown-linux-gnu'
const MAC = 'nusterdb-aarch64-apple-darwin'
const PLATFORMS = [MAC, 'nusterdb-x86_64-apple-darwin', 'nusterdb-x86_64-pc-windows-msvc', LINUX].sort()
const wheel = (platform: string) => `build.yml wheels (${platform})`

const nuster = () => world(join(ROOT, 'examples', 'nuster'), machine())

test('nuster, tag push: a job a platform, every destination has the release, and it is installed back', async () => {
  const at = await nuster()
  await at.push()
  const first = await at.run()
  expectGood(first)
  // Platforms are built side by side.
  expect(told(first.jobs).sort()).toEqual(
    [...STARTING, 'build.yml gate', ...PLATFORMS.map(wheel), 'build.yml assemble', ...STAGING, ...PUBLISHING].sort(),
  )
  await expectReleased(at, FILES)
  expect(await installedBack(at)).toEqual(['nusterdb', 'release assets'])
  await expectWrittenByAct(at)
})

test('nuster, one platform fails: nothing is published; re-running the failed jobs builds it alone, and releases', async () => {
  const at = await nuster()
  await at.push()
  const first = await at.run({ change: failing(MAC) })
  expect(first.code).toBe(1)
  expect(told(first.jobs).sort()).toEqual(
    [...STARTING, 'build.yml gate', ...PLATFORMS.map((each) => wheel(each) + (each === MAC ? ' failure' : ''))].sort(),
  )
  expect([bytesSent(first.requests), effects(first.requests), writes(at)]).toEqual([0, [], []])
  expect(await held(at)).toEqual({ github: null, crates: {}, pypi: {}, testpypi: {} })

  const second = await at.run({ number: 2, sees: 'earlier', change: repeating(first.jobs) })
  expectGood(second)
  // The other platforms' jobs ran none of their steps.
  const did = second.jobs.filter(({ id, steps }) => id === 'build.yml wheels' && steps.length > 0)
  expect(did.map(({ entry }) => entry)).toEqual([MAC])
  await expectReleased(at, FILES)
  await expectWrittenByAct(at)
})
