import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { systemClock } from '@slipway/core/effects/clock'
import { fetchHttp } from '@slipway/core/effects/http'
import type { Plan } from '@slipway/core/plan'
import type { Problem } from '@slipway/core/problem'
import { adoptPublished } from '@slipway/release/assemble/adopt'
import { distributionsIn } from '@slipway/release/build/distributions'
import type { Tested } from '../sandbox/harness.ts'
import { WHEEL_NAME } from '../unit/artifacts/archives.ts'
import { builtWorkspace, GOOD, put, wheel } from './distributions.ts'
import { publishedAttested } from './trusted.ts'

const COMMIT = '1'.repeat(40)

/** What is adopted in place of a rebuilt wheel that differs. */
async function rebuilt({ dir, github }: Tested, commit = COMMIT, repository = 'owner/project') {
  const cwd = builtWorkspace()
  put(cwd, WHEEL_NAME, wheel({ 'demo/__init__.py': 'rebuilt = True\n' }))
  const problems: Problem[] = []
  const env = {
    SLIPWAY_SANDBOX: join(dir, 'sandbox.json'),
    GITHUB_API_URL: github.api,
    GITHUB_REPOSITORY: repository,
  }
  const log = { info() {}, debug() {}, problem: (each: Problem) => void problems.push(each) }
  const ports = {
    env,
    log,
    clock: systemClock,
    http: fetchHttp,
    exec: async () => ({ code: 1, stdout: '', stderr: '' }),
  }
  const before = await distributionsIn(cwd)
  const after = await adoptPublished(ports, { commit } as Plan, before)
  const bytes = readFileSync(join(cwd, WHEEL_NAME))
  return { before, after, problems: problems.map((each) => `${each.severity} ${each.code}`), bytes }
}

test('a file that PyPI has of this commit takes the place of the rebuilt one', async () => {
  const { before, after, problems, bytes } = await rebuilt(await publishedAttested(COMMIT))
  expect(problems).toEqual(['notice published-adopted'])
  expect(bytes.equals(Buffer.from(GOOD[WHEEL_NAME] as Uint8Array))).toBe(true)
  expect(after[0]?.sha256).not.toBe(before[0]?.sha256)
  expect(after[0]?.size).toBe(bytes.length)
  // What is the same already is left as it is.
  expect(after[1]).toEqual(before[1])
})

test('a file of another commit or repository, or without an attestation, is left to be reported as a conflict', async () => {
  const sandbox = await publishedAttested(COMMIT)
  for (const [commit, repository] of [
    ['2'.repeat(40), undefined],
    [undefined, 'owner/fork'],
  ]) {
    const { before, after, problems } = await rebuilt(sandbox, commit, repository)
    expect([after, problems]).toEqual([before, []])
  }
  const unsigned = await rebuilt(await publishedAttested(COMMIT, { attestations: 'never' }))
  expect([unsigned.after, unsigned.problems]).toEqual([unsigned.before, []])
})

test('a PyPI that does not answer stops nothing here', async () => {
  const sandbox = await publishedAttested(COMMIT)
  const fault = { kind: 'status' as const, status: 503, body: '' }
  await sandbox.steer.setFault({ service: 'pypi', method: 'GET', path: '/integrity/', times: 1, fault })
  const { before, after } = await rebuilt(sandbox)
  expect(after).toEqual(before)
})
