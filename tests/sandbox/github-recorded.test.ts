import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { type Tested, tested } from './harness.ts'

/** One recorded exchange with GitHub (`@octokit/fixtures`, normalized). */
interface Exchange {
  scope: string
  method: string
  path: string
  body: unknown
  status: number
  reqheaders: Record<string, string>
  headers: Record<string, unknown>
  response: unknown
}

/** Recorded keys and headers missing in the sandbox, each with the reason. */
const EXCLUDED: { what: RegExp; reason: string }[] = [
  {
    what: /^get-repository .*\/(?!releases|tags|commits|git_refs|git_tags|html)[a-z_]+_url$/,
    reason: 'links to a part of GitHub that releases do not use',
  },
  {
    what: /^get-repository .*\/(has|allow|use|delete|web|is)_\w+$/,
    reason: 'settings of issues, merges and pages, not of releases',
  },
  {
    what: /^get-repository .*\/(\w*_count|forks|open_issues|watchers|size|language|license|topics|homepage|temp_clone_token)$/,
    reason: 'describes the repository to people',
  },
  {
    what: /^get-repository .*\/(created_at|updated_at|pushed_at)$/,
    reason: 'a repository exists once it is named',
  },
  { what: /^get-repository .*\/organization$/, reason: 'the same as owner, for organizations only' },
  { what: /\/request_id$/, reason: 'only one host has it in the body; every answer has it as a header' },
]

/** Recorded headers that release clients use. */
const HEADERS = [
  'content-type',
  'x-github-request-id',
  'x-github-media-type',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-used',
  'x-ratelimit-reset',
  'x-ratelimit-resource',
]

const scenarios = join(dirname(createRequire(import.meta.url).resolve('@octokit/fixtures')), 'scenarios/api.github.com')

/** Returns the exchanges of a scenario. */
function recorded(scenario: string): Exchange[] {
  return JSON.parse(readFileSync(join(scenarios, scenario, 'normalized-fixture.json'), 'utf8')) as Exchange[]
}

/** Returns the JSON type of a value. */
const kind = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

/** Returns the paths at which our value differs in type from the recorded one, or misses something. */
function differences(path: string, theirs: unknown, ours: unknown): string[] {
  if (EXCLUDED.some((each) => each.what.test(path))) return []
  if (kind(theirs) !== kind(ours)) return [`${path} is ${kind(theirs)}, not ${kind(ours)}`]
  if (Array.isArray(theirs)) {
    const mine = ours as unknown[]
    if (theirs.length !== mine.length) return [`${path} has ${theirs.length} elements, not ${mine.length}`]
    return theirs.flatMap((each, index) => differences(`${path}/${index}`, each, mine[index]))
  }
  if (kind(theirs) !== 'object') return []
  return Object.entries(theirs as object).flatMap(([key, each]) =>
    differences(`${path}/${key}`, each, (ours as Record<string, unknown>)[key]),
  )
}

/** Sends the recorded request to the sandbox, with the sandbox's ids. Returns the differences. */
async function replay(
  sandbox: Tested,
  scenario: string,
  exchange: Exchange,
  ids: Map<string, string>,
): Promise<string[]> {
  const base = exchange.scope.includes('uploads') ? sandbox.github.uploads : sandbox.github.api
  const path = [...ids].reduce((text, [theirs, ours]) => text.replace(theirs, ours), exchange.path)
  const sends = exchange.method !== 'get' && exchange.method !== 'delete'
  const response = await fetch(base + path, {
    method: exchange.method.toUpperCase(),
    headers: {
      accept: exchange.reqheaders.accept ?? '',
      authorization: `token ${sandbox.github.token}`,
      ...(sends && { 'content-type': exchange.reqheaders['content-type'] ?? '' }),
    },
    ...(sends && { body: typeof exchange.body === 'string' ? exchange.body : JSON.stringify(exchange.body) }),
  })
  const text = await response.text()
  const name = `${scenario} ${exchange.method} ${exchange.path}`
  const missing = HEADERS.filter((each) => each in exchange.headers && !response.headers.has(each))
  const body = text === '' ? '' : (JSON.parse(text) as unknown)
  const id = (body as { id?: number }).id
  if (exchange.method === 'post' && id) ids.set(`/assets/${(exchange.response as { id: number }).id}`, `/assets/${id}`)
  return [
    ...(response.status === exchange.status ? [] : [`${name}: ${exchange.status}, not ${response.status}`]),
    ...missing.map((each) => `${name}: header ${each} is missing`),
    ...differences(name, exchange.response, body),
  ]
}

/** Replays exchanges in order; returns all differences. */
async function replayed(
  sandbox: Tested,
  scenario: string,
  ids = new Map<string, string>(),
  exchanges = recorded(scenario),
): Promise<string[]> {
  const found: string[] = []
  for (const exchange of exchanges) found.push(...(await replay(sandbox, scenario, exchange, ids)))
  return found
}

/** Publishes the release that a scenario begins with; returns its id as in the path. */
async function release(sandbox: Tested, repo: string): Promise<Map<string, string>> {
  const response = await fetch(`${sandbox.github.api}/repos/octokit-fixture-org/${repo}/releases`, {
    method: 'POST',
    headers: { authorization: `token ${sandbox.github.token}` },
    body: JSON.stringify({ tag_name: 'v1.0.0', name: 'Version 1.0.0', body: 'Initial release' }),
  })
  const { id } = (await response.json()) as { id: number }
  return new Map([['/releases/1000/', `/releases/${id}/`]])
}

test('assets answer as recorded', async () => {
  const sandbox = await tested()
  expect(await replayed(sandbox, 'release-assets', await release(sandbox, 'release-assets'))).toEqual([])
})

test('a conflict of assets answers as recorded', async () => {
  const sandbox = await tested()
  const scenario = 'release-assets-conflict'
  const ids = await release(sandbox, scenario)
  const [first, conflict, ...rest] = recorded(scenario)
  if (!first || !conflict) throw new Error('the scenario is missing')
  expect(await replayed(sandbox, scenario, ids, [first])).toEqual([])
  // The conflicting asset existed before the recording.
  const created = { ...conflict, status: 201, response: { id: 1000 } }
  expect(await replayed(sandbox, scenario, ids, [created])).toEqual([])
  expect(await replayed(sandbox, scenario, ids, [conflict, ...rest])).toEqual([])
})

test('references answer as recorded', async () => {
  expect(await replayed(await tested(), 'git-refs')).toEqual([])
})

test('a repository answers as recorded', async () => {
  expect(await replayed(await tested(), 'get-repository')).toEqual([])
})

test('errors have the recorded form', async () => {
  const sandbox = await tested()
  const [exchange] = recorded('errors')
  const response = await fetch(`${sandbox.github.api}/repos/octokit-fixture-org/errors/releases`, {
    method: 'POST',
    headers: { authorization: `token ${sandbox.github.token}` },
    body: JSON.stringify({ tag_name: 'a b' }),
  })
  expect(response.status).toBe(exchange?.status)
  expect(differences('errors', exchange?.response, await response.json())).toEqual([])
  const [absent] = recorded('branch-protection')
  const missing = await fetch(`${sandbox.github.api}/repos/octokit-fixture-org/errors/releases/1`)
  expect(missing.status).toBe(absent?.status)
  expect(differences('missing', absent?.response, await missing.json())).toEqual([])
})

test('the comparison finds missing values and different types', () => {
  expect(differences('x', { a: [{ b: 1 }], c: null }, { a: [{ b: '1' }], c: null })).toEqual([
    'x/a/0/b is number, not string',
  ])
  expect(differences('x', { a: [1], c: 2 }, { a: [] })).toEqual([
    'x/a has 1 elements, not 0',
    'x/c is number, not undefined',
  ])
})
