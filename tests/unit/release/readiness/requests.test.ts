import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { systemClock } from '@slipway/core/effects/clock'
import { fetchHttp } from '@slipway/core/effects/http'
import { planRelease } from '@slipway/release/plan/plan'
import { descriptionFile } from '@slipway/sandbox/description'
import { type Bench, openBench } from '../../../contract/sandbox.ts'
import { plant, workspace } from '../../trees.ts'

const COMMIT = 'c'.repeat(40)
const DOCS = readFileSync(join(import.meta.dirname, '../../../../docs/requests.md'), 'utf8')

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())

/** Creates an annotated tag, like a git push. */
async function pushTag(name: string): Promise<void> {
  const { api, token } = bench.sandbox.description.github
  const post = async (path: string, value: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await fetch(`${api}/repos/o/demo/git/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(value),
    })
    expect(response.status).toBe(201)
    return (await response.json()) as { sha: string }
  }
  const { sha } = await post('tags', { tag: name, message: name, object: COMMIT, type: 'commit' })
  await post('refs', { ref: `refs/tags/${name}`, sha })
}

const DESTINATIONS: Record<string, string> = {
  cargo: 'crates.io',
  pypi: 'PyPI',
  testpypi: 'Test PyPI',
  github: 'GitHub',
  ghcr: 'image registry',
}

/** Returns a request in the form of docs/requests.md. */
function requestOf({ service, method, path }: { service: string; method: string; path: string }): string {
  const [address = ''] = path.split('?')
  const pattern = address
    .replace(/^(?:\/index)?\/de\/mo\/demo$/, '/{index path}')
    .replace(/^\/index\/config\.json$/, '/config.json')
    .replace('/simple/demo/', '/simple/{project}/')
    .replace('/pypi/demo/json', '/pypi/{project}/json')
    .replace('/v2/o/demo/', '/v2/{repository}/')
    .replace('/repos/o/demo/', '/repos/{owner}/{name}/')
    .replace('v1.2.0-rc.1', '{tag}')
    .replace(/[0-9a-f]{40}$/, '{sha}')
  return `${DESTINATIONS[service]} ${method} ${pattern}`
}

/** Returns the requests of a plan that docs/requests.md lists. */
function documentedRequests(): string[] {
  const [, plans = ''] = DOCS.split(/^# /m)
  const rows = plans.split('\n').filter((each) => /^\| [^-]/.test(each))
  return rows.slice(1).map((row) => {
    const [, destination = '', request = ''] = row.split('|')
    return `${destination.trim()} ${request.trim()}`
  })
}

test('a plan sends exactly the requests in docs/requests.md', async () => {
  const { github, ghcr } = bench.sandbox.description
  const registry = new URL(ghcr.registry).host
  const dir = await plant(
    workspace({
      Dockerfile: 'FROM a:1\n',
      'compose.yml': `services: {a: {build: ., image: "${registry}/o/demo:1.2.0-rc.1"}}\n`,
    }),
  )
  await pushTag('v1.2.0-rc.1')
  const home = mkdtempSync(join(tmpdir(), 'slipway-home-'))
  const auth = Buffer.from(`${ghcr.username}:${ghcr.password}`).toString('base64')
  writeFileSync(join(home, 'config.json'), JSON.stringify({ auths: { [registry]: { auth } } }))
  const env = {
    HOME: home,
    DOCKER_CONFIG: home,
    GITHUB_REPOSITORY: 'o/demo',
    GITHUB_TOKEN: github.token,
    SLIPWAY_SANDBOX: descriptionFile(bench.folder),
  }
  const before = (await bench.control.log()).length

  const plan = await planRelease(
    {
      clock: systemClock,
      http: fetchHttp,
      env,
      exec: async ({ argv }) => ({ code: 0, stdout: argv[1] === 'rev-parse' ? COMMIT : '', stderr: '' }),
      log: { info() {}, debug() {}, problem() {} },
    },
    dir,
    { tag: 'v1.2.0-rc.1', offline: false },
  )

  expect(plan.destinations.map(({ target, state, detail }) => `${target} ${state}: ${detail}`)).toEqual([
    `${registry}/o/demo absent: the first image there`,
    'GitHub absent: no release of that tag',
    'Test PyPI absent: the first visible version there',
    'PyPI absent: the first visible version there',
    'crates.io absent: the first version of this crate',
  ])
  expect(plan.problems.map((each) => each.code)).toEqual(['crate-first-version'])

  const log = (await bench.control.log()).slice(before)
  expect([...new Set(log.map(requestOf))].sort()).toEqual(documentedRequests().sort())
  expect(log.filter((each) => each.effect !== null)).toEqual([])
})
