import { expect, test } from '@jest/globals'
import { RemoteError } from '@slipway/core/publisher'
import { CratesClient } from '@slipway/registries/crates/client'
import { cratesExchange } from '@slipway/registries/crates/trusted'
import { indexExchange } from '@slipway/registries/pypi/trusted'
import type { Grant, Identity } from '@slipway/registries/trusted/minted'
import { answeredBy, type Said } from './http.ts'

const CLAIMS = {
  repository: 'o/demo',
  workflow_ref: 'o/demo/.github/workflows/release.yml@refs/tags/v1.2.0',
  job_workflow_ref: 'o/demo/.github/workflows/release.yml@refs/tags/v1.2.0',
  environment: 'release',
  ref: 'refs/tags/v1.2.0',
  event_name: 'push',
}

/** Returns the identity of a job with these claims; its token contains `hush`, which must not appear in messages. */
function job(claims: object = CLAIMS): Identity {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return { idToken: async () => `${part({ alg: 'RS256' })}.${part(claims)}.hush`, onToken() {} }
}

async function failure(mint: () => Promise<Grant>): Promise<RemoteError> {
  const cause = await mint().then(
    () => new Error('a token was granted'),
    (thrown: unknown) => thrown,
  )
  if (!(cause instanceof RemoteError)) throw cause
  expect(JSON.stringify([cause.message, cause.problem])).not.toContain('hush')
  return cause
}

const CONFIG = { body: { dl: 'http://r.invalid/dl', api: 'http://r.invalid' } }

function atCrates(said: Said) {
  const ports = answeredBy(({ url }) => (url.endsWith('config.json') ? CONFIG : said))
  const client = new CratesClient(ports, { index: 'sparse+http://r.invalid/', token: null })
  return (claims?: object) => failure(() => cratesExchange(client, job(claims)).mint())
}

const refusedBy = (detail: string): Said => ({ status: 400, body: { errors: [{ detail }] } })
test('crates.io: transient failures are retried with a fresh ID token', async () => {
  expect(await atCrates(refusedBy('JWT has already been used'))()).toMatchObject({ failure: 'doubtful', problem: null })
  expect(
    await atCrates({ status: 500, body: { errors: [{ detail: 'Failed to load OIDC key set' }] } })(),
  ).toMatchObject({ failure: 'doubtful', problem: null })
})

const MINT = '/_/oidc/mint-token'

function atPyPI(said: Said, audience: Said = { body: { audience: 'pypi' } }) {
  const ports = answeredBy(({ url }) => (url.endsWith(MINT) ? said : audience))
  const index = { name: 'PyPI', upload: 'http://p.invalid/legacy/' }
  return (claims?: object) => failure(() => indexExchange(ports, index, job(claims)).mint())
}

const invalid = (code: string, description: string): Said => ({
  status: 422,
  body: { message: 'Token request failed', errors: [{ code, description }] },
})

test('PyPI: a cause visible in the claims takes precedence', async () => {
  const refused = invalid('invalid-publisher', 'valid token, but no corresponding publisher')
  const foreign = { ...CLAIMS, job_workflow_ref: 'else/flows/.github/workflows/p.yml@refs/heads/main' }
  expect((await atPyPI(refused)(foreign)).problem?.code).toBe('trusted-publishing-reusable')
  const event = { ...CLAIMS, event_name: 'pull_request_target' }
  expect((await atPyPI(refused)(event)).problem?.code).toBe('trusted-publishing-event')
})

test('PyPI: transient failures are retried; missing support is reported', async () => {
  expect(await atPyPI(invalid('invalid-reuse-token', 'token already used'))()).toMatchObject({
    failure: 'doubtful',
    problem: null,
  })
  expect(await atPyPI({ status: 503 })()).toMatchObject({ failure: 'doubtful', problem: null })
  const off = await atPyPI({}, { status: 403, body: { message: 'Trusted publishing functionality not enabled' } })()
  expect(off.problem).toMatchObject({
    code: 'trusted-publishing-refused',
    message: expect.stringContaining('turned off'),
  })
  const none = await atPyPI({}, { status: 404 })()
  expect(none.problem?.message).toContain('does not support trusted publishing')
})
