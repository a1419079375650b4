import { expect } from '@jest/globals'
import { needs } from '../tools.ts'
import { held } from './held.ts'
import { BUILDING, PUBLISHING, STAGING, STARTING, told } from './jobs.ts'
import { SMALL, smallWorkspace } from './project.ts'
import { bytesSent, effects, expectGood, expectReleased, expectWrittenByAct } from './proof.ts'
import { repeating } from './repeat.ts'
import { machine, type Ran, type World, world } from './world.ts'

const test = needs('act', 'cargo', 'python3')

const [WHEEL = '', SDIST = ''] = SMALL.packages
const BUILT = [...STARTING, ...BUILDING('small-words')]

/** A release that stops with its crate and one of its two files at PyPI, its page still a draft. */
async function stopped(): Promise<{ at: World; first: Ran }> {
  const at = await world(await smallWorkspace(machine()))
  await at.push()
  const refusal = { kind: 'status', status: 403, body: 'A fault.' } as const
  // The login is checked twice by the same request; then the wheel is sent.
  await at.sandbox.steer.setFault({
    service: 'pypi',
    method: 'POST',
    path: '/legacy/',
    times: 99,
    skip: 3,
    fault: refusal,
  })
  const first = await at.run()
  expect([first.code, told(first.jobs)]).toEqual([1, [...BUILT, ...STAGING, 'release.yml publish failure']])
  const { github, crates, pypi } = await held(at)
  expect([github?.draft, Object.keys(crates), Object.keys(pypi)]).toEqual([true, SMALL.crates, [WHEEL]])
  await at.sandbox.steer.clearFaults()
  return { at, first }
}

/** What was left to do. */
const REST = [expect.stringMatching(/^github release \d+ published$/), `pypi file ${SDIST} uploaded`]

async function expectConverged(at: World, second: Ran): Promise<void> {
  expectGood(second)
  expect(effects(second.requests)).toEqual(REST)
  const sent = second.requests.filter((each) => each.upload && each.bodyBytes > 0 && each.service !== 'results')
  expect(sent.map((each) => each.service)).toEqual(['pypi'])
  await expectReleased(at, SMALL)
  await expectWrittenByAct(at)
}

test('a publish fails: re-running the failed jobs goes on with the files of the first attempt', async () => {
  const { at, first } = await stopped()
  const second = await at.run({ number: 2, sees: 'earlier', change: repeating(first.jobs) })
  expect(told(second.jobs)).toEqual([...BUILT, ...STAGING, ...PUBLISHING])
  await expectConverged(at, second)
  // Jobs that succeeded did nothing but repeat their outputs.
  const repeated = second.jobs.filter(({ outputs }) => 'recorded' in outputs).map(({ id }) => id)
  expect(repeated).toEqual(['build.yml resume', 'build.yml plan', 'build.yml assemble', 'stage.yml stage'])
  const asked = second.requests.map(({ service }) => service)
  expect(asked).not.toContain('testpypi')
  expect(asked).not.toContain('git')
})

test('a publish fails: re-running all jobs goes on from the draft, without the earlier artifacts', async () => {
  const { at } = await stopped()
  const second = await at.run({ number: 2, sees: 'none' })
  expect(told(second.jobs)).toEqual([...STARTING, ...STAGING, ...PUBLISHING])
  await expectConverged(at, second)
  const third = await at.run({ number: 3, sees: 'none' })
  expectGood(third)
  expect([bytesSent(third.requests), effects(third.requests)]).toEqual([0, []])
})
