import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Destination, Plan } from '@slipway/core/plan'
import type { Exec } from '@slipway/core/ports'
import { planRelease } from '@slipway/release/plan/plan'
import { answeredBy, type Heard, type Said } from '../../registries/http.ts'
import { METADATA, plant, stableWorkspace, type Tree } from '../../trees.ts'

const REMOTES = {
  crates: { name: 'index', index: 'sparse+http://index.invalid/', web: null },
  pypi: { upload: '', simple: 'http://pypi.invalid/simple/', web: null },
  testpypi: { upload: '', simple: 'http://testpypi.invalid/simple/', web: null },
  github: { api: 'http://github.invalid' },
}
const COMMIT = 'c'.repeat(40)
const NONE: Said = { status: 404, body: { message: 'Not Found' } }

/** Answers like git in a checkout at COMMIT with the origin o/demo. */
const git: Exec = async ({ argv }) => {
  const said: Record<string, string> = {
    'rev-parse': COMMIT,
    remote: 'git@github.com:o/demo.git',
  }
  return { code: 0, stdout: said[argv[1] as string] ?? '', stderr: '' }
}

/** Responses by address; a key is the end of an address, without its query. */
type World = Record<string, Said | Error>

const STABLE = stableWorkspace()

interface Asking {
  tag?: string
  env?: Record<string, string>
  tree?: Tree
  now?: number
}

async function planned(world: World, { tag, env = {}, tree = {}, now = 0 }: Asking = {}) {
  const ports = answeredBy(({ url, method }: Heard) => {
    if (method !== 'GET' && method !== 'HEAD') throw new Error(`${method} ${url}`)
    const [address = ''] = url.split('?')
    return Object.entries(world).find(([end]) => address.endsWith(end))?.[1] ?? NONE
  })
  const home = await mkdtemp(join(tmpdir(), 'slipway-home-'))
  const plan = await planRelease(
    {
      ...ports,
      clock: { ...ports.clock, now: () => now },
      exec: git,
      env: { HOME: home, ...env },
      log: { info() {}, debug() {}, problem() {} },
    },
    await plant({ ...STABLE, ...tree }),
    { remotes: REMOTES, offline: false, ...(tag !== undefined && { tag }) },
  )
  return { plan, heard: ports.heard }
}

/** Returns the state of each target. */
function states({ destinations }: Plan): string[] {
  return destinations.map(({ target, artifact, state }: Destination) => `${target}: ${artifact} ${state}`)
}

function codes({ problems }: Plan): string[] {
  return problems.map(
    ({ severity, code, where }) => `${severity} ${code}${where ? ` ${where.file}:${where.line}` : ''}`,
  )
}

const index = (...versions: (string | { vers: string; yanked: boolean })[]): Said => ({
  body: versions
    .map((each) => JSON.stringify(typeof each === 'string' ? { vers: each, cksum: '', yanked: false } : each))
    .join('\n'),
})
const simple = (files: Record<string, string | undefined>): Said => ({
  headers: { 'content-type': 'application/vnd.pypi.simple.v1+json' },
  body: {
    files: Object.entries(files).map(([filename, time]) => ({
      filename,
      url: `http://x.invalid/${filename}`,
      hashes: {},
      'upload-time': time,
    })),
  },
})
const CRATE = '/de/mo/demo'
const OTHERS: World = { [CRATE]: index('1.1.0'), releases: { body: [] } }

test('a first release: no destination has anything', async () => {
  const { plan } = await planned({ releases: { body: [] } })
  expect(states(plan)).toEqual([
    'GitHub: release v1.2.0 absent',
    'Test PyPI: Python package demo 1.2.0 absent',
    'PyPI: Python package demo 1.2.0 absent',
    'crates.io: crate demo 1.2.0 absent',
  ])
  expect(codes(plan)).toEqual(['notice crate-first-version'])
  expect(plan.makeLatest).toBe(true)
  expect(plan.destinations.map((each) => each.login)).toEqual([null, null, null, null])
})

const release = (permissions: string, env = '') => ({
  '.github/workflows/release.yml': `on: { push: { tags: ["v*"] } }
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions: { ${permissions} }
    steps:
      - uses: someone/slipway/actions/publish-crate@v1
      - uses: someone/slipway/actions/publish-pypi@v1
${env}`,
})

test.each<[string, Tree, (string | null | undefined)[][]]>([
  [
    'without a workflow that publishes, as on a laptop',
    {},
    [
      [null, undefined],
      [null, undefined],
    ],
  ],
  [
    'with a workflow that can log in, in a job that cannot',
    release('id-token: write'),
    [
      ['trusted publishing by release.yml', undefined],
      ['trusted publishing by release.yml', undefined],
    ],
  ],
  [
    'with a workflow that has a token for one registry, and no login for the other',
    release('contents: read', '        with: { password: secret }\n'),
    [
      ['a token by release.yml', undefined],
      [null, 'no login in the job publish: CARGO_REGISTRY_TOKEN or trusted publishing'],
    ],
  ],
])('a login is only missing where a publishing step needs it: %s', async (_, tree, expected) => {
  const { plan } = await planned(OTHERS, { tree })
  const ofRegistries = plan.destinations.filter((each) => ['PyPI', 'crates.io'].includes(each.target))
  expect(ofRegistries.map((each) => [each.login, each.missingLogin])).toEqual(expected)
})

test.each<[string, string[]]>([
  ['demo_core', ['error crate-name-taken core/Cargo.toml:2', 'notice crate-first-version']],
  ['other', ['notice crate-first-version']],
])('a new crate demo-core, while crates.io has %s', async (there, expected) => {
  const rename = (file: string, from: string, to: string) => STABLE[file]?.replaceAll(from, to) ?? null
  const tree = {
    'Cargo.toml': rename('Cargo.toml', 'demo =', 'demo-core ='),
    'core/Cargo.toml': rename('core/Cargo.toml', '"demo"', '"demo-core"'),
    'py/Cargo.toml': rename('py/Cargo.toml', 'demo.workspace', 'demo-core.workspace'),
  }
  const list: Said = { body: { crates: [{ name: there }] } }
  const api: Said = { body: { dl: 'http://index.invalid', api: 'http://index.invalid' } }
  const { plan } = await planned({ 'config.json': api, '/api/v1/crates': list, releases: { body: [] } }, { tree })
  expect(codes(plan)).toEqual(expected)
})

test('a published release: every destination has it', async () => {
  const wheel = 'demo-1.2.0-cp39-abi3-manylinux_2_17_x86_64.whl'
  const { plan } = await planned(
    {
      [CRATE]: index('1.1.0', '1.2.0'),
      '/simple/demo/': simple({
        [wheel]: undefined,
        'demo-1.1.0.tar.gz': undefined,
        'demo_more-1.2.0.tar.gz': undefined,
      }),
      releases: { body: [{ tag_name: 'v1.2.0', draft: false, prerelease: false }] },
      'releases/tags/v1.2.0': { body: { tag_name: 'v1.2.0', draft: false, immutable: true } },
      'ref/tags/v1.2.0': { body: { object: { sha: 'd'.repeat(40), type: 'tag' } } },
      [`git/tags/${'d'.repeat(40)}`]: { body: { object: { sha: COMMIT, type: 'commit' } } },
    },
    { tag: 'v1.2.0' },
  )
  expect(states(plan).filter((each) => !each.endsWith('present'))).toEqual([])
  expect(plan.destinations.map((each) => each.detail)).toEqual([
    'is public, and immutable',
    '1 of its files are there',
    '1 of its files are there',
    'compared once it is packaged',
  ])
  expect(codes(plan)).toEqual([])
  expect(plan.makeLatest).toBe(true)
})

test.each([
  ['broken connections', new Error('reset'), 'reset'],
  ['failures', { status: 500 }, 'HTTP 500'],
  ['pages of a proxy', { body: '<html>', headers: { 'content-type': 'application/json' } }, 'JSON|cannot be read'],
  ['other objects', { body: '{"files": 1}', headers: { 'content-type': 'application/json' } }, 'cannot be read'],
  ['other shapes', { body: '[{}]', headers: { 'content-type': 'application/json' } }, 'cannot be read'],
])('%s are reasons, not errors', async (_, said, reason) => {
  const { plan } = await planned({ '': said })
  expect(plan.destinations.length).toBe(4)
  for (const each of plan.destinations)
    expect([each.state, each.detail]).toEqual(['unknown', expect.stringMatching(reason)])
  // One for each destination, one for publishing rights, and one for the missing cargo.
  expect(plan.notChecked.length).toBe(6)
  expect(codes(plan)).toEqual([])
})

test.each([
  ['crates.io', { [CRATE]: index('1.1.0', '1.3.0') }, false],
  ['crates.io, but a prerelease,', { [CRATE]: index('1.1.0', '1.3.0-rc.1') }, true],
  ['PyPI', { ...OTHERS, '//pypi.invalid/simple/demo/': simple({ 'demo-2.0.0-py3-none-any.whl': undefined }) }, false],
  [
    'PyPI, but a prerelease,',
    { ...OTHERS, '//pypi.invalid/simple/demo/': simple({ 'demo-2.0.0rc1-py3-none-any.whl': undefined }) },
    true,
  ],
  [
    'Test PyPI',
    { ...OTHERS, '//testpypi.invalid/simple/demo/': simple({ 'demo-2.0.0-py3-none-any.whl': undefined }) },
    true,
  ],
  ['GitHub', { ...OTHERS, releases: { body: [{ tag_name: 'v1.10.0', draft: false, prerelease: false }] } }, false],
  ['a draft', { ...OTHERS, releases: { body: [{ tag_name: 'v1.10.0', draft: true, prerelease: false }] } }, true],
])('a newer version on %s decides whether this one is the latest', async (_, world, latest) => {
  const { plan } = await planned(world as World)
  expect(plan.makeLatest).toBe(latest)
  expect(codes(plan).includes('notice release-not-latest')).toBe(!latest)
})

test('several drafts of the tag are reported, a single one is not', async () => {
  const draft = { tag_name: 'v1.2.0', draft: true, prerelease: false }
  const of = async (...body: object[]) => codes((await planned({ ...OTHERS, releases: { body } })).plan)
  expect(await of(draft)).toEqual([])
  expect(await of(draft, { ...draft, tag_name: 'v1.1.0' })).toEqual([])
  expect(await of(draft, draft)).toEqual(['warning drafts-several'])
})

const REF = 'ref/tags/v1.2.0'
const light = (sha: string): Said => ({ body: { object: { sha, type: 'commit' } } })
test.each<[World, Asking, string[]]>([
  [{ [REF]: light('e'.repeat(40)) }, { tag: 'v1.2.0' }, ['error tag-of-other-commit Cargo.toml:4']],
  [{ [REF]: light('e'.repeat(40)) }, {}, ['notice tag-of-other-commit Cargo.toml:4']],
  [{ [REF]: light(COMMIT) }, { tag: 'v1.2.0' }, ['warning tag-not-annotated']],
  [{ [REF]: light(COMMIT) }, {}, []],
  [{ [CRATE]: index({ vers: '1.2.0', yanked: true }) }, { tag: 'v1.2.0' }, ['error crate-version-yanked Cargo.toml:4']],
  [{ [CRATE]: index({ vers: '1.2.0', yanked: true }) }, {}, ['notice crate-version-yanked Cargo.toml:4']],
  [{ [CRATE]: index({ vers: '1.1.0', yanked: true }) }, {}, []],
  [{ [CRATE]: NONE }, { env: { CARGO_REGISTRY_TOKEN: 'x' } }, ['notice crate-first-version']],
])('%j %j results in %j', async (world, asking, expected) => {
  const { plan } = await planned(
    { ...world, ...Object.fromEntries(Object.entries(OTHERS).filter(([key]) => !(key in world))) },
    asking,
  )
  expect(codes(plan)).toEqual(expected)
})

const WHEEL = 'demo-1.2.0-cp39-abi3-manylinux_2_17_x86_64.whl'
test.each([
  ['2026-01-10T00:00:00Z', 'v1.2.0', 'notice package-release-closes', '2026-01-15'],
  ['2026-01-16T00:00:00Z', 'v1.2.0', 'warning package-release-closed', '2026-01-15'],
  ['2026-01-16T00:00:00Z', undefined, null, ''],
])('a release of 1 January without some wheels, on %s, tag %s', async (now, tag, code, day) => {
  const files = simple({ [WHEEL]: '2026-01-01T12:00:00.5Z' })
  const { plan } = await planned(
    { ...OTHERS, '//pypi.invalid/simple/demo/': files },
    { now: Date.parse(now), ...(tag && { tag }) },
  )
  expect(codes(plan)).toEqual(code === null ? [] : [`${code} Cargo.toml:4`])
  expect(plan.problems[0]?.message ?? '').toContain(day)
})

test.each([
  [index('1.1.0'), ['error sibling-not-on-registry core/Cargo.toml:8']],
  [index({ vers: '1.2.0', yanked: true }), ['error sibling-not-on-registry core/Cargo.toml:8']],
  [index('1.2.3'), []],
  [{ status: 500 }, []],
])('a crate that is not published must exist for crates that need it: %j', async (said, expected) => {
  const crate = STABLE['core/Cargo.toml']
  const tree = {
    'slipway.toml': '[crates.helper]\npublish = false\n',
    'core/Cargo.toml': `${crate}[dependencies]\n\nhelper = { path = "../helper", version = "1.2.0" }\n`,
    'helper/Cargo.toml': crate?.replace('"demo"', '"helper"') ?? null,
  }
  const { plan } = await planned({ ...OTHERS, '/he/lp/helper': said }, { tree })
  expect(codes(plan)).toEqual(expected)
  expect(plan.notChecked.some((each) => each.includes('helper'))).toBe('status' in said)
})

test('the delay of many new crates is estimated', async () => {
  const names = Array.from({ length: 12 }, (_, number) => `demo-x${number}`)
  const tree = {
    ...Object.fromEntries(
      names.map((name) => [
        `${name}/Cargo.toml`,
        `[package]\nname = "${name}"\nversion.workspace = true\ndescription = "d"\nlicense = "MIT"\n`,
      ]),
    ),
    'Cargo.toml':
      STABLE['Cargo.toml']?.replace('"py"', `"py", ${names.map((each) => JSON.stringify(each)).join(', ')}`) ?? null,
  }
  const { plan } = await planned(OTHERS, { tree })
  expect(plan.problems.find((each) => each.code === 'crates-rate-limit')?.message).toMatch(
    /12 new crates and 1 new versions.* 70 min/,
  )
  const five = await planned(
    Object.fromEntries([...names.slice(5).map((each) => [each, index('1.1.0')]), ...Object.entries(OTHERS)]),
    { tree },
  )
  expect(codes(five.plan)).not.toContain('notice crates-rate-limit')
})

test('logins are reported by name, without secrets', async () => {
  const home = await mkdtemp(join(tmpdir(), 'slipway-docker-'))
  const auth = Buffer.from('someone:hush-docker').toString('base64')
  await writeFile(join(home, 'config.json'), JSON.stringify({ auths: { 'registry.invalid': { auth } } }))
  const env = {
    CARGO_REGISTRY_TOKEN: 'hush-crates',
    PYPI_API_TOKEN: 'hush-pypi',
    GITHUB_TOKEN: 'hush-github',
    DOCKER_CONFIG: home,
  }
  const tree = {
    Dockerfile: 'FROM a:1\n',
    'compose.yml': 'services: {a: {build: ., image: "registry.invalid/o/n:1.2.0"}}\n',
  }
  const { plan, heard } = await planned(
    { ...OTHERS, 'tags/list': { body: { tags: ['1.1.0', 'latest'] } } },
    { env, tree },
  )
  expect(plan.destinations.map((each) => [each.target, each.login])).toEqual([
    ['registry.invalid/o/n', 'login of someone'],
    ['GitHub', 'token of the job'],
    ['Test PyPI', null],
    ['PyPI', 'token of PYPI_API_TOKEN'],
    ['crates.io', 'token of CARGO_REGISTRY_TOKEN'],
  ])
  expect(plan.destinations[0]).toMatchObject({
    state: 'absent',
    detail: '1.1.0 is the highest stable version there',
  })
  expect(plan.notChecked).toEqual(
    expect.arrayContaining([
      'Whether the login may push to registry.invalid: only a push reveals this.',
      'Whether the logins may publish to GitHub, Test PyPI, PyPI, crates.io, and whether a deleted file or version blocks a name: only publishing reveals this.',
    ]),
  )
  expect(JSON.stringify(plan)).not.toContain('hush')
  const receivers = heard.filter((each) => JSON.stringify(each).includes('hush')).map(({ url }) => new URL(url).host)
  expect(new Set(receivers)).toEqual(new Set(['github.invalid']))
})

test('after a refused login, the query is repeated without it', async () => {
  const tree = { Dockerfile: 'FROM a:1\n', 'compose.yml': 'services: {a: {build: ., image: "ghcr.io/o/n:1.2.0"}}\n' }
  const world = { ...OTHERS, 'tags/list': { status: 403, body: { errors: [{ code: 'DENIED', message: 'no right' }] } } }
  const { plan } = await planned(world, { tree, env: { GITHUB_TOKEN: 'hush' } })
  expect(plan.destinations[0]).toMatchObject({ target: 'ghcr.io/o/n', state: 'unknown', login: 'login of github' })
  expect(plan.destinations[0]?.detail).toContain('no right')
  expect(codes(plan)).toEqual([])
})

test("outside a workflow, git's origin is queried, and the limits of a query without a token are reported", async () => {
  const { plan, heard } = await planned(OTHERS)
  expect(heard.some((each) => each.url.startsWith('http://github.invalid/repos/o/demo/'))).toBe(true)
  expect(plan.notChecked).toContain('Whether GitHub has a draft of the release: only a token sees drafts.')
})

test('a workflow step and an offline plan send no request', async () => {
  const ports = answeredBy(() => new Error('asked'))
  const all = { ...ports, exec: git, env: {}, log: { info() {}, debug() {}, problem() {} } }
  const dir = await plant(STABLE)
  expect(await planRelease(all, dir)).toMatchObject({ destinations: [], notChecked: [], makeLatest: true })
  const offline = await planRelease(all, dir, { offline: true })
  expect([offline.destinations, offline.notChecked.length, ports.heard]).toEqual([[], 2, []])
})

test('a tag here at another commit is reported without a network too, and once', async () => {
  const exec: Exec = async (command) => {
    const tags = `refs/tags/v1.2.0 ${'b'.repeat(40)} ${'e'.repeat(40)}\n`
    return command.argv[1] === 'for-each-ref' ? { code: 0, stdout: tags, stderr: '' } : git(command)
  }
  const dir = await plant(STABLE)
  const found = async (tag: string | undefined, offline: boolean, there: World = {}) => {
    const ports = answeredBy(({ url }: Heard) => {
      const world: World = { ...OTHERS, ...there }
      return Object.entries(world).find(([end]) => url.split('?')[0]?.endsWith(end))?.[1] ?? NONE
    })
    const log = { info() {}, debug() {}, problem() {} }
    const asking = { remotes: REMOTES, offline, ...(tag !== undefined && { tag }) }
    return codes(await planRelease({ ...ports, exec, env: { HOME: dir }, log }, dir, asking))
  }
  expect(await found('v1.2.0', true)).toEqual(['error tag-of-other-commit Cargo.toml:4'])
  expect(await found(undefined, true)).toEqual(['notice tag-of-other-commit Cargo.toml:4'])
  expect(await found('v1.2.0', false, { [REF]: light('e'.repeat(40)) })).toEqual([
    'error tag-of-other-commit Cargo.toml:4',
  ])
})

test('an extension crate that crates.io has is published', async () => {
  const tree = { 'py/Cargo.toml': `${STABLE['py/Cargo.toml']}`.replace('publish = false\n', METADATA) }
  const published = async (world: World) =>
    (await planned({ ...OTHERS, ...world }, { tree })).plan.crates
      .filter((each) => each.publish === true)
      .map((each) => each.name)
  expect(await published({})).toEqual(['demo'])
  expect(await published({ '/de/mo/demo-py': index('1.1.0') })).toEqual(['demo', 'demo-py'])
  const { plan } = await planned({ ...OTHERS, '/de/mo/demo-py': new Error('no answer') }, { tree })
  expect(plan.notChecked.filter((each) => each.includes('demo-py'))).toHaveLength(1)
})
