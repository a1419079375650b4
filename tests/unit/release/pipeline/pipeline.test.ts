import { expect, test } from '@jest/globals'
import type { Artifact } from '@slipway/core/artifact'
import type { Plan } from '@slipway/core/plan'
import type { Access } from '@slipway/registries/destination'
import { endpointsOf } from '@slipway/registries/endpoints'
import { CHANNELS } from '@slipway/registries/remotes'
import { silentStep } from '@slipway/release/job/step'
import { advance, startRun } from '@slipway/release/pipeline/advance'
import { pending } from '@slipway/release/pipeline/outcome'
import { PIPELINE } from '@slipway/release/pipeline/pipeline'
import type { PipelineStep } from '@slipway/release/pipeline/run'
import { reportRelease } from '@slipway/release/pipeline/survey-release'
import { testClock } from '../../../contract/faults.ts'
import { answeredBy, type Heard, type Said } from '../../registries/http.ts'
import { plant, workspace } from '../../trees.ts'

const file = (kind: Artifact['kind'], filename: string): Artifact => {
  return { kind, project: 'demo', version: '1.2.0', filename, path: filename, size: 1, sha256: 'a'.repeat(64) }
}
const FILES = [file('crate', 'demo-1.2.0.crate'), file('wheel', 'demo-1.2.0-py3-none-any.whl')]
const LOG = { info() {}, debug() {}, problem() {} }
const effort = { clock: testClock(), log: LOG, patience: { deadline: 1000, pause: 10, tries: 1 } }

/** Answers like remotes without any release. */
const nothing = ({ url }: Heard): Said => (url.endsWith('/config.json') ? { body: { dl: '' } } : { status: 404 })

/** Runs a pipeline; returns its steps in order, and the destinations that it queried and reported. */
async function released(pipeline: readonly PipelineStep[]) {
  const ports = answeredBy(nothing)
  const done: string[] = []
  const access: Access = {
    ports,
    endpoints: endpointsOf({}),
    isOwn: () => false,
    isAsked: () => true,
    tokens: {},
    login: async () => null,
    github: { repository: 'o/demo' },
  }
  const run = startRun({
    ports: { ...ports, log: LOG, exec: async () => ({ code: 1, stdout: '', stderr: '' }), env: {} },
    effort,
    step: silentStep,
    pipeline: pipeline.map((each) => ({
      ...each,
      act: (one) => {
        done.push(each.name)
        return each.act(one)
      },
    })),
    site: {
      async plan(one) {
        one.plan = { version: '1.2.0', tag: 'v1.2.0', notes: '', images: [] } as unknown as Plan
        one.artifacts = FILES
      },
      access: async () => access,
    },
  })
  await advance(run)
  return {
    done,
    asked: run.surveyed.map((each) => each.shipment.publisher.target),
    reported: run.outcome?.destinations.map((each) => each.destination),
  }
}

/** Returns the titles of the channels that a pipeline publishes to, in order, without images. */
function titles(pipeline: readonly PipelineStep[]): string[] {
  return pipeline
    .flatMap(({ sends }) => CHANNELS.filter((each) => each.name === sends && !/^(?:late-)?images$/.test(sends)))
    .map((each) => each.title)
}

test('the pipeline sets the order of steps, of the preflight and of the report', async () => {
  const { done, asked, reported } = await released(PIPELINE)
  expect(done).toEqual(PIPELINE.map((each) => each.name))
  expect(reported).toEqual(titles(PIPELINE))
  expect(asked).toEqual(titles(PIPELINE).map((each) => (each === 'GitHub' ? 'GitHub release v1.2.0' : each)))
  const known = ['GitHub', 'Test PyPI', 'crates.io', 'PyPI']
  expect(reported?.filter((each) => known.includes(each))).toEqual(known)
})

test('removing or moving a step affects all of them', async () => {
  const without = await released(PIPELINE.filter((each) => each.name !== 'crates'))
  expect(without.reported).toEqual(titles(PIPELINE).filter((each) => each !== 'crates.io'))
  expect(without.asked).not.toContain('crates.io')
  const crates = PIPELINE.filter((each) => each.name === 'crates')
  const moved = await released([
    ...PIPELINE.slice(0, 6),
    ...crates,
    ...PIPELINE.slice(6).filter((each) => each.name !== 'crates'),
  ])
  expect(moved.reported).toEqual(['crates.io', ...(without.reported ?? [])])
  expect(moved.asked[0]).toBe('crates.io')
})

test('an action queries the destinations of its pipeline', async () => {
  const dir = await plant(workspace())
  const ports = {
    ...answeredBy(nothing),
    env: { GITHUB_REPOSITORY: 'o/demo' },
    exec: async ({ argv }: { argv: readonly string[] }) => {
      return argv[0] === 'git' ? { code: 0, stdout: 'c'.repeat(40), stderr: '' } : { code: 1, stdout: '', stderr: '' }
    },
    log: LOG,
  }
  const options = { dir, manifest: `${dir}/dist/manifest.json`, mask: () => {} }
  const names = async (pipeline?: readonly PipelineStep[]) => {
    const { run, go } = reportRelease(ports, { ...options, ...(pipeline && { pipeline }) })
    await go()
    return run.outcome ? pending(run.outcome) : []
  }
  expect(await names()).toContain('GitHub')
  expect(await names(PIPELINE.filter((each) => each.name !== 'draft'))).not.toContain('GitHub')
})

test('every step follows the steps it needs, and every channel has a step that publishes', () => {
  const names = PIPELINE.map((each) => each.name)
  for (const [at, { needs }] of PIPELINE.entries()) {
    for (const each of needs) expect(names.slice(0, at)).toContain(each)
  }
  expect(PIPELINE.flatMap((each) => each.sends ?? []).sort()).toEqual(CHANNELS.map((each) => each.name).sort())
  // No irreversible step runs before the preflight.
  const before = PIPELINE.slice(0, names.indexOf('preflight'))
  expect(before.filter((each) => each.undo !== 'nothing to undo')).toEqual([])
})
