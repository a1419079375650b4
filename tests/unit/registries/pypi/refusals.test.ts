import { expect, test } from '@jest/globals'
import { RemoteError } from '@slipway/core/publisher'
import { explainedRefusal, isClosed } from '@slipway/registries/pypi/refusals'
import { granted } from '../granted.ts'

const FORM = 'repository owner `o`, repository name `demo`, workflow `release.yml`, environment (leave it empty)'

const refusal = (message: string) =>
  new RemoteError(message.startsWith('HTTP 400') ? 'refused' : 'denied', message, { status: 400 })

const OTHER = "HTTP 403: Invalid API Token: OIDC scoped token is not valid for project 'demo-two'"
const NEW = 'HTTP 400: Non-user identities cannot create new projects. This was probably caused by …'

test('a granted token for other projects is explained with the values for the form', async () => {
  const explain = async (message: string) =>
    explainedRefusal(refusal(message), { index: 'PyPI', project: 'demo-two', token: await granted(null) }).problem
  expect(await explain(OTHER)).toMatchObject({
    code: 'trusted-publisher-missing',
    message: `PyPI refuses demo-two: ${OTHER}`,
    hint: `On PyPI, under Publishing of the project \`demo-two\`, add a publisher for GitHub, with ${FORM}. Then rerun the failed job.`,
  })
  expect(await explain(NEW)).toMatchObject({
    code: 'trusted-publisher-missing',
    message: `PyPI refuses demo-two: ${NEW}`,
    hint: `On PyPI, under Publishing of your account, add a pending publisher for the project \`demo-two\`, with ${FORM}. Then rerun the failed job.`,
  })
})

test('a token from another action is explained without values', () => {
  const { problem } = explainedRefusal(refusal(OTHER), { index: 'PyPI', project: 'demo-two', token: 'pypi-x' })
  expect(problem?.hint).toContain('with the values of this job. Then rerun')
})

test.each([
  'HTTP 403: Read-only mode: Uploads are temporarily disabled.',
  'HTTP 403: New uploads are temporarily disabled. See …',
])('%s: the login is not blamed', (message) => {
  const cause = refusal(message)
  expect(isClosed(cause)).toBe(true)
  const { problem } = explainedRefusal(cause, { index: 'PyPI', project: 'demo', token: 'pypi-x' })
  expect(problem).toMatchObject({ code: 'remote-denied', hint: 'Rerun the failed job later: nobody can upload now.' })
})

test('an unknown token is a refused login; other refusals are kept as they are', async () => {
  const cause = refusal('HTTP 403: Invalid or non-existent authentication information.')
  const upload = { index: 'Test PyPI', project: 'demo' }
  const { problem } = explainedRefusal(cause, { ...upload, token: 'pypi-x' })
  expect([problem?.code, problem?.message]).toEqual(['login-refused', expect.stringMatching(/^Test PyPI refuses/)])
  expect(explainedRefusal(cause, { ...upload, token: await granted(null) })).toBe(cause)
  for (const each of [refusal('HTTP 400: Invalid distribution file.'), new RemoteError('doubtful', OTHER)]) {
    expect(explainedRefusal(each, { ...upload, token: 'pypi-x' })).toBe(each)
  }
})
