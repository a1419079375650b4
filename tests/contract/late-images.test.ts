import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { fetchHttp } from '@slipway/core/effects/http'
import type { Plan } from '@slipway/core/plan'
import { ProblemError } from '@slipway/core/problem'
import { publishOnce } from '@slipway/core/publish'
import type { Destination } from '@slipway/registries/destination'
import { endpointsOf } from '@slipway/registries/endpoints'
import { oci } from '@slipway/registries/oci/remote'
import { silentStep } from '@slipway/release/job/step'
import { advance, startRun } from '@slipway/release/pipeline/advance'
import { PIPELINE } from '@slipway/release/pipeline/pipeline'
import { quietEffort, testClock } from './faults.ts'
import { writeImage } from './image.ts'
import { openBench } from './sandbox.ts'

const bench = await openBench()
afterAll(() => bench.close())

const COMMIT = 'a'.repeat(40)
const REVISION = 'org.opencontainers.image.revision'

/** The steps of a release that concern images. */
const STEPS = PIPELINE.filter(({ name }) =>
  ['plan', 'assemble', 'preflight', 'images', 'late', 'late-images', 'tags', 'report'].includes(name),
)

/** A release with an image that is built before it and one that installs it, each in a separate repository. */
async function release(given?: { password: string | null }) {
  const { registry, username, password } = { ...bench.sandbox.description.ghcr, ...given }
  const [early, late] = [bench.name(), bench.name()]
  const host = new URL(registry).host
  const image = (name: string) => ({ name: `${host}/owner/${name}`, file: 'Dockerfile', context: '.', bases: [] })
  const plan = {
    version: '1.0.0',
    tag: 'v1.0.0',
    commit: COMMIT,
    crates: [],
    packages: [],
    images: [image(early), { ...image(late), after: 'pypi' }],
  } as unknown as Plan
  const written = (name: string, content: string, commit: string | null = COMMIT) =>
    writeImage(join(bench.folder, name, content), name, [content], commit === null ? {} : { [REVISION]: commit })
  const ports = {
    http: fetchHttp,
    clock: testClock(),
    log: { info() {}, debug() {}, problem() {} },
    env: {},
    exec: async () => ({ code: 1, stdout: '', stderr: '' }),
  }
  const access = {
    ports,
    endpoints: endpointsOf({}),
    isOwn: () => true,
    isAsked: () => true,
    tokens: {},
    login: async () => (password === null ? null : { username, password }),
    github: null,
  }
  /** Runs the steps; `content` is that of the late image, null if nobody builds it. */
  const run = async (content: string | null) => {
    const started = startRun({
      ports,
      effort: quietEffort(),
      step: silentStep,
      pipeline: STEPS,
      site: {
        async plan(one) {
          one.plan = plan
        },
        async assemble(one) {
          one.artifacts = [await written(early, 'early')]
        },
        async late(one) {
          if (content !== null) one.artifacts = [...one.artifacts, await written(late, content)]
        },
        access: async () => access,
      },
    })
    await advance(started)
    return {
      done: started.receipts.map(({ artifact, status }) => `${artifact} ${status}`),
      standings: started.outcome?.destinations.map(({ channel, standing }) => `${channel} ${standing}`),
    }
  }
  const [, unbuilt] = (await oci.destinations({ plan, artifacts: [await written(early, 'early')] }, access)) as [
    Destination,
    Destination,
  ]
  /** Pushes an image to the late image's repository, with the version's tag. */
  const push = async (content: string, commit: string | null) => {
    const artifact = await written(late, content, commit)
    const [own] = await oci.destinations(
      { plan: { ...plan, images: plan.images.slice(1) }, artifacts: [artifact] },
      access,
    )
    await publishOnce(own as Destination, quietEffort())
    for (const each of own?.pointers ?? []) await each.move()
  }
  return { run, push, unbuilt, early, late, n: (await bench.control.log()).at(-1)?.n ?? 0 }
}

/** Returns everything that was written since request `n`. */
const written = async (n: number) => (await bench.control.log(n)).flatMap((each) => each.effect ?? [])

test('it is pushed after the others, the tags of all move, and a second release sends nothing', async () => {
  const { run, early, late, n } = await release()
  const first = await run('late')
  const tags = (name: string, status: string) => [`1.0.0`, '1.0', 'latest'].map((each) => `${name}:${each} ${status}`)
  expect(first.done.slice(0, 2)).toEqual([`${early}-1.0.0.oci published`, `${late}-1.0.0.oci published`])
  expect(first.done.slice(2).sort()).toEqual([...tags(early, 'moved'), ...tags(late, 'moved')].sort())
  expect(first.standings).toEqual(['images out', 'late-images out'])
  expect((await written(n)).length).toBeGreaterThan(0)
  const before = (await bench.control.log()).at(-1)?.n ?? 0
  const again = await run('late')
  expect([new Set(again.done.map((each) => each.replace(/^\S+ /, ''))), again.standings]).toEqual([
    new Set(['already there']),
    ['images out', 'late-images out'],
  ])
  expect(await written(before)).toEqual([])
})

test('one that nobody builds is not published, and moves no tag', async () => {
  const { run, early, unbuilt } = await release()
  const { done, standings } = await run(null)
  expect(done.filter((each) => !each.startsWith(early))).toEqual([])
  expect(standings).toEqual(['images out', 'late-images not out'])
  await expect(unbuilt.pointers?.[0]?.move()).rejects.toThrow('only once its image is built')
})

test('one that an earlier run has pushed from this commit is out, though this run has not built it', async () => {
  const { run, push, unbuilt, late } = await release()
  await push('earlier', COMMIT)
  expect(await unbuilt.pointers?.[0]?.read()).toMatchObject({ there: true })
  const { done, standings } = await run(null)
  expect([done.filter((each) => each.startsWith(late)), standings]).toEqual([[], ['images out', 'late-images out']])
})

test.each([
  ['another commit', 'b'.repeat(40), /from commit bbbbbbbbbbbb instead of aaaaaaaaaaaa/],
  ['an unknown commit', null, /from an unknown commit instead of aaaaaaaaaaaa/],
])('a version’s tag from %s stops the release before anything is written', async (_, commit, message) => {
  const { run, push } = await release()
  await push('foreign', commit)
  const n = (await bench.control.log()).at(-1)?.n ?? 0
  const failure = await run('late').catch((cause: unknown) => cause)
  expect((failure as ProblemError).problems).toMatchObject([
    { code: 'image-tag-taken', message: expect.stringMatching(message) },
  ])
  expect(await written(n)).toEqual([])
})

test.each([
  ['missing', null, 'registry-login-missing'],
  ['refused', 'not-the-password', 'login-refused'],
])('a %s login stops the release before anything is written', async (_, password, code) => {
  const { run, n } = await release({ password })
  const failure = await run('late').catch((cause: unknown) => cause)
  expect(failure).toBeInstanceOf(ProblemError)
  expect(new Set((failure as ProblemError).problems.map((each) => each.code))).toEqual(new Set([code]))
  expect(await written(n)).toEqual([])
})
