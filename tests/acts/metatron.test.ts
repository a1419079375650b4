import { join } from 'node:path'
import { expect } from '@jest/globals'
import type { Artifact } from '@slipway/core/artifact'
import { imageRehearsal, pullBack } from '../../packages/cli/src/rehearse/images.ts'
import { dockerBase, startDocker } from '../engines/harness.ts'
import { ROOT } from '../rehearsal/example.ts'
import { atEnd, temporaryFolder } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'
import { images } from './held.ts'
import { PUBLISHING, STAGING, STARTING, told } from './jobs.ts'
import { bytesSent, effects, expectGood, expectReleased, expectWrittenByAct, installedBack } from './proof.ts'
import { machine, type World, world } from './world.ts'

const test = needs('act', 'cargo', 'python3', 'dockerd', 'docker', 'SLIPWAY_TEST_BASE')

const FILES = {
  crates: ['metatron-qso-0.1.0.crate'],
  packages: [
    'metatron_qso-0.1.0-cp38-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    'metatron_qso-0.1.0.tar.gz',
  ],
}
const IMAGES = ['docker.io/qdash/metatron-qso', 'ghcr.io/lashsesh/qdash']
const PLATFORMS = ['aarch64-apple-darwin', 'x86_64-apple-darwin', 'x86_64-pc-windows-msvc', 'x86_64-unknown-linux-gnu']
const BUILDING = [
  'build.yml gate',
  ...PLATFORMS.map((each) => `build.yml wheels (metatron-qso-${each})`),
  'build.yml image',
  'build.yml assemble',
]

/** Pulls the image from both registries and runs it. Gives where that was done. */
async function pulledBack({ ports, copy, sandbox }: World, digest: string): Promise<string[]> {
  const found = await imageRehearsal(ports, copy.plan, 'docker')
  if ('reason' in found) throw new Error(found.reason)
  const image = { project: 'metatron-qso', sha256: digest.replace('sha256:', '') } as Artifact
  const pulled = await pullBack(found.engine, { plan: copy.plan, state: sandbox.dir, images: [image] })
  return pulled.map(({ what }) => what)
}

test('metatron, tag push: crate, wheel and image are everywhere and work, and a second run sends nothing', async () => {
  const docker = await startDocker(join(temporaryFolder(), 'd'))
  atEnd(docker.close)
  await dockerBase(docker.env)
  const at = await world(join(ROOT, 'examples', 'metatron'), machine(docker.env), null)
  await at.push()
  const first = await at.run()
  expectGood(first)
  // Platforms are built side by side.
  expect(told(first.jobs).sort()).toEqual([...STARTING, ...BUILDING, ...STAGING, ...PUBLISHING].sort())
  await expectReleased(at, FILES)
  const pushed = await images(at)
  const tags = IMAGES.flatMap((each) => ['0.1', '0.1.0', 'latest'].map((tag) => `${each}:${tag}`))
  expect(Object.keys(pushed).sort()).toEqual(tags)
  const [digest = '', ...others] = new Set(Object.values(pushed))
  expect(others).toEqual([])
  expect(await installedBack(at)).toEqual(['metatron-qso', 'release assets'])
  expect(await pulledBack(at, digest)).toEqual(IMAGES)

  const second = await at.run({ number: 2 })
  expectGood(second)
  expect(told(second.jobs)).toEqual([...STARTING, ...STAGING, ...PUBLISHING])
  expect([bytesSent(second.requests), effects(second.requests)]).toEqual([0, []])
  await expectWrittenByAct(at)
})
