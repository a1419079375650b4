import { expect, test } from '@jest/globals'
import { type Tested, tested } from '../sandbox/harness.ts'
import { WHEEL_NAME } from '../unit/artifacts/archives.ts'
import { runAction, type Step } from './action.ts'
import { builtWorkspace, GOOD } from './distributions.ts'
import { identified, PUBLISHER } from './trusted.ts'

const MINT = '/_/oidc/mint-token'
const PENDING = { project: 'demo-py', ...PUBLISHER, pending: true }

async function trusting(publisher: object = {}): Promise<Tested> {
  const sandbox = await tested()
  await sandbox.steer.setPypiPublishers('pypi', [{ ...PENDING, ...publisher }])
  return sandbox
}

async function publish(sandbox: Tested, claims: Record<string, string> = {}, inputs: Record<string, string> = {}) {
  const env = await identified(sandbox, claims)
  return runAction(
    'publish-pypi',
    { 'packages-dir': '.', ...inputs },
    { cwd: builtWorkspace(), env, token: sandbox.github.token },
  )
}

async function exchanges(sandbox: Tested): Promise<string[]> {
  const log = await sandbox.steer.log()
  return log.filter((each) => each.path === MINT).map(({ method, status }) => `${method} ${status}`)
}

const problems = (step: Step) =>
  step.annotations.filter((each) => each.name === 'error').map((each) => [each.properties.title, each.message] as const)
const sent = async (sandbox: Tested) =>
  (await sandbox.steer.log()).filter((each) => each.upload && each.accepted).length

test('a pending publisher makes the project, by one token that is shown nowhere', async () => {
  const sandbox = await trusting()
  const step = await publish(sandbox)
  expect([step.code, problems(step)]).toEqual([0, []])
  expect(await exchanges(sandbox)).toEqual(['POST 200'])
  expect(await sent(sandbox)).toBe(2)
  const secrets = step.stdout.match(/(?<=^::add-mask::)(?:pypi-|eyJ).*$/gm) ?? []
  expect(secrets.filter((each) => each.startsWith('pypi-'))).toHaveLength(1)
  for (const each of secrets) expect(step.seen).not.toContain(each)

  // Everything is there: no login is needed, not even one that would be taken.
  const again = await publish(sandbox, { repository: 'owner/other' })
  expect([again.code, await exchanges(sandbox), await sent(sandbox)]).toEqual([0, ['POST 200'], 2])
})

const REFUSED: [what: string, publisher: object, claims: Record<string, string>, code: string, told: RegExp][] = [
  [
    'another workflow',
    { workflow: 'publish.yml' },
    {},
    'trusted-publisher-missing',
    /invalid-publisher: valid token, but no corresponding publisher[\s\S]*owner `owner`, repository name `project`, workflow `release\.yml`, environment \(leave it empty\)/,
  ],
  [
    'no environment where one is demanded',
    { environment: 'release' },
    {},
    'trusted-publisher-missing',
    /no environment[\s\S]*invalid|invalid[\s\S]*no environment/,
  ],
  [
    'a pending publisher of more than 30 days ago',
    { created: new Date(Date.now() - 31 * 86_400_000).toISOString() },
    {},
    'trusted-publisher-missing',
    /drops a pending publisher after 30 days/,
  ],
  [
    'a workflow of another repository',
    {},
    { job_workflow_ref: 'someone/flows/.github/workflows/release.yml@refs/heads/main' },
    'trusted-publishing-reusable',
    /job_workflow_ref `someone\/flows\/[\s\S]*own workflow/,
  ],
]

test.each(REFUSED)(
  '%s: nothing is sent, and the hint says what to change',
  async (_, publisher, claims, code, told) => {
    const sandbox = await trusting(publisher)
    const step = await publish(sandbox, claims)
    expect([step.code, problems(step).map(([title]) => title)]).toEqual([1, [code]])
    expect(problems(step)[0]?.[1]).toMatch(told)
    expect(await sent(sandbox)).toBe(0)
  },
)

test('a project that was made meanwhile voids its pending publisher', async () => {
  const sandbox = await tested()
  const env = await identified(sandbox)
  const files = { [WHEEL_NAME]: GOOD[WHEEL_NAME] as Uint8Array }
  const token = { cwd: builtWorkspace(files), env, token: sandbox.github.token }
  expect((await runAction('publish-pypi', { 'packages-dir': '.', 'pypi-token': 'anything' }, token)).code).toBe(0)
  await sandbox.steer.setPypiPublishers('pypi', [PENDING])
  const step = await publish(sandbox)
  expect(problems(step)).toEqual([['trusted-publisher-pending', expect.stringContaining('invalid-pending-publisher')]])
})

const FORM = 'repository owner `owner`, repository name `project`, workflow `release.yml`, environment (leave it empty)'

test('a pending publisher with a misspelled name is reported with the name and the values for another', async () => {
  const sandbox = await trusting({ project: 'demo-pyy' })
  const step = await publish(sandbox)
  expect(problems(step)).toEqual([
    [
      'trusted-publisher-missing',
      expect.stringContaining(`pending publisher for the project \`Demo.Py\`, with ${FORM}`),
    ],
  ])
  await sandbox.steer.setPypiPublishers('pypi', [PENDING])
  const again = await publish(sandbox)
  expect([again.code, problems(again), await sent(sandbox)]).toEqual([0, [], 2])
})

test('a publisher of other projects only is reported with the values for this one', async () => {
  const sandbox = await tested()
  const token = { cwd: builtWorkspace({ [WHEEL_NAME]: GOOD[WHEEL_NAME] as Uint8Array }), token: sandbox.github.token }
  const inputs = { 'packages-dir': '.', 'pypi-token': 'anything' }
  const first = await runAction('publish-pypi', inputs, { ...token, env: await identified(sandbox) })
  expect([first.code, problems(first)]).toEqual([0, []])
  await sandbox.steer.setPypiPublishers('pypi', [{ ...PENDING, project: 'other', pending: false }])
  expect(problems(await publish(sandbox))).toEqual([
    [
      'trusted-publisher-missing',
      expect.stringMatching(/not valid for project 'Demo\.Py'[\s\S]*of the project `Demo\.Py`, add a publisher/),
    ],
  ])
})

test('a step with a token logs in with it, unless trusted publishing is always used; never needs the token', async () => {
  const given = { 'pypi-token': 'anything' }
  const uploads = async (sandbox: Tested, inputs: Record<string, string>) => {
    const step = await publish(sandbox, {}, inputs)
    const titles = problems(step).map(([title]) => title)
    return [step.code, titles, await exchanges(sandbox), await sent(sandbox)]
  }
  const own = await trusting()
  expect(await uploads(own, given)).toEqual([0, [], [], 2])
  const always = await trusting()
  expect(await uploads(always, { ...given, 'trusted-publishing': 'always' })).toEqual([0, [], ['POST 200'], 2])
  const never = await trusting()
  expect(await uploads(never, { 'trusted-publishing': 'never' })).toEqual([1, ['token-missing'], [], 0])
  expect(await uploads(never, { ...given, 'trusted-publishing': 'never' })).toEqual([0, [], [], 2])
  const env = { ...(await identified(never)), ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' }
  const at = { cwd: builtWorkspace(), env, token: never.github.token }
  const forbidden = await runAction('publish-pypi', { 'packages-dir': '.', 'trusted-publishing': 'always' }, at)
  expect(problems(forbidden)).toEqual([['identity-missing', expect.stringContaining('id-token: write')]])
})

test('trusted publishing that is turned off is reported with another way to log in', async () => {
  const sandbox = await trusting()
  await sandbox.steer.setTrustedPublishing('pypi', false)
  expect(problems(await publish(sandbox))).toEqual([
    ['trusted-publishing-refused', expect.stringMatching(/PyPI has turned off trusted publishing[\s\S]*pypi-token/)],
  ])
})

test.each([
  'Invalid or non-existent authentication information.',
  'Invalid API Token: token is expired, token is expired',
])('a token that expires in the middle (%s) is replaced, and nothing is sent twice', async (message) => {
  const sandbox = await trusting()
  const body = JSON.stringify({ message })
  const upload = { service: 'pypi', method: 'POST', path: '/legacy/', times: 1 } as const
  // The first upload is answered; the second one's token has expired.
  await sandbox.steer.setFault({ ...upload, skip: 1, fault: { kind: 'status', status: 403, body } })
  const step = await publish(sandbox)
  expect([step.code, problems(step), await sent(sandbox)]).toEqual([0, [], 2])
  expect(await exchanges(sandbox)).toEqual(['POST 200', 'POST 200'])
})

test('an answer that is lost makes the next try ask for another ID token', async () => {
  const sandbox = await trusting()
  const at = { service: 'pypi', method: 'POST', path: MINT, times: 1 } as const
  await sandbox.steer.setFault({ ...at, fault: { kind: 'reset-after' } })
  const step = await publish(sandbox, {}, { attestations: 'never' })
  expect([step.code, problems(step), await sent(sandbox)]).toEqual([0, [], 2])
  expect(new Set(step.stdout.match(/(?<=^::add-mask::)eyJ.*$/gm)).size).toBe(2)
})

test('a token that is refused at once is not asked for again and again', async () => {
  const sandbox = await trusting()
  await sandbox.steer.setTokenLifetime('pypi', 0)
  const step = await publish(sandbox)
  expect([step.code, problems(step).map(([title]) => title)]).toEqual([1, ['remote-denied']])
  expect(await exchanges(sandbox)).toEqual(['POST 200'])
})

test('Test PyPI has separate publishers', async () => {
  const sandbox = await tested()
  await sandbox.steer.setPypiPublishers('testpypi', [PENDING])
  const step = await publish(sandbox, {}, { repository: 'testpypi' })
  expect([step.code, problems(step)]).toEqual([0, []])
  const real = await publish(sandbox)
  expect(problems(real)).toEqual([['trusted-publisher-missing', expect.stringMatching(/^PyPI refused this job/)]])
})

test('if signing fails, nothing is sent, and the hint says how to continue', async () => {
  const sandbox = await trusting()
  const fault = { kind: 'status' as const, status: 503, body: '' }
  await sandbox.steer.setFault({ service: 'rekor', method: 'GET', path: '/', times: 3, fault })
  const step = await publish(sandbox)
  expect(problems(step)).toEqual([['signing-unavailable', expect.stringMatching(/HTTP 503[\s\S]*attestations: never/)]])
  expect([await sent(sandbox), await exchanges(sandbox)]).toEqual([0, []])
  await sandbox.steer.setFault({ service: 'rekor', method: 'GET', path: '/', times: 3, fault })
  const without = await publish(sandbox, {}, { attestations: 'never' })
  expect([without.code, await sent(sandbox)]).toEqual([0, 2])
})
