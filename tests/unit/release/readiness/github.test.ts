import { expect, test } from '@jest/globals'
import type { Plan } from '@slipway/core/plan'
import type { Finished } from '@slipway/core/ports'
import { Folder } from '@slipway/documents/folder'
import { discover, readRepository } from '@slipway/project/discover'
import { endpointsOf } from '@slipway/registries/endpoints'
import { askGitHub } from '@slipway/registries/github/inquiry'
import { credentialsOf } from '@slipway/release/readiness/credentials'
import { repositoryIn } from '@slipway/release/readiness/readiness'
import { answeredBy, type Heard, type Said } from '../../registries/http.ts'
import { plant, type Tree } from '../../trees.ts'

interface Asking {
  tree?: Tree
  env?: Record<string, string>
  /** URL of git's remote `origin`; default: no remote. */
  origin?: string
}

/** Queries a GitHub that has releases of these tags, newest first; returns the findings and the requests. */
async function found(tags: readonly string[], { tree = {}, env = {}, origin }: Asking = {}) {
  const answer = ({ url }: Heard): Said => {
    const { pathname, searchParams } = new URL(url)
    if (!pathname.endsWith('/releases')) return { status: 404 }
    const end = Number(searchParams.get('page')) * 100
    return { body: tags.slice(end - 100, end).map((tag_name) => ({ tag_name, draft: false, prerelease: false })) }
  }
  const ports = answeredBy(answer)
  const remote: Finished = { code: origin === undefined ? 2 : 0, stdout: `${origin ?? ''}\n`, stderr: '' }
  const dir = await plant(tree)
  const all = { ...ports, env, exec: async () => remote, log: { info() {}, debug() {}, problem() {} } }
  const project = await discover(await readRepository(new Folder(dir)))
  const findings = await askGitHub({
    ports: all,
    whereNamed: () => undefined,
    repository: () => repositoryIn({ ports: all, dir, project }),
    plan: { tag: 'v1.2.0', commit: null, versions: [] } as unknown as Plan,
    endpoints: { ...endpointsOf({}), github: { api: 'http://github.invalid' } },
    credentials: credentialsOf({ GITHUB_TOKEN: 'token' }),
    isTagged: true,
  })
  const [to] = findings.destinations
  return {
    state: `${to?.state}: ${to?.detail}`,
    versions: findings.versions,
    notChecked: findings.notChecked,
    asked: [...new Set(ports.heard.map(({ url }) => new URL(url).pathname.split('/').slice(2, 4).join('/')))],
    pages: ports.heard.filter(({ url }) => new URL(url).pathname.endsWith('/releases')).length,
  }
}

const IN_WORKFLOW = { env: { GITHUB_REPOSITORY: 'o/run' } }
const nightlies = (count: number) => Array.from({ length: count }, (_, index) => `v2.0.0-nightly.${count - index}`)

test.each([
  [0, 1, ['1.1.0']],
  [98, 1, ['1.1.0']],
  [99, 2, ['1.1.0']],
  [250, 3, ['1.1.0']],
  [999, 10, ['1.1.0']],
])('a stable release is found after %d newer ones, on %d pages', async (newer, pages, versions) => {
  const { notChecked, ...others } = await found([...nightlies(newer), 'v1.1.0'], IN_WORKFLOW)
  expect(others).toMatchObject({ pages, versions })
  expect(notChecked.length).toBe(newer === 999 ? 1 : 0)
})

test('releases after the first thousand are reported as not queried', async () => {
  const { pages, versions, notChecked } = await found([...nightlies(1000), 'v1.1.0'], IN_WORKFLOW)
  expect([pages, versions]).toEqual([10, []])
  expect(notChecked).toEqual(['Releases before the 1000 newest ones on GitHub: Slipway does not query them.'])
})

const CRATE = '[package]\nname = "demo"\nversion = "1.2.0"\n'
const named = (address: string): Tree => ({ 'Cargo.toml': `${CRATE}repository = "${address}"\n` })
const BY_CRATE = 'absent: no release of that tag; repository o/demo, from Cargo.toml:4'
const PYTHON = '[project]\nname = "demo"\nversion = "1.2.0"\n[project.urls]\n'

test.each<[string, Asking, string]>([
  [
    'the workflow, before all others',
    { ...IN_WORKFLOW, origin: 'git@github.com:o/origin.git', tree: named('https://github.com/o/demo') },
    'absent: no release of that tag',
  ],
  [
    'git, before the manifests',
    { origin: 'https://github.com/o/origin.git', tree: named('https://github.com/o/demo') },
    'absent: no release of that tag',
  ],
  ['Cargo.toml', { tree: named('https://github.com/o/demo') }, BY_CRATE],
  [
    'Cargo.toml, by an address below it',
    { tree: named('https://www.github.com/o/demo.git/tree/main/core?a=b') },
    BY_CRATE,
  ],
  [
    'Cargo.toml, if the remote is not on GitHub',
    { origin: 'https://example.invalid/o/mirror.git', tree: named('https://github.com/o/demo') },
    BY_CRATE,
  ],
  [
    'the workspace',
    {
      tree: {
        'Cargo.toml':
          '[workspace]\nmembers = ["core"]\n[workspace.package]\nrepository = "git+https://github.com/o/demo"\n',
        'core/Cargo.toml': `${CRATE}repository.workspace = true\n`,
      },
    },
    BY_CRATE,
  ],
  [
    'pyproject.toml, the sources before the homepage',
    {
      tree: {
        'pyproject.toml': `${PYTHON}Homepage = "https://github.com/o/pages"\n"Source Code" = "https://github.com/o/demo"\n`,
      },
    },
    'absent: no release of that tag; repository o/demo, from pyproject.toml:6',
  ],
])('the repository is found by %s', async (_, asking, state) => {
  const result = await found([], asking)
  expect(result.state).toBe(state)
  expect(result.asked).toEqual([asking.env?.GITHUB_REPOSITORY ?? (state.includes('demo') ? 'o/demo' : 'o/origin')])
})

test.each([
  'https://example.invalid/o/demo',
  'https://github.com.example.invalid/o/demo',
  'https://github.com/o',
  'https://github.com/o/..',
  'https://github.com/../..',
  'https://github.com/o/a%2fb',
  'https://github.com/o/de mo',
])('an address that is not a repository on GitHub: %s', async (address) => {
  const { state, asked } = await found([], { tree: named(address) })
  expect([state, asked]).toEqual(['unknown: the repository is unknown', []])
})
