import { expect, test } from '@jest/globals'
import type { Plan } from '@slipway/core/plan'
import { Folder } from '@slipway/documents/folder'
import { planFolder } from '@slipway/plan/plan'
import { askOwnership, earlierReleases } from '@slipway/release/readiness/ownership'
import { answeredBy, type Said } from '../../registries/http.ts'
import { METADATA, plant } from '../../trees.ts'

const OWN = 'https://github.com/acme/heron'
const INDEX = 'sparse+http://index.invalid/'

/** Asks about a project with the crate `heron`, which crates.io has from a repository; null for none. */
async function inquiryAbout(repository: string | null, own = OWN) {
  const manifest = `[package]\nname = "heron"\nversion = "1.2.0"\nrepository = "${own}"\n${METADATA}`
  const found = await planFolder(new Folder(await plant({ 'Cargo.toml': manifest, 'src/lib.rs': '' })))
  const ports = answeredBy(({ url }): Said => {
    if (url.endsWith('/config.json')) return { body: { dl: 'http://index.invalid', api: 'http://index.invalid' } }
    const names = new URL(url).searchParams.getAll('ids[]')
    const crates = [{ name: 'heron', repository, newest_version: '1.1.0' }].filter(({ name }) => names.includes(name))
    return url.includes('/api/v1/crates?') ? { body: { crates } } : { status: 404, body: {} }
  })
  const endpoints = { crates: { name: 'index', index: INDEX, web: null } } as never
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
  return { inquiry, project: found.project }
}

test.each([
  ['the project', OWN, []],
  ['its former owner', 'https://github.com/before/Heron.git', []],
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

test.each([
  [OWN, [['heron', 'crates.io has 1.1.0, from acme/heron']]],
  ['https://github.com/other/kite', []],
  [null, []],
])('an earlier release from %s', async (repository, expected) => {
  const { inquiry, project } = await inquiryAbout(repository)
  expect([...(await earlierReleases(['heron', 'missing'], project, inquiry))]).toEqual(expected)
})
