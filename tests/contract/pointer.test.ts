import { afterAll, describe, expect, test } from '@jest/globals'
import { fetchHttp } from '@slipway/core/effects/http'
import type { Effort } from '@slipway/core/patience'
import { movePointer } from '@slipway/core/pointer'
import type { HttpRequest } from '@slipway/core/ports'
import { ProblemError } from '@slipway/core/problem'
import { GitHubPublisher } from '@slipway/registries/github/publisher'
import { FAULTS, faulty, type Strike, testClock } from './faults.ts'
import { openBench } from './sandbox.ts'

const bench = await openBench()
afterAll(() => bench.close())

const routeOf = ({ method, url }: HttpRequest) => `${method} ${new URL(url).pathname.split('/').slice(4).join('/')}`

/** Creates a draft with one asset; returns a function that makes it public, each time like a new process. */
async function draft() {
  const { github } = bench.sandbox.description
  const to = {
    api: github.api,
    token: github.token,
    repository: `owner/${bench.name()}`,
    text: { tag_name: 'v1.0.0', name: 'v1.0.0', body: 'Notes', prerelease: false },
    makeLatest: 'auto' as const,
    seesDrafts: true,
    mayReplace: () => false,
  }
  const asset = await bench.file('asset', 'a', `${bench.name()}.txt`, new TextEncoder().encode('a'))
  const publisher = new GitHubPublisher({ http: fetchHttp, clock: testClock() }, to)
  await publisher.prepare()
  await publisher.publish(asset)
  const move = async (...strikes: readonly Strike[]) => {
    const clock = testClock()
    const { port, requests } = faulty(fetchHttp, routeOf, clock, strikes)
    const effort: Effort = {
      clock,
      log: { info() {}, debug() {}, problem() {} },
      patience: { deadline: 60_000, pause: 1000, tries: 4 },
    }
    const pointer = new GitHubPublisher({ http: port, clock }, to).pointer()
    const ended = await movePointer(pointer, effort).then(
      ({ status }) => ({ status, failure: null }),
      (failure: unknown) => ({ status: null, failure }),
    )
    return { ...ended, requests, slept: clock.slept }
  }
  const published = async () => {
    const log = await bench.control.log()
    return log.filter((each) => each.path.includes(to.repository) && each.effect?.includes('published')).length
  }
  return { move, published }
}

const whole = await (await draft()).move()

describe('a draft becoming public', () => {
  test('is moved once, and a second run finds it already there', async () => {
    const { move, published } = await draft()
    expect(await move()).toMatchObject({ status: 'moved', failure: null })
    const again = await move()
    expect(again).toMatchObject({ status: 'already there' })
    expect(again.requests.filter((each) => each.writes)).toEqual([])
    expect(await published()).toBe(1)
  })

  test.each(whole.requests.flatMap(({ route }, n) => FAULTS.map((fault) => ({ n, route, fault, name: fault.name }))))(
    '$name at request $n, $route',
    async ({ n, fault }) => {
      const { move, published } = await draft()
      const struck = await move({ n, fault })
      if (fault.kind === 'passing') {
        expect(struck).toMatchObject({ status: 'moved', failure: null })
        // If it moved before the response was lost, there is no pause.
        if (fault.pause) expect(struck.slept).toContain(fault.pause)
      } else {
        expect(struck.failure).not.toBeNull()
        if (fault.kind === 'final') expect(struck.failure).toBeInstanceOf(ProblemError)
      }
      expect((await move()).failure).toBeNull()
      expect(await published()).toBe(1)
    },
  )
})
