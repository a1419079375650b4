import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { PUBLISHING, STAGING, STARTING, told } from '../acts/jobs.ts'
import { CALLERS } from '../acts/project.ts'
import { bytesSent, effects, expectGood, expectReleased, expectWrittenByAct } from '../acts/proof.ts'
import { world } from '../acts/world.ts'
import { ROOT } from '../rehearsal/example.ts'
import { needs } from '../tools.ts'

const test = needs('act', 'cargo', 'python3')

/** The first workflow that README shows. */
const PRINTED = /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1]

const FILES = {
  crates: ['metatron-qso-0.1.0.crate'],
  packages: [
    'metatron_qso-0.1.0-cp38-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    'metatron_qso-0.1.0.tar.gz',
  ],
}

test("README's workflow as printed releases the example under act, once", async () => {
  expect(CALLERS['.github/workflows/release.yml']).toBe(PRINTED)
  const at = await world(join(ROOT, 'examples', 'metatron'))
  await at.push()
  const first = await at.run()
  expectGood(first)
  expect(told(first.jobs)).toEqual(expect.arrayContaining([...STARTING, ...STAGING, ...PUBLISHING]))
  await expectReleased(at, FILES)
  const second = await at.run({ number: 2 })
  expectGood(second)
  expect([bytesSent(second.requests), effects(second.requests)]).toEqual([0, []])
  await expectWrittenByAct(at)
})
