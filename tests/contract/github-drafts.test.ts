import { afterAll, describe, expect, test } from '@jest/globals'
import type { Artifact } from '@slipway/core/artifact'
import { fetchHttp } from '@slipway/core/effects/http'
import type { Effort } from '@slipway/core/patience'
import { movePointer } from '@slipway/core/pointer'
import type { Http } from '@slipway/core/ports'
import { preflight } from '@slipway/core/preflight'
import { ProblemError } from '@slipway/core/problem'
import { publishOnce } from '@slipway/core/publish'
import { GitHubPublisher, type GitHubTarget } from '@slipway/registries/github/publisher'
import { testClock } from './faults.ts'
import { openBench } from './sandbox.ts'

const bench = await openBench()
afterAll(() => bench.close())

const { github } = bench.sandbox.description
const effort: Effort = {
  clock: testClock(),
  log: { info() {}, debug() {}, problem() {} },
  patience: { deadline: 60_000, pause: 10, tries: 3 },
}

/** Returns a repository's publishers, and the effects of their requests. */
function repository() {
  const base = {
    api: github.api,
    token: github.token,
    repository: `owner/${bench.name()}`,
    text: { tag_name: 'v1.0.0', name: 'v1.0.0', body: 'Notes', prerelease: false },
    makeLatest: 'auto' as const,
    seesDrafts: true,
    mayReplace: () => false,
  }
  const publisher = (more: Partial<GitHubTarget> = {}, http: Http = fetchHttp) => {
    return new GitHubPublisher({ http, clock: testClock() }, { ...base, ...more })
  }
  return {
    publisher,
    makePublic: () => movePointer(publisher().pointer(), effort),
    /** Returns the writes of the services for this repository. */
    effects: async () => {
      const log = await bench.control.log()
      return log.flatMap(({ path, effect }) => (path.includes(base.repository) && effect ? [effect] : []))
    },
  }
}

const file = (name: string, content: string): Promise<Artifact> => {
  return bench.file('asset', name, name, new TextEncoder().encode(content))
}

/** Returns the problem codes of a failed run. */
async function codes(run: Promise<unknown>): Promise<string[]> {
  const failure = await run.then(
    () => null,
    (cause: unknown) => cause,
  )
  expect(failure).toBeInstanceOf(ProblemError)
  return (failure as ProblemError).problems.map((each) => each.code)
}

describe('a publisher that cannot see drafts', () => {
  test.each([
    ['without a token', null],
    ['with a read-only token', github.token],
  ])('%s reports a draft as not visible, never as absent', async (_, token) => {
    const { publisher, makePublic } = repository()
    const [one, two] = [await file('one.txt', 'one'), await file('two.txt', 'two')]
    const stranger = () => publisher({ seesDrafts: false, token })
    const states = async () => (await stranger().probe([one, two])).map((each) => each.state)
    expect(await states()).toEqual(['not visible', 'not visible'])
    await publishOnce({ publisher: publisher(), artifacts: [one] }, effort)
    expect(await states()).toEqual(['not visible', 'not visible'])
    await makePublic()
    // A public release is visible, and so are its missing files.
    expect(await states()).toEqual(['same', 'absent'])
  })

  test('does not stop the release, and does not count the file as there', async () => {
    const { publisher, effects } = repository()
    const shipment = { publisher: publisher({ seesDrafts: false, token: null }), artifacts: [await file('a.txt', 'a')] }
    const [surveyed] = await preflight([{ ...shipment, isForeign: true }], effort)
    expect([surveyed?.probes.map((each) => each.state), surveyed?.problems]).toEqual([['not visible'], []])
    expect(await effects()).toEqual([])
  })
})

describe('a file that differs', () => {
  const mayReplace = () => true

  test('in a draft is replaced only if allowed', async () => {
    const { publisher, effects } = repository()
    const [old, kept, fresh] = [await file('a.txt', 'old'), await file('b.txt', 'kept'), await file('a.txt', 'new')]
    await publishOnce({ publisher: publisher(), artifacts: [old, kept] }, effort)
    const before = await effects()
    expect(await codes(publishOnce({ publisher: publisher(), artifacts: [fresh, kept] }, effort))).toEqual([
      'draft-differs',
    ])
    expect(await effects()).toEqual(before)

    const replacing = { publisher: publisher({ mayReplace }), artifacts: [fresh, kept] }
    const [surveyed] = await preflight([replacing], effort)
    expect(surveyed?.probes.map((each) => each.state)).toEqual(['stale', 'same'])
    const receipts = await publishOnce(replacing, effort)
    expect(receipts.map((each) => each.status)).toEqual(['published', 'already there'])
    expect((await publisher().probe([fresh, kept])).map((each) => each.state)).toEqual(['same', 'same'])
    expect((await publisher().probe([old])).map((each) => each.state)).toEqual(['different'])
    // One asset was deleted and one added.
    expect((await effects()).length).toBe(before.length + 2)
  })

  test('in a public release is never replaced', async () => {
    const { publisher, makePublic, effects } = repository()
    const [old, fresh] = [await file('a.txt', 'old'), await file('a.txt', 'new')]
    await publishOnce({ publisher: publisher(), artifacts: [old] }, effort)
    await makePublic()
    const before = await effects()
    const replacing = { publisher: publisher({ mayReplace }), artifacts: [fresh] }
    expect(await codes(preflight([replacing], effort))).toEqual(['conflict'])
    expect(await codes(publishOnce(replacing, effort))).toEqual(['conflict'])
    // Nor by a publisher that sends it without a probe.
    await expect(publisher({ mayReplace }).publish(fresh)).rejects.toThrow('already_exists')
    expect(await effects()).toEqual(before)
    expect((await publisher().probe([old])).map((each) => each.state)).toEqual(['same'])
  })

  test('is not replaced if the draft became public in the meantime', async () => {
    const { publisher, makePublic, effects } = repository()
    const [old, fresh] = [await file('a.txt', 'old'), await file('a.txt', 'new')]
    await publishOnce({ publisher: publisher(), artifacts: [old] }, effort)
    const replacing = publisher({ mayReplace })
    expect((await replacing.probe([fresh])).map((each) => each.state)).toEqual(['stale'])
    await makePublic()
    const before = await effects()
    expect(await codes(publishOnce({ publisher: replacing, artifacts: [fresh] }, effort))).toEqual(['conflict'])
    expect(await effects()).toEqual(before)
  })
})

test('a deleted draft cannot become public', async () => {
  const { publisher, effects } = repository()
  expect(await codes(movePointer(publisher().pointer(), effort))).toEqual(['draft-missing'])
  expect(await effects()).toEqual([])
})

test('a list of releases from before the draft is used once: a failed request to make it public is tried again', async () => {
  const { publisher, effects } = repository()
  const clock = testClock()
  const one = publisher({ listed: { releases: [], at: clock.now() } })
  await publishOnce({ publisher: one, artifacts: [await file('one.txt', 'one')] }, { ...effort, clock })
  const fault = { kind: 'status', status: 502 } as const
  await bench.control.setFault({ service: 'github', method: 'PATCH', path: '/releases/', times: 1, fault })
  const receipt = await movePointer(one.pointer(), { ...effort, clock })
  expect([receipt.status, (await effects()).filter((each) => each.includes('published')).length]).toEqual(['moved', 1])
})

describe('a file whose name GitHub does not keep', () => {
  test.each(['My App 2.0.5 Setup.exe', 'tool_2.0.5-1~bookworm_amd64.deb', 'app (x64).zip', '.env'])(
    '%s is uploaded once, and found again',
    async (name) => {
      const { publisher, makePublic, effects } = repository()
      const artifact = await file(name, name)
      const send = () => publishOnce({ publisher: publisher(), artifacts: [artifact] }, effort)
      expect((await send()).map((each) => each.status)).toEqual(['published'])
      const before = await effects()
      expect((await send()).map((each) => each.status)).toEqual(['already there'])
      await makePublic()
      expect((await publisher({ seesDrafts: false }).probe([artifact])).map((each) => each.state)).toEqual(['same'])
      expect((await effects()).length).toBe(before.length + 1)
    },
  )

  test('is reported at once when GitHub changes even the name that it was sent under', async () => {
    const http: Http = async (request) => {
      const response = await fetchHttp(request)
      if (request.method !== 'POST' || !request.url.includes('name=')) return response
      const asset = { ...JSON.parse(Buffer.from(response.body).toString()), name: 'other.txt' }
      return { ...response, body: Buffer.from(JSON.stringify(asset)) }
    }
    const { publisher } = repository()
    const run = publishOnce({ publisher: publisher({}, http), artifacts: [await file('a b.txt', 'a')] }, effort)
    expect(await codes(run)).toEqual(['asset-name-differs'])
  })
})
