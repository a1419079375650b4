import { expect, test } from '@jest/globals'
import { type Tested, temporaryFolder, tested } from '../sandbox/harness.ts'
import { brokenOff } from '../sandbox/oci-client.ts'
import { runAction, type Step } from './action.ts'
import { repository, WORKSPACE } from './project.ts'
import { tellingWhose } from './telling-whose.ts'
import { identified, PUBLISHER } from './trusted.ts'

const CRATES = ['slipway-demo-zcore', 'slipway-demo-app']
const TOKENS = '/api/v1/trusted_publishing/tokens'

/** A sandbox that has the crates, and trusts the workflow with them. */
async function trusting(crates = CRATES): Promise<Tested> {
  const sandbox = await tested()
  for (const each of CRATES) await sandbox.steer.reserveCrate(each)
  await sandbox.steer.setCargoPublishers(crates.map((crate) => ({ crate, ...PUBLISHER })))
  return sandbox
}

async function publish(sandbox: Tested, claims: Record<string, string> = {}, inputs: Record<string, string> = {}) {
  return runAction('publish-crate', inputs, {
    cwd: await repository(WORKSPACE),
    env: await identified(sandbox, claims),
    token: sandbox.github.token,
  })
}

/** How tokens were asked for and given back. */
async function exchanges(sandbox: Tested): Promise<string[]> {
  const log = await sandbox.steer.log()
  return log.filter((each) => each.path === TOKENS).map(({ method, status }) => `${method} ${status}`)
}

const problems = (step: Step) =>
  step.annotations.filter((each) => each.name === 'error').map((each) => [each.properties.title, each.message] as const)
const sent = async (sandbox: Tested) =>
  (await sandbox.steer.log()).filter((each) => each.service === 'cargo' && each.upload && each.accepted).length

test('crates go out with a token that is minted before the first upload, and given back', async () => {
  const sandbox = await trusting()
  const step = await publish(sandbox)
  expect([step.code, problems(step)]).toEqual([0, []])
  expect(await exchanges(sandbox)).toEqual(['POST 200', 'DELETE 204'])
  expect(await sent(sandbox)).toBe(2)
  // All that is hidden: the ID token, and the registry's.
  const secrets = step.stdout.match(/(?<=^::add-mask::)(?:cio_tp_|eyJ).*$/gm) ?? []
  expect(secrets.map((each) => each.slice(0, 3))).toEqual(['eyJ', 'cio'])
  for (const each of secrets) expect(step.seen).not.toContain(each)
  expect(step.state['token-crates']).toBe('')
  const post = await runAction(
    'publish-crate',
    {},
    { cwd: temporaryFolder(), state: step.state, env: await identified(sandbox) },
  )
  expect([post.code, post.stdout, post.summary]).toEqual([0, '', ''])
  const log = await sandbox.steer.log()
  const at = (path: string) => log.findIndex((each) => each.path === path)
  // Nothing is built between the token and the upload.
  expect(at(TOKENS)).toBeLessThan(at('/api/v1/crates/new'))
})

const SAID = 'The Trusted Publishing config for repository `owner/project` '
const REFUSED: [what: string, sandbox: () => Promise<Tested>, claims: Record<string, string>, code: string, RegExp][] =
  [
    [
      'no publisher',
      () => trusting([]),
      {},
      'trusted-publisher-missing',
      /No Trusted Publishing config found for repository `owner\/project`[\s\S]*owner `owner`, repository name `project`, workflow `release\.yml`, environment \(leave it empty\)/,
    ],
    [
      'another workflow',
      () => trusting(),
      { workflow_ref: 'owner/project/.github/workflows/publish.yml@refs/tags/v1.2.0' },
      'trusted-publisher-differs',
      /does not match the workflow filename `publish\.yml`[\s\S]*Expected workflow filenames: `release\.yml`[\s\S]*workflow `publish\.yml`/,
    ],
    [
      'another owner of the same name',
      async () => {
        const sandbox = await trusting()
        await sandbox.steer.setCargoPublishers(CRATES.map((crate) => ({ crate, ...PUBLISHER, ownerId: 1 })))
        return sandbox
      },
      { repository_owner_id: '77' },
      'trusted-publisher-differs',
      new RegExp(`${SAID}does not match the repository owner ID \\(77\\)`),
    ],
    [
      'another environment',
      async () => {
        const sandbox = await trusting()
        const publishers = CRATES.map((crate) => ({ crate, ...PUBLISHER, environment: 'release' }))
        await sandbox.steer.setCargoPublishers(publishers)
        return sandbox
      },
      { environment: 'Staging' },
      'trusted-publisher-differs',
      /does not match the environment `Staging`[\s\S]*environment `Staging`/,
    ],
    [
      'an event that is refused',
      () => trusting(),
      { event_name: 'pull_request_target' },
      'trusted-publishing-event',
      /pull_request_target/,
    ],
  ]

test.each(REFUSED)('%s: nothing is sent, and the hint says what to change', async (_, made, claims, code, told) => {
  const sandbox = await made()
  const step = await publish(sandbox, claims)
  expect([step.code, problems(step).map(([title]) => title)]).toEqual([1, [code]])
  expect(problems(step)[0]?.[1]).toMatch(told)
  expect(problems(step)[0]?.[1]).toContain('repository `owner/project`, workflow_ref `owner/project/.github/')
  expect(await sent(sandbox)).toBe(0)
})

test('a first version, and a crate that accepts no token, are reported before anything is sent', async () => {
  const fresh = await tested()
  await fresh.steer.setCargoPublishers([])
  const first = await publish(fresh)
  expect(problems(first)).toEqual([
    ['crate-first-version', expect.stringMatching(/slipway-demo-zcore, slipway-demo-app[\s\S]*crates-token/)],
  ])
  expect(await exchanges(fresh)).toEqual([])

  const restricted = await trusting()
  await restricted.steer.setTrustpubOnly('slipway-demo-zcore', true)
  const step = await publish(restricted, {}, { 'crates-token': 'anything' })
  expect(problems(step)).toEqual([
    ['crate-trusted-publishing-only', expect.stringMatching(/of slipway-demo-zcore by[\s\S]*id-token: write/)],
  ])
  const trusted = await publish(restricted, {}, { 'crates-token': 'anything', 'trusted-publishing': 'always' })
  expect([trusted.code, problems(trusted), await sent(restricted)]).toEqual([0, [], 2])
})

test('nothing of the project is built where it could ask for the identity of the job', async () => {
  const sandbox = await trusting()
  const cwd = await repository({ ...WORKSPACE, 'core/build.rs': 'fn main() { panic!("built") }\n' })
  const step = await runAction(
    'publish-crate',
    {},
    { cwd, env: await identified(sandbox), token: sandbox.github.token },
  )
  expect([step.code, step.annotations.map((each) => `${each.name} ${each.properties.title}`)]).toEqual([
    0,
    ['notice crates-not-verified'],
  ])
})

test('one crate that the publisher does not cover stops the release at that crate, and is named', async () => {
  const sandbox = await trusting(['slipway-demo-zcore'])
  const step = await publish(sandbox)
  expect(problems(step)).toEqual([
    [
      'trusted-publisher-missing',
      expect.stringMatching(
        /refuses slipway-demo-app[\s\S]*in the settings of this crate, add a publisher with repository owner `owner`, repository name `project`, workflow `release\.yml`/,
      ),
    ],
  ])
  expect([await sent(sandbox), await exchanges(sandbox)]).toEqual([1, ['POST 200', 'DELETE 204']])
})

test('a token that expires in the middle is replaced, and nothing is sent twice', async () => {
  const sandbox = await trusting()
  const body = JSON.stringify({ errors: [{ detail: 'Invalid authentication token' }] })
  const fault = { kind: 'status' as const, status: 403, body }
  await sandbox.steer.setFault({
    service: 'cargo',
    method: 'PUT',
    path: '/api/v1/crates/new',
    times: 1,
    skip: 1,
    fault,
  })
  const step = await publish(sandbox)
  expect([step.code, problems(step), await sent(sandbox)]).toEqual([0, [], 2])
  expect(await exchanges(sandbox)).toEqual(['POST 200', 'DELETE 204', 'POST 200', 'DELETE 204'])
})

test('an answer that is lost makes the next try ask for another ID token', async () => {
  const sandbox = await trusting()
  const at = { service: 'cargo', method: 'POST', path: TOKENS, times: 1 } as const
  await sandbox.steer.setFault({ ...at, fault: { kind: 'reset-after' } })
  const step = await publish(sandbox)
  expect([step.code, problems(step), await sent(sandbox)]).toEqual([0, [], 2])
  expect(new Set(step.stdout.match(/(?<=^::add-mask::)eyJ.*$/gm)).size).toBe(2)
})

test('what a step could not give back, its post step revokes, also after it failed', async () => {
  const sandbox = await trusting()
  const at = { service: 'cargo', method: 'DELETE', path: TOKENS, times: 1 } as const
  await sandbox.steer.setFault({ ...at, fault: { kind: 'status', status: 500, body: '' } })
  const conflict = { kind: 'status' as const, status: 400, body: '{"errors":[{"detail":"no"}]}' }
  await sandbox.steer.setFault({
    service: 'cargo',
    method: 'PUT',
    path: '/api/v1/crates/new',
    times: 1,
    fault: conflict,
  })
  const step = await publish(sandbox)
  expect([step.code, step.stdout]).toEqual([1, expect.stringContaining('could not revoke the token')])
  const post = await runAction(
    'publish-crate',
    {},
    { cwd: temporaryFolder(), state: step.state, env: await identified(sandbox) },
  )
  expect([post.code, post.seen]).toEqual([0, expect.stringContaining('Revoked')])
  expect((await exchanges(sandbox)).at(-1)).toBe('DELETE 204')
})

test('a step that is killed while it uploads leaves its token to the post step, and the next run goes on', async () => {
  const sandbox = await trusting()
  const at = { service: 'cargo', method: 'PUT', path: '/api/v1/crates/new', skip: 1, times: 9 } as const
  await sandbox.steer.setFault({ ...at, fault: { kind: 'hang-before' } })
  const { path: PATH, pid } = tellingWhose()
  const cwd = await repository(WORKSPACE)
  const env = await identified(sandbox)
  const around = { cwd, env: { ...env, PATH }, token: sandbox.github.token }
  const first = runAction('publish-crate', {}, around)
  expect(await brokenOff(sandbox)).toMatchObject({ service: 'cargo', method: 'PUT' })
  process.kill(pid(), 'SIGKILL')
  const killed = await first
  expect([killed.code, await exchanges(sandbox)]).toEqual([null, ['POST 200']])
  await sandbox.steer.clearFaults()

  const post = await runAction('publish-crate', {}, { cwd, state: killed.state, env })
  expect([post.code, await exchanges(sandbox)]).toEqual([0, ['POST 200', 'DELETE 204']])
  const second = await runAction('publish-crate', {}, { cwd, env, token: sandbox.github.token })
  expect([second.code, problems(second), await sent(sandbox)]).toEqual([0, [], 2])
})

test('the error of a job without ID tokens names the permission to grant', async () => {
  const sandbox = await trusting()
  const env = { ...(await identified(sandbox)), ACTIONS_ID_TOKEN_REQUEST_URL: '' }
  const run = async (inputs: Record<string, string>) =>
    runAction('publish-crate', inputs, { cwd: await repository(WORKSPACE), env, token: sandbox.github.token })
  expect(problems(await run({}))).toEqual([['token-missing', expect.stringContaining('id-token: write')]])
  const always = await run({ 'trusted-publishing': 'always' })
  expect(problems(always)).toEqual([['identity-missing', expect.stringContaining('id-token: write')]])
  const never = await publish(sandbox, {}, { 'trusted-publishing': 'never' })
  expect(problems(never).map(([title]) => title)).toEqual(['token-missing'])
  expect(await exchanges(sandbox)).toEqual([])
})
