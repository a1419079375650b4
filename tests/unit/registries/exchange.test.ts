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
const HEAD = 'The Trusted Publishing config for repository `o/demo`'

/** Refusals of crates.io (src/controllers/trustpub/tokens/exchange/mod.rs), and the resulting problems. */
const CRATES: [said: string, code: string, hint: RegExp][] = [
  [
    'No Trusted Publishing config found for repository `o/demo`.',
    'trusted-publisher-missing',
    /workflow `release\.yml`, environment `release`/,
  ],
  [
    `${HEAD} does not match the repository owner ID (7) in the JWT. Expected owner IDs: 1. Please recreate the Trusted Publishing config to update the repository owner ID.`,
    'trusted-publisher-differs',
    /owner `o`, repository name `demo`/,
  ],
  [
    `${HEAD} does not match the workflow filename \`release.yml\` in the JWT. Expected workflow filenames: \`publish.yml\``,
    'trusted-publisher-differs',
    /workflow `release\.yml`/,
  ],
  [
    `${HEAD} does not match the environment \`release\` in the JWT. Expected environments: \`pypi\``,
    'trusted-publisher-differs',
    /environment `release`/,
  ],
  [
    `${HEAD} requires an environment, but the JWT does not specify one. Expected environments: \`pypi\``,
    'trusted-publisher-differs',
    /match the existing publisher/,
  ],
  ['Trusted Publishing is not supported for the `pull_request_target` event', 'trusted-publishing-event', /pushed tag/],
  ['Trusted Publishing is not supported for the `workflow_run` event', 'trusted-publishing-event', /pushed tag/],
  ['Failed to decode JWT', 'trusted-publishing-refused', /crates-token/],
  ['Unsupported JWT issuer: http://issuer.invalid', 'trusted-publishing-refused', /crates-token/],
  ['Missing JWT key ID', 'trusted-publishing-refused', /crates-token/],
  ['Invalid JWT key ID', 'trusted-publishing-refused', /crates-token/],
  ['Unexpected `workflow_ref` value', 'trusted-publishing-refused', /crates-token/],
]

test.each(CRATES)('crates.io: %s', async (said, code, hint) => {
  const { failure, problem } = await atCrates(refusedBy(said))()
  expect([failure, problem?.code, problem?.severity]).toEqual(['denied', code, 'error'])
  expect(problem?.message).toContain(said)
  expect(problem?.message).toContain(
    'repository `o/demo`, workflow_ref `o/demo/.github/workflows/release.yml@refs/tags/v1.2.0`, environment `release`, ref `refs/tags/v1.2.0`',
  )
  expect(problem?.hint).toMatch(hint)
})

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

/** Refusals of PyPI (warehouse/oidc/views.py), and the resulting problems. */
const PYPI: [code: string, description: string, problem: string, hint: RegExp][] = [
  [
    'invalid-publisher',
    'valid token, but no corresponding publisher (Publisher with matching claims was not found)',
    'trusted-publisher-missing',
    /workflow `release\.yml`, environment `release`[\s\S]*30 days/,
  ],
  [
    'invalid-pending-publisher',
    'valid token, but project already exists',
    'trusted-publisher-pending',
    /choose another name/,
  ],
  ['invalid-token', 'malformed or invalid token', 'trusted-publishing-refused', /pypi-token/],
  ['invalid-payload', '1 validation error for TokenPayload', 'trusted-publishing-refused', /pypi-token/],
  [
    'not-enabled',
    'GitHub-based trusted publishing functionality not enabled',
    'trusted-publishing-refused',
    /pypi-token/,
  ],
]

test.each(PYPI)('PyPI: %s', async (code, description, named, hint) => {
  const { failure, problem } = await atPyPI(invalid(code, description))()
  expect([failure, problem?.code, problem?.severity]).toEqual(['denied', named, 'error'])
  expect(problem?.message).toContain(`${code}: ${description}`)
  expect(problem?.hint).toMatch(hint)
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
