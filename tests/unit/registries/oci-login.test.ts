import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { Command, Finished } from '@slipway/core/ports'
import { PUBLIC } from '@slipway/registries/endpoints'
import { storedLogin } from '@slipway/registries/oci/login'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'login-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const SECRET = 'hush:hush'
const auth = (secret: string, user = 'me') => ({ auth: Buffer.from(`${user}:${secret}`).toString('base64') })
const ME = { username: 'me', password: SECRET }

/** Writes files in the test's folder; returns its path. */
async function plant(files: Record<string, string | object>): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return dir
}

/** Looks up a login with these helpers; any other helper fails the test. */
async function ask(
  registry: string,
  env: Record<string, string> = { DOCKER_CONFIG: dir },
  helpers: Record<string, Partial<Finished> | Error> = {},
) {
  const [ran, masked]: [Command[], string[]] = [[], []]
  const exec = async (command: Command): Promise<Finished> => {
    ran.push(command)
    const answer = helpers[command.argv[0]]
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error(`no ${command.argv[0]}`)
    return { code: 0, stdout: '', stderr: '', ...answer }
  }
  // Another HOME, so that this machine's own logins are not read.
  const ports = { env: { HOME: join(dir, 'nobody'), ...env }, exec }
  const login = await storedLogin(ports, registry, (secret) => masked.push(secret)).catch((cause) => cause)
  return { login, ran, masked }
}

test.each([
  ['DOCKER_CONFIG', 'config.json', (at: string) => ({ DOCKER_CONFIG: at })],
  ['HOME', '.docker/config.json', (at: string) => ({ HOME: at })],
  ['HOME, an empty DOCKER_CONFIG', '.docker/config.json', (at: string) => ({ HOME: at, DOCKER_CONFIG: '' })],
  ['USERPROFILE', '.docker/config.json', (at: string) => ({ HOME: '', USERPROFILE: at })],
  ['REGISTRY_AUTH_FILE', 'auth.json', (at: string) => ({ REGISTRY_AUTH_FILE: join(at, 'auth.json') })],
  ['XDG_RUNTIME_DIR', 'containers/auth.json', (at: string) => ({ XDG_RUNTIME_DIR: at })],
])('a login is found by %s, and its secret is masked', async (_, file, env) => {
  const at = await plant({ [file]: { auths: { 'ghcr.io': auth(SECRET) } } })
  expect(await ask('ghcr.io', env(at))).toEqual({ login: ME, ran: [], masked: [SECRET] })
})

test('the first file that has the registry wins; missing files and others are skipped', async () => {
  const at = await plant({
    'own.json': { auths: { 'ghcr.io': auth('own') } },
    'config.json': { auths: { 'ghcr.io': auth('docker'), 'other.example.invalid': auth('other') } },
    'containers/auth.json': { auths: { 'ghcr.io': auth('podman'), 'third.example.invalid': auth('third') } },
  })
  const env = { REGISTRY_AUTH_FILE: join(at, 'own.json'), DOCKER_CONFIG: at, XDG_RUNTIME_DIR: at }
  const password = async (registry: string, more = {}) => (await ask(registry, { ...env, ...more })).login?.password
  expect(await password('ghcr.io')).toBe('own')
  expect(await password('ghcr.io', { REGISTRY_AUTH_FILE: join(at, 'none.json') })).toBe('docker')
  expect(await password('other.example.invalid')).toBe('other')
  expect(await password('third.example.invalid')).toBe('third')
  expect(await ask('fourth.example.invalid', env)).toEqual({ login: null, ran: [], masked: [] })
})

test.each([
  ['docker.io', PUBLIC.dockerhub.login],
  ['docker.io', 'docker.io'],
  ['ghcr.io', 'ghcr.io'],
  ['ghcr.io', 'https://ghcr.io'],
  ['127.0.0.1:5000', '127.0.0.1:5000'],
])('a login for %s is kept under %s', async (registry, key) => {
  await plant({ 'config.json': { auths: { 'x.example.invalid': auth('x'), [key]: auth(SECRET) } } })
  expect((await ask(registry)).login).toEqual(ME)
})

test('a registry gets no login of another whose name contains its own', async () => {
  await plant({
    'config.json': { auths: { 'a.ghcr.io': auth('x'), 'ghcr.io:443': auth('x'), 'ghcr.io.x': auth('x') } },
  })
  expect((await ask('ghcr.io')).login).toBeNull()
})

test('an identity token comes before the password beside it', async () => {
  await plant({ 'config.json': { auths: { 'ghcr.io': { ...auth('', '<token>'), identitytoken: SECRET } } } })
  expect(await ask('ghcr.io')).toEqual({ login: { identityToken: SECRET }, ran: [], masked: [SECRET] })
})

test.each([
  ['an empty file', ''],
  ['nothing', {}],
  ['null', 'null'],
  ['no logins', { auths: {} }],
  ['the entry left by a logout', { auths: { 'ghcr.io': {} } }],
  // `docker login` leaves such an entry when a helper stores the secret.
  ['an entry without content', { auths: { 'ghcr.io': { auth: '' } } }],
])('a file with %s has no login', async (_, content) => {
  await plant({ 'config.json': content })
  expect((await ask('ghcr.io')).login).toBeNull()
})

const found = { stdout: JSON.stringify({ ServerURL: 'ghcr.io', Username: 'me', Secret: SECRET }) }

test("the registry's own helper runs before the general one, and that before the file is read", async () => {
  const file = {
    auths: { 'ghcr.io': auth('in the file'), 'other.example.invalid': auth('in the file') },
    credHelpers: { 'ghcr.io': 'own' },
    credsStore: 'all',
  }
  await plant({ 'config.json': file })
  const helpers = { 'docker-credential-own': found, 'docker-credential-all': found }
  const own = await ask('ghcr.io', undefined, helpers)
  expect([own.login, own.masked]).toEqual([ME, [SECRET]])
  expect(own.ran).toMatchObject([{ argv: ['docker-credential-own', 'get'], input: 'ghcr.io' }])
  expect(own.ran[0]).not.toHaveProperty('env')
  const all = await ask('other.example.invalid', undefined, helpers)
  expect(all.ran).toMatchObject([{ argv: ['docker-credential-all', 'get'], input: 'other.example.invalid' }])
})

test('a helper is asked for Docker Hub under its older address', async () => {
  await plant({ 'config.json': { credsStore: 'all' } })
  const { ran, login } = await ask('docker.io', undefined, { 'docker-credential-all': found })
  expect([ran.map((each) => each.input), login]).toEqual([[PUBLIC.dockerhub.login], ME])
})

test('a helper may return an identity token', async () => {
  await plant({ 'config.json': { credHelpers: { 'ghcr.io': 'own' } } })
  const stdout = JSON.stringify({ Username: '<token>', Secret: SECRET })
  const { login, masked } = await ask('ghcr.io', undefined, { 'docker-credential-own': { stdout } })
  expect([login, masked]).toEqual([{ identityToken: SECRET }, [SECRET]])
})

test.each([
  ['has no login', { code: 1, stdout: 'credentials not found in native keychain\n' }],
  ['asks for an address', { code: 1, stdout: 'no credentials server URL' }],
  ['has no secret', { stdout: '{"ServerURL":"","Username":"me","Secret":""}' }],
  ['has no user', { stdout: '{"Secret":"x"}' }],
])('after a helper that %s, the file is read, as podman and buildah do', async (_, answer) => {
  await plant({ 'config.json': { auths: { 'ghcr.io': auth(SECRET) }, credsStore: 'all' } })
  expect((await ask('ghcr.io', undefined, { 'docker-credential-all': answer })).login).toEqual(ME)
})

/** Returns every text of an error, causes and stacks included. */
function textsOf(thrown: unknown): string {
  const texts: string[] = []
  for (let at = thrown; at instanceof Error; at = at.cause) texts.push(at.message, at.stack ?? '')
  return texts.join('\n')
}

test.each([
  ['is missing', new Error('docker-credential-all cannot be started'), /`docker-credential-all` cannot be started/],
  ['fails', { code: 2, stdout: SECRET, stderr: SECRET }, /`docker-credential-all get` failed with code 2/],
  ['answers in words', { stdout: `{"Secret":"${SECRET}` }, /did not print JSON/],
  ['answers with nothing', { stdout: '' }, /did not print JSON/],
  ['answers with null', { stdout: 'null' }, null],
])('a helper that %s is reported without a secret', async (_, answer, message) => {
  await plant({ 'config.json': { credsStore: 'all' } })
  const { login } = await ask('ghcr.io', undefined, { 'docker-credential-all': answer })
  if (message === null) return expect(login).toBeNull()
  expect(login).toMatchObject({ problems: [{ code: 'login-unreadable', message: expect.stringMatching(message) }] })
  expect(textsOf(login)).not.toContain('hush')
})

test.each([
  ['is cut off', '{"auths": {"ghcr.io": {"auth": "hush'],
  ['is not JSON', '{"auths": {"ghcr.io": {"auth": hush}}}'],
  ['has a secret with no user', { auths: { 'ghcr.io': { auth: Buffer.from('hush').toString('base64') } } }],
  ['has a user with no secret', { auths: { 'ghcr.io': auth('', 'hush') } }],
])('a file that %s is named without its content', async (_, content) => {
  const at = await plant({ 'config.json': content })
  const { login, masked } = await ask('ghcr.io')
  expect(login).toMatchObject({ problems: [{ code: 'login-unreadable' }] })
  expect([login.message.includes(join(at, 'config.json')), masked]).toEqual([true, []])
  expect(textsOf(login)).not.toMatch(/hush|aHVz/)
})
