import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type LoginOptions, logins } from '@slipway/registries/oci/job-login'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'login-'))
  const login = { auth: Buffer.from('stored:hush').toString('base64') }
  const auths = { 'docker.io': login, 'ghcr.io': login, 'other.example.invalid': login }
  await writeFile(join(dir, 'config.json'), JSON.stringify({ auths }))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const STORED = { username: 'stored', password: 'hush' }
const HUB = { dockerhubUsername: 'me', dockerhubToken: 'hub' }
const GITHUB = { githubToken: 'gh' }

type Given = Omit<LoginOptions, 'mask'>

/** What is found for a registry where an engine has logins, or none, and the job gives these. */
function found(registry: string, given: Given, folder: string, more: Record<string, string> = {}) {
  const exec = async () => {
    throw new Error('no helper is configured')
  }
  const env = { HOME: join(dir, 'nobody'), DOCKER_CONFIG: folder, ...more }
  return logins({ env, exec }, { ...given, mask: () => {} })(registry)
}

test.each<[registry: string, given: Given, login: object]>([
  ['docker.io', HUB, { username: 'me', password: 'hub' }],
  ['docker.io', { dockerhubUsername: 'me' }, STORED],
  ['docker.io', { dockerhubToken: 'hub' }, STORED],
  ['docker.io', GITHUB, STORED],
  // The job's token reads and writes packages of its own repository: another login is there because that is not enough.
  ['ghcr.io', { ...HUB, ...GITHUB }, STORED],
  ['other.example.invalid', { ...HUB, ...GITHUB }, STORED],
])('%s with %j, where an engine has a login', async (registry, given, login) => {
  expect(await found(registry, given, dir)).toEqual(login)
})

test.each<[registry: string, given: Given, login: object | null]>([
  ['docker.io', HUB, { username: 'me', password: 'hub' }],
  ['docker.io', { dockerhubUsername: 'me', dockerhubToken: '' }, null],
  ['docker.io', GITHUB, null],
  ['ghcr.io', GITHUB, { username: 'github', password: 'gh' }],
  ['ghcr.io', { githubToken: '' }, null],
  ['ghcr.io', HUB, null],
  ['ghcr.io.example.invalid', GITHUB, null],
  ['other.example.invalid', { ...HUB, ...GITHUB }, null],
])('%s with %j, where no engine has one', async (registry, given, login) => {
  expect(await found(registry, given, join(dir, 'none'))).toEqual(login)
})

test('the token of the job goes by the name of who started it', async () => {
  const login = await found('ghcr.io', GITHUB, join(dir, 'none'), { GITHUB_ACTOR: 'octocat' })
  expect(login).toEqual({ username: 'octocat', password: 'gh' })
})
