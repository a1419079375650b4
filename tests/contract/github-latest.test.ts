import { afterAll, expect, test } from '@jest/globals'
import { fetchHttp } from '@slipway/core/effects/http'
import { movePointer } from '@slipway/core/pointer'
import { publishOnce } from '@slipway/core/publish'
import { GitHubPublisher, type GitHubTarget } from '@slipway/registries/github/publisher'
import { quietEffort, testClock } from './faults.ts'
import { openBench } from './sandbox.ts'

const bench = await openBench()
afterAll(() => bench.close())

const effort = quietEffort()

/** Returns functions that publish releases in one repository, and that name its latest one. */
function repository() {
  const { github } = bench.sandbox.description
  const repository = `owner/${bench.name()}`
  const publish = async (tag: string, makeLatest: GitHubTarget['makeLatest'] = 'auto') => {
    const publisher = new GitHubPublisher(
      { http: fetchHttp, clock: testClock() },
      {
        api: github.api,
        token: github.token,
        repository,
        text: { tag_name: tag, name: tag, body: 'Notes', prerelease: /-rc|rc\d/.test(tag) },
        makeLatest,
        seesDrafts: true,
        mayReplace: () => false,
      },
    )
    const artifact = await bench.file('asset', 'a', 'a.txt', new TextEncoder().encode(tag))
    await publishOnce({ publisher, artifacts: [artifact] }, effort)
    await movePointer(publisher.pointer(), effort)
  }
  const latest = async () => {
    const response = await fetchHttp({
      method: 'GET',
      url: `${github.api}/repos/${repository}/releases/latest`,
      headers: {},
    })
    return JSON.parse(Buffer.from(response.body).toString('utf8')).tag_name
  }
  return { publish, latest }
}

/** The published tags in their order, and which one is the latest after each. */
test.each<[string, [tag: string, latest: string][]]>([
  [
    'a backport does not become it',
    [
      ['v2.0.0', 'v2.0.0'],
      ['v1.2.9', 'v2.0.0'],
      ['v1.10.0', 'v2.0.0'],
      ['v2.0.1', 'v2.0.1'],
    ],
  ],
  [
    'versions are numbers',
    [
      ['1.9.0', '1.9.0'],
      ['1.10.0', '1.10.0'],
      ['1.9.1', '1.10.0'],
    ],
  ],
  [
    'a prerelease never becomes it, and holds no release back',
    [
      ['v1.0.0', 'v1.0.0'],
      ['v2.0.0-rc.1', 'v1.0.0'],
      ['v1.1.0', 'v1.1.0'],
    ],
  ],
  [
    'Python spells versions otherwise',
    [
      ['v24.2', 'v24.2'],
      ['v24.1', 'v24.2'],
      ['v25.1rc1', 'v24.2'],
      ['v25.1', 'v25.1'],
    ],
  ],
  [
    'another crate has other versions',
    [
      ['other-v9.0.0', 'other-v9.0.0'],
      ['demo-v1.0.0', 'demo-v1.0.0'],
      ['demo-v0.9.0', 'demo-v1.0.0'],
      ['other-v9.0.1', 'other-v9.0.1'],
    ],
  ],
])('the latest release: %s', async (_, tags) => {
  const { publish, latest } = repository()
  for (const [tag, expected] of tags) {
    await publish(tag)
    expect([tag, await latest()]).toEqual([tag, expected])
  }
})

test('an input decides, but never for a prerelease', async () => {
  const { publish, latest } = repository()
  await publish('v2.0.0')
  await publish('v1.2.9', 'true')
  expect(await latest()).toBe('v1.2.9')
  await publish('v3.0.0', 'false')
  expect(await latest()).toBe('v1.2.9')
  await publish('v4.0.0-rc.1', 'true')
  expect(await latest()).toBe('v1.2.9')
  await publish('v3.0.1', 'legacy')
  expect(await latest()).toBe('v3.0.1')
})
