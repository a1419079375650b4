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

type JobLogins = Omit<LoginOptions, 'mask'>

/** Looks up a registry's login with these credentials of the job, and the engine's logins in a folder. */
function found(registry: string, job: JobLogins, folder: string, more: Record<string, string> = {}) {
  const exec = async () => {
    throw new Error('no helper is configured')
  }
  const env = { HOME: join(dir, 'nobody'), DOCKER_CONFIG: folder, ...more }
  return logins({ env, exec }, { ...job, mask: () => {} })(registry)
}

test.each<[registry: string, job: JobLogins, login: object]>([
  ['docker.io', HUB, { username: 'me', password: 'hub' }],
  ['docker.io', { dockerhubUsername: 'me' }, STORED],
  ['docker.io', { dockerhubToken: 'hub' }, STORED],
  ['docker.io', GITHUB, STORED],
  // The job's token covers only packages of its own repository, so a stored login takes precedence.
  ['ghcr.io', { ...HUB, ...GITHUB }, STORED],
  ['other.example.invalid', { ...HUB, ...GITHUB }, STORED],
])('%s with %j and a login stored by an engine', async (registry, job, login) => {
  expect(await found(registry, job, dir)).toEqual(login)
})

test.each<[registry: string, job: JobLogins, login: object | null]>([
  ['docker.io', HUB, { username: 'me', password: 'hub' }],
  ['docker.io', { dockerhubUsername: 'me', dockerhubToken: '' }, null],
  ['docker.io', GITHUB, null],
  ['ghcr.io', GITHUB, { username: 'github', password: 'gh' }],
  ['ghcr.io', { githubToken: '' }, null],
  ['ghcr.io', HUB, null],
  ['ghcr.io.example.invalid', GITHUB, null],
  ['other.example.invalid', { ...HUB, ...GITHUB }, null],
])('%s with %j and no stored login', async (registry, job, login) => {
  expect(await found(registry, job, join(dir, 'none'))).toEqual(login)
})

test('the token of the job is sent with the name of the user who started it', async () => {
  const login = await found('ghcr.io', GITHUB, join(dir, 'none'), { GITHUB_ACTOR: 'octocat' })
  expect(login).toEqual({ username: 'octocat', password: 'gh' })
})
