import { expect, test } from '@jest/globals'
import type { Plan } from '@slipway/core/plan'
import { Folder } from '@slipway/documents/folder'
import { planFolder } from '@slipway/plan/plan'
import { askOwnership, earlierReleases } from '@slipway/release/readiness/ownership'
import { answeredBy, type Said } from '../../registries/http.ts'
import { METADATA, plant } from '../../trees.ts'

const OWN = 'https://github.com/acme/heron'
const INDEX = 'sparse+http://index.invalid/'

/** The fields of a project in PyPI's JSON API. */
type Info = { project_urls?: Record<string, string> | null; home_page?: string | null }

/**
 * Asks about a project with the crate and the Python package `heron`, which the registries have from a repository; null
 * for none.
 */
async function inquiryAbout(repository: string | null, own = OWN, info: Info | null = null) {
  const manifest = `[package]\nname = "heron"\nversion = "1.2.0"\nrepository = "${own}"\n${METADATA}`
  const pyproject = `[build-system]\nbuild-backend = "maturin"\n[project]\nname = "Heron"\nversion = "1.2.0"\n`
  const tree = { 'Cargo.toml': manifest, 'src/lib.rs': '', 'py/pyproject.toml': pyproject, 'py/heron.py': '' }
  const found = await planFolder(new Folder(await plant(tree)))
  const ports = answeredBy(({ url }): Said => {
    if (url.endsWith('/config.json')) return { body: { dl: 'http://index.invalid', api: 'http://index.invalid' } }
    if (url === 'http://pypi.invalid/pypi/heron/json') return info ? { body: { info } } : { status: 404 }
    const names = new URL(url).searchParams.getAll('ids[]')
    const crates = [{ name: 'heron', repository, newest_version: '1.1.0' }].filter(({ name }) => names.includes(name))
    return url.includes('/api/v1/crates?') ? { body: { crates } } : { status: 404, body: {} }
  })
  const pypi = { upload: '', simple: 'http://pypi.invalid/simple/', web: null }
  const endpoints = { crates: { name: 'index', index: INDEX, web: null }, pypi } as never
  const plan: Plan = found.plan
  const inquiry = {
    ports: {
      ...ports,
      log: { info() {}, debug() {}, problem() {} },
      exec: async () => ({ code: 1, stdout: '', stderr: '' }),
      env: {},
    },
    plan,
    endpoints,
    credentials: { logins: {}, githubToken: null, hasIdentity: false },
    whereNamed: () => ({ file: 'Cargo.toml', line: 2 }),
    repository: async () => null,
    isTagged: false,
  }
  return { inquiry, project: found.project, heard: ports.heard }
}

test.each([
  ['the project', OWN, []],
  ['its former owner', 'https://github.com/before/Heron.git', []],
  ['the project, before its owner renamed it', 'https://github.com/Acme/egret', []],
  ['a repository that is not on GitHub', 'https://example.invalid/heron', []],
  ['nobody', null, []],
  ['another repository', 'https://github.com/other/kite', ['crate-of-other-repository Cargo.toml:2']],
])('a crate that crates.io has from %s', async (_, repository, problems) => {
  const { inquiry, project } = await inquiryAbout(repository)
  const found = await askOwnership(inquiry, project)
  expect(found.problems.map(({ code, where }) => `${code} ${where?.file}:${where?.line}`)).toEqual(problems)
})

test('a project that names no repository is compared with none', async () => {
  const { inquiry, project } = await inquiryAbout('https://github.com/other/kite', 'https://example.invalid/x')
  expect((await askOwnership(inquiry, project)).problems).toEqual([])
})

const FOREIGN = 'https://github.com/other/kite'
const REPORTED = ['package-of-other-repository py/pyproject.toml:4']

test.each<[string, Info | null, string[]]>([
  ['is missing', null, []],
  ['names no addresses', { project_urls: null, home_page: null }, []],
  ['names the project', { project_urls: { Source: OWN } }, []],
  ['names it as git does', { project_urls: { Repository: `${OWN}.git` } }, []],
  ['names it with a slash', { project_urls: { Repository: `${OWN}/` } }, []],
  ['names it in another case', { project_urls: { 'Source Code': 'https://github.com/Acme/Heron' } }, []],
  ['names a folder of it', { project_urls: { Source: `${OWN}/tree/main/py` } }, []],
  ['names its former owner', { project_urls: { Source: 'https://github.com/before/heron' } }, []],
  ['names it before its owner renamed it', { project_urls: { Source: 'https://github.com/acme/egret' } }, []],
  ['names documentation only', { project_urls: { Documentation: FOREIGN, Issues: `${FOREIGN}/issues` } }, []],
  ['names a homepage that is no repository', { home_page: 'https://kite.invalid/' }, []],
  ['names a repository that is not on GitHub', { project_urls: { Source: 'https://forge.invalid/other/kite' } }, []],
  ['names the project beside a homepage', { project_urls: { Homepage: FOREIGN, Source: OWN } }, []],
  ['names another repository', { project_urls: { Source: FOREIGN } }, REPORTED],
  ['names another repository as homepage', { home_page: FOREIGN }, REPORTED],
  ['names a folder of another repository', { project_urls: { GitHub: `${FOREIGN}/tree/main/heron` } }, REPORTED],
])('a Python package whose project on PyPI %s', async (_, info, problems) => {
  const { inquiry, project, heard } = await inquiryAbout(null, OWN, info)
  const found = await askOwnership(inquiry, project)
  expect(found.problems.map(({ code, where }) => `${code} ${where?.file}:${where?.line}`)).toEqual(problems)
  expect(heard.filter((each) => each.url.includes('pypi.invalid')).length).toBe(1)
})

test('a failed query of PyPI shows nothing', async () => {
  const { inquiry, project } = await inquiryAbout(null, OWN, 'unreadable' as never)
  expect(await askOwnership(inquiry, project)).toMatchObject({ problems: [], notChecked: [] })
})

test.each([
  [OWN, [['heron', 'crates.io has 1.1.0, from acme/heron']]],
  ['https://github.com/other/kite', []],
  ['https://github.com/acme/egret', []],
  [null, []],
])('an earlier release from %s', async (repository, expected) => {
  const { inquiry, project } = await inquiryAbout(repository)
  expect([...(await earlierReleases(['heron', 'missing'], project, inquiry))]).toEqual(expected)
})
