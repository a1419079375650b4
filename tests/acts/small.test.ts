import { expect } from '@jest/globals'
import { acceptances } from '../rehearsal/recorder.ts'
import { needs } from '../tools.ts'
import { dispatch, PULL, pullRequest } from './events.ts'
import { held } from './held.ts'
import { BUILDING, PUBLISHING, STAGING, STARTING, told } from './jobs.ts'
import { SMALL, smallWorkspace } from './project.ts'
import { bytesSent, effects, expectGood, expectReleased, expectWrittenByAct, installedBack, writes } from './proof.ts'
import { machine, world } from './world.ts'

const test = needs('act', 'cargo', 'python3')

const small = async () => world(await smallWorkspace(machine()))
const WHOLE = [...STARTING, ...BUILDING('small-words'), ...STAGING, ...PUBLISHING]
const NOTHING = { github: null, crates: {}, pypi: {}, testpypi: {} }

test('tag push: every job runs, every destination has the release, it is installed back, and a second run sends nothing', async () => {
  const at = await small()
  await at.push()
  const first = await at.run()
  expectGood(first)
  expect(told(first.jobs)).toEqual(WHOLE)
  expect(bytesSent(first.requests)).toBeGreaterThan(10_000)
  await expectReleased(at, SMALL)
  expect(await installedBack(at)).toEqual(['small-words-core', 'small-words', 'release assets'])

  const second = await at.run({ number: 2 })
  expectGood(second)
  expect(told(second.jobs)).toEqual([...STARTING, ...STAGING, ...PUBLISHING])
  expect([bytesSent(second.requests), effects(second.requests)]).toEqual([0, []])
  await expectWrittenByAct(at)
})

test('pull request: checked, and nothing is written anywhere', async () => {
  const at = await small()
  await at.push(['+HEAD:refs/heads/main', `+HEAD:${PULL}`])
  const ran = await at.run({ event: pullRequest(at.copy, at.repository), caller: 'pull-request' })
  expectGood(ran)
  expect(told(ran.jobs)).toEqual(['check.yml plan', 'check.yml gate', 'check.yml wheel'])
  expect(writes(at)).toEqual([])
  expect(await held(at)).toEqual(NOTHING)
})

test('workflow_dispatch: refused from a branch, a release from the tag', async () => {
  const at = await small()
  await at.push()
  const { tag } = at.copy.plan
  const branch = await at.run({ event: dispatch('refs/heads/main', at.repository, { tag }) })
  expect([branch.code, told(branch.jobs)]).toEqual([1, ['build.yml start failure']])
  expect(writes(at)).toEqual([])

  const ran = await at.run({ event: dispatch(`refs/tags/${tag}`, at.repository, { tag }), number: 2 })
  expectGood(ran)
  expect(told(ran.jobs)).toEqual(WHOLE)
  await expectReleased(at, SMALL)
  await expectWrittenByAct(at)
  // What this process writes by itself is seen as such.
  await fetch(at.recorder.description.pypi.upload, { method: 'POST' })
  await expect(expectWrittenByAct(at)).rejects.toThrow('pypi POST /legacy/')
})

test('dry-run: builds, tries and asks from a branch, and writes nothing', async () => {
  const at = await small()
  await at.push(['+HEAD:refs/heads/main'])
  const ran = await at.run({ event: dispatch('refs/heads/main', at.repository), caller: 'dry-run' })
  expectGood(ran)
  expect(told(ran.jobs)).toEqual(['build.yml start', 'build.yml plan', ...BUILDING('small-words'), 'stage.yml stage'])
  expect([bytesSent(ran.requests), effects(ran.requests)]).toEqual([0, []])
  // Logins are checked by a form without a file.
  expect(writes(at).sort()).toEqual(['pypi POST /legacy/', 'testpypi POST /legacy/'])
  expect(acceptances(at.recorder.passed)).toEqual({})
  expect(await held(at)).toEqual(NOTHING)
})
