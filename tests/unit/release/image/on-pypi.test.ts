import { expect, test } from '@jest/globals'
import type { Artifact } from '@slipway/core/artifact'
import type { Plan } from '@slipway/core/plan'
import type { Problem, ProblemError } from '@slipway/core/problem'
import { requireOnPyPI } from '@slipway/release/image/on-pypi'
import { testClock } from '../../../contract/faults.ts'
import { answeredBy, type Said } from '../../registries/http.ts'

const PLAN = {
  packages: [
    { name: 'Demo.py', version: '1.2.0rc1' },
    { name: 'private', version: '1.2.0rc1', reason: 'It is private.' },
  ],
} as unknown as Plan
const WHEEL = 'demo_py-1.2.0rc1-py3-none-any.whl'
const SDIST = 'demo_py-1.2.0rc1.tar.gz'

const file = (kind: Artifact['kind'], filename: string) => ({ kind, filename, project: 'demo-py' }) as Artifact
const BUILT = [file('wheel', WHEEL), file('sdist', SDIST), file('crate', 'demo-py-1.2.0-rc.1.crate')]

const page = (...names: string[]): Said => ({
  headers: { 'content-type': 'application/vnd.pypi.simple.v1+json' },
  body: { files: names.map((filename) => ({ filename, url: filename, hashes: {} })) },
})

/** Waits for a release at an index that answers so, one answer after the other. */
async function waited(answers: readonly Said[], built: readonly Artifact[], plan = PLAN) {
  const { http, heard } = answeredBy((_, n) => answers[Math.min(n, answers.length - 1)] as Said)
  const clock = testClock()
  const log = { info() {}, debug() {}, problem() {} }
  const ports = { http, clock, log, env: {}, exec: async () => ({ code: 1, stdout: '', stderr: '' }) }
  const problems = await requireOnPyPI(ports, plan, built).then(
    (): readonly Problem[] => [],
    (cause: unknown) => (cause as ProblemError).problems,
  )
  return { problems, slept: clock.slept, asked: heard.map(({ url }) => new URL(url).pathname) }
}

test.each([
  ['every known file', [page(WHEEL, SDIST, 'demo_py-1.1.0.tar.gz')], BUILT],
  ['any file of the version, if none is known', [page('demo_py-1.1.0.tar.gz', 'demo_py-1.2.0.rc.1.tar.gz')], []],
])('%s of a published package is enough', async (_, answers, built) => {
  expect(await waited(answers, built)).toEqual({ problems: [], slept: [], asked: ['/simple/demo-py/'] })
})

test('an index that is behind is asked again, after longer and longer pauses', async () => {
  const { problems, slept } = await waited([{ status: 404 }, page(SDIST), page(SDIST, WHEEL)], BUILT)
  expect([problems, slept]).toEqual([[], [1000, 2000]])
})

test.each([
  ['a file that was built', [page(SDIST)], BUILT, `PyPI does not list ${WHEEL}, so`],
  ['any file of the version', [page('demo_py-1.1.0.tar.gz')], [], 'PyPI does not list Demo.py 1.2.0rc1, so'],
])('an index that never lists %s is an error within minutes', async (_, answers, built, message) => {
  const { problems, slept } = await waited(answers, built)
  expect(problems).toMatchObject([{ code: 'image-before-release', message: expect.stringContaining(message) }])
  const seconds = slept.reduce((sum, each) => sum + each, 0) / 1000
  expect([seconds >= 120, seconds < 180]).toEqual([true, true])
})

test('a package that is not published is not waited for', async () => {
  const plan = { ...PLAN, packages: PLAN.packages.slice(1) }
  expect(await waited([{ status: 404 }], [], plan)).toEqual({ problems: [], slept: [], asked: [] })
})
