import { afterAll, describe, expect, test } from '@jest/globals'
import type { HttpRequest } from '@slipway/core/ports'
import { faultCases, stateCases } from './cases.ts'
import { FAULTS_SIDE_BY_SIDE } from './faults.ts'
import { githubRemote, githubRoute } from './github-remote.ts'
import { pypiRemote, pypiRoute } from './pypi-remote.ts'
import { openBench } from './sandbox.ts'
import { type Remote, record } from './suite.ts'
import { Trial } from './trial.ts'

const bench = await openBench()
afterAll(() => bench.close())

/**
 * Defines the cases of uploads that go side by side, with each fault at each request.
 * @param started how many uploads are under way when the first ones start
 */
async function sideBySide(
  name: string,
  make: () => Promise<Remote>,
  routeOf: (request: HttpRequest) => string,
  started: number[],
) {
  const open = async (): Promise<Remote> => ({ ...(await make()), isSideBySide: true })
  const { fresh } = await record(open, routeOf)
  describe(`${name}, side by side`, () => {
    const trial = new Trial(open, routeOf, FAULTS_SIDE_BY_SIDE)
    stateCases(trial)
    faultCases(trial, fresh, 0)

    test(
      started[1] === 1 ? 'the first file is accepted before others go together' : 'all files go together',
      async () => {
        const { http } = trial.remote
        let underWay = 0
        const sent: number[] = []
        trial.remote.http = async (request) => {
          if (request.method !== 'POST' || !(request.body instanceof Blob)) return http(request)
          sent.push(++underWay)
          return http(request).finally(() => underWay--)
        }
        expect((await trial.run(trial.remote.artifacts)).failure).toBeNull()
        expect(sent.slice(0, started.length)).toEqual(started)
      },
    )
  })
}

await sideBySide('a package index', () => pypiRemote(bench, 3), pypiRoute, [1, 1, 2])
await sideBySide('a GitHub release', () => githubRemote(bench, 4), githubRoute, [1, 2, 3, 4])
