import { expect, test } from '@jest/globals'
import { systemClock } from '@slipway/core/effects/clock'
import { fetchHttp } from '@slipway/core/effects/http'
import type { Problem } from '@slipway/core/problem'
import { RemoteError } from '@slipway/core/publisher'
import { CratesClient } from '@slipway/registries/crates/client'
import { cratesExchange } from '@slipway/registries/crates/trusted'
import { indexExchange } from '@slipway/registries/pypi/trusted'
import type { Exchange, Identity } from '@slipway/registries/trusted/minted'
import { type Tested, tested } from './harness.ts'
import { forged, idToken, workflow } from './trusted.ts'

/** Every refusal of a login, in the registries' own words, and the whole text that a maintainer sees. */

const ports = { http: fetchHttp, clock: systemClock }

type Part = Record<string, unknown>
/** What a job sends: real claims, or a token that GitHub would never issue. */
interface Sent {
  claims?: Record<string, string>
  forged?: Part
  header?: Part
  audience?: string
}

/** Returns the problem of a refused login; null if Slipway retries it. */
async function problemOf(exchange: (identity: Identity) => Exchange, sandbox: Tested, sent: Sent) {
  const identity: Identity = {
    idToken: (audience) =>
      sent.forged || sent.header
        ? forged(sandbox, sent.audience ?? audience, sent.forged ?? {}, sent.header)
        : idToken(sandbox, sent.audience ?? audience, sent.claims),
    onToken() {},
  }
  const cause = await exchange(identity)
    .mint()
    .catch((thrown: unknown) => thrown)
  if (!(cause instanceof RemoteError)) throw new Error('the login was accepted')
  expect([cause.failure, cause.problem?.severity]).toEqual(['denied', 'error'])
  return cause.problem as Problem
}

const REF = 'refs/tags/v1.0.0'
const file = (name: string, repository = workflow.repository) => `${repository}/.github/workflows/${name}@${REF}`
const form = (more: { name?: string; file?: string; environment?: string } = {}) =>
  `repository owner \`someone\`, repository name \`${more.name ?? 'project'}\`, workflow \`${more.file ?? 'release.yml'}\`, environment ${more.environment ? `\`${more.environment}\`` : '(leave it empty)'}`
const EVENT = 'Release from a workflow that runs on a pushed tag.'

const CONFIG = 'The Trusted Publishing config for repository `someone/project`'
const CRATES_FORM = (values: string) =>
  `On crates.io, under Trusted Publishing in the settings of each crate, add a publisher with ${values}; or change the workflow to match the existing publisher. Then rerun the failed job.`
const CRATES_TOKEN = 'Rerun the failed job; if crates.io refuses it again, pass an API token as `crates-token`.'

/** Refusals of crates.io (src/controllers/trustpub/tokens/exchange/mod.rs). */
const CRATES: [sent: Sent, said: string, code: string, hint: string][] = [
  [
    { claims: { repository: 'someone/other' } },
    'No Trusted Publishing config found for repository `someone/other`.',
    'trusted-publisher-missing',
    CRATES_FORM(form({ name: 'other' })),
  ],
  [
    { claims: { repository_owner_id: '7' } },
    `${CONFIG} does not match the repository owner ID (7) in the JWT. Expected owner IDs: 1. Please recreate the Trusted Publishing config to update the repository owner ID.`,
    'trusted-publisher-differs',
    CRATES_FORM(form()),
  ],
  [
    { claims: { workflow_ref: file('publish.yml') } },
    `${CONFIG} does not match the workflow filename \`publish.yml\` in the JWT. Expected workflow filenames: \`release.yml\``,
    'trusted-publisher-differs',
    CRATES_FORM(form({ file: 'publish.yml' })),
  ],
  [
    { claims: { environment: 'staging' } },
    `${CONFIG} does not match the environment \`staging\` in the JWT. Expected environments: \`release\``,
    'trusted-publisher-differs',
    CRATES_FORM(form({ environment: 'staging' })),
  ],
  [
    {},
    `${CONFIG} requires an environment, but the JWT does not specify one. Expected environments: \`release\``,
    'trusted-publisher-differs',
    CRATES_FORM(form()),
  ],
  ...['pull_request_target', 'workflow_run'].map((event): [Sent, string, string, string] => [
    { claims: { event_name: event } },
    `Trusted Publishing does not support the \`${event}\` event trigger due to security concerns. Please use a different trigger such as \`push\`, \`release\`, or \`workflow_dispatch\`.`,
    'trusted-publishing-event',
    EVENT,
  ]),
  [
    { forged: { iss: 'https://github.example.invalid/_services/token' } },
    'Unsupported JWT issuer: https://github.example.invalid/_services/token',
    'trusted-publishing-refused',
    'Pass an API token as `crates-token`: crates.io trusts jobs on github.com only.',
  ],
  [{ audience: 'pypi' }, 'Failed to decode JWT', 'trusted-publishing-refused', CRATES_TOKEN],
  [{ header: { kid: undefined } }, 'Missing JWT key ID', 'trusted-publishing-refused', CRATES_TOKEN],
  [{ header: { kid: 'other' } }, 'Invalid JWT key ID', 'trusted-publishing-refused', CRATES_TOKEN],
  [
    { forged: { repository: 'x', workflow_ref: file('release.yml') } },
    'Unexpected `repository` value',
    'trusted-publishing-refused',
    CRATES_TOKEN,
  ],
  [{ forged: { workflow_ref: 'x' } }, 'Unexpected `workflow_ref` value', 'trusted-publishing-refused', CRATES_TOKEN],
  [
    { forged: { repository_owner_id: 'x' } },
    'Unexpected `repository_owner_id` value',
    'trusted-publishing-refused',
    CRATES_TOKEN,
  ],
]

test.each(CRATES)('crates.io: %j: %s', async (sent, said, code, hint) => {
  const sandbox = await tested()
  await sandbox.steer.reserveCrate('made')
  await sandbox.steer.setCargoPublishers([{ crate: 'made', ...workflow, environment: 'release', ownerId: 1 }])
  const client = new CratesClient(ports, { index: sandbox.cargo.index, token: null })
  const problem = await problemOf((identity) => cratesExchange(client, identity), sandbox, sent)
  const {
    repository = workflow.repository,
    workflow_ref = file('release.yml', repository),
    environment,
  } = { ...sent.claims, ...sent.forged } as Record<string, string>
  const place = environment ? `environment \`${environment}\`` : 'no environment'
  expect(problem).toEqual({
    code,
    severity: 'error',
    message: `crates.io refused this job's trusted publishing login (HTTP 400: ${said}). Sent: repository \`${repository}\`, workflow_ref \`${workflow_ref}\`, ${place}, ref \`${REF}\`.`,
    hint,
  })
})

const NO_PUBLISHER = 'invalid-publisher: valid token, but no corresponding publisher'
const NOT_FOUND = `${NO_PUBLISHER} (Publisher with matching claims was not found)`
const PYPI_FORM = (values: string) =>
  `On PyPI, under Publishing of the project (of your account, if the project does not exist yet), add a publisher for GitHub with ${values}; or change the workflow to match the existing publisher. PyPI drops a pending publisher after 30 days. Then rerun the failed job.`
const PYPI_TOKEN = 'Rerun the failed job; if PyPI refuses it again, pass an API token as `pypi-token`.'
const FOREIGN =
  "Publish in a job of the project's own workflow, with the action as a step, or pass a token: PyPI trusts workflows of the project's own repository only."
const inFile = (name: string, repository?: string) => ({ job_workflow_ref: file(name, repository) })

/** Refusals of PyPI (warehouse, oidc/views.py and oidc/models). */
const PYPI: [sent: Sent, said: string, code: string, hint: string][] = [
  [
    { claims: { repository: 'someone/other' } },
    NOT_FOUND,
    'trusted-publisher-missing',
    PYPI_FORM(form({ name: 'other' })),
  ],
  [{ claims: inFile('ci.yml') }, NOT_FOUND, 'trusted-publisher-missing', PYPI_FORM(form({ file: 'ci.yml' }))],
  [
    { claims: { environment: 'staging' } },
    NOT_FOUND,
    'trusted-publisher-missing',
    PYPI_FORM(form({ environment: 'staging' })),
  ],
  [
    { claims: { repository_owner: 'other', environment: 'release' } },
    `${NO_PUBLISHER} (Check failed for required claim 'repository_owner')`,
    'trusted-publisher-missing',
    PYPI_FORM(form({ environment: 'release' })),
  ],
  [
    { claims: { ref: 'refs/heads/main', environment: 'release', ...inFile('release.yml') } },
    `${NO_PUBLISHER} (The job_workflow_ref claim does not match, expecting one of ['someone/project/.github/workflows/release.yml@${'0'.repeat(40)}', 'someone/project/.github/workflows/release.yml@refs/heads/main'], got '${file('release.yml')}')`,
    'trusted-publishing-reusable',
    'Call the workflow as `./.github/workflows/release.yml`, so that it has the ref of the run.',
  ],
  [{ claims: inFile('release.yml', 'tools/flows') }, NOT_FOUND, 'trusted-publishing-reusable', FOREIGN],
  [
    { claims: { event_name: 'pull_request_target', environment: 'release' } },
    `${NO_PUBLISHER} (Publishing from a workflow invoked via 'pull_request_target' is not supported.)`,
    'trusted-publishing-event',
    EVENT,
  ],
  [
    { claims: { workflow_ref: file('new.yml'), ...inFile('new.yml') } },
    'invalid-pending-publisher: valid token, but project already exists',
    'trusted-publisher-pending',
    `If the project is yours, add a publisher in its settings, with ${form({ file: 'new.yml' })}; else choose another name. The project exists, so the pending publisher is void.`,
  ],
  [
    { forged: { iss: 'https://github.example.invalid/_services/token' } },
    'invalid-payload: unknown trusted publishing issuer',
    'trusted-publishing-refused',
    'Pass an API token as `pypi-token`: PyPI trusts jobs on github.com only.',
  ],
  [{ forged: { iss: undefined } }, 'invalid-payload: malformed JWT', 'trusted-publishing-refused', PYPI_TOKEN],
  [
    { forged: { event_name: undefined } },
    `${NO_PUBLISHER} (Missing claim 'event_name')`,
    'trusted-publisher-missing',
    PYPI_FORM(form()),
  ],
  [{ audience: 'crates.io' }, 'invalid-token: malformed or invalid token', 'trusted-publishing-refused', PYPI_TOKEN],
  [
    { forged: { job_workflow_ref: 'x' } },
    `${NO_PUBLISHER} (Could not job extract workflow filename from OIDC claims)`,
    'trusted-publishing-refused',
    PYPI_TOKEN,
  ],
]

test.each(PYPI)('PyPI: %j: %s', async (sent, said, code, hint) => {
  const sandbox = await tested()
  const registered = { project: 'made', ...workflow, environment: 'release' }
  const pending = { ...workflow, workflow: 'new.yml', pending: true }
  await sandbox.steer.setPypiPublishers('pypi', [{ ...registered, pending: true }])
  const at = { name: 'PyPI', upload: sandbox.pypi.upload }
  const exchange = (identity: Identity) => indexExchange(ports, at, identity)
  const claims = { environment: 'release' }
  // The first login creates the project.
  await exchange({ idToken: (audience) => idToken(sandbox, audience, claims), onToken() {} }).mint()
  await sandbox.steer.setPypiPublishers('pypi', [registered, { project: 'Made', ...pending }])
  const problem = await problemOf(exchange, sandbox, sent)
  const all = { ...sent.claims, ...sent.forged } as Record<string, string>
  const { repository = workflow.repository, ref = REF, environment } = all
  const { job_workflow_ref = file('release.yml', repository) } = all
  const place = environment ? `environment \`${environment}\`` : 'no environment'
  expect(problem).toEqual({
    code,
    severity: 'error',
    message: `PyPI refused this job's trusted publishing login (HTTP 422: ${said}). Sent: repository \`${repository}\`, job_workflow_ref \`${job_workflow_ref}\`, ${place}, ref \`${ref}\`.`,
    hint,
  })
})

test('PyPI: trusted publishing is turned off for everybody, or for GitHub', async () => {
  const sandbox = await tested()
  await sandbox.steer.setTrustedPublishing('pypi', false)
  const at = { name: 'PyPI', upload: sandbox.pypi.upload }
  expect(await problemOf((identity) => indexExchange(ports, at, identity), sandbox, {})).toEqual({
    code: 'trusted-publishing-refused',
    severity: 'error',
    message: 'PyPI has turned off trusted publishing for now (HTTP 403: Trusted publishing functionality not enabled).',
    hint: 'Pass a token of PyPI as `pypi-token`, or rerun the job later.',
  })
  // The audience was asked for before it was turned off.
  const late = { service: 'pypi', method: 'GET', path: '/_/oidc/audience', times: 1 } as const
  await sandbox.steer.setFault({ ...late, fault: { kind: 'status', status: 200, body: '{"audience":"pypi"}' } })
  expect(await problemOf((identity) => indexExchange(ports, at, identity), sandbox, {})).toMatchObject({
    code: 'trusted-publishing-refused',
    message: expect.stringContaining('(HTTP 422: not-enabled: github trusted publishing functionality not enabled)'),
    hint: PYPI_TOKEN,
  })
})
