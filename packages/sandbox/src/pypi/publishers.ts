import type { PypiPublisher } from './state.ts'

/** Lifetime of a pending publisher in milliseconds (warehouse, oidc/tasks.py). */
const PENDING_LIFETIME = 30 * 24 * 60 * 60 * 1000

/** The required claims (warehouse, oidc/models/github.py). Python reports any missing one, this the first. */
const REQUIRED = [
  'repository',
  'repository_owner',
  'repository_owner_id',
  'job_workflow_ref',
  'jti',
  'event_name',
  'ref',
  'sha',
] as const

/** Claims of a verified ID token. */
export type JobClaims = Record<(typeof REQUIRED)[number], string> & { environment?: string; exp: number }

/** Thrown with the reason why no publisher matches a token. */
export class NoPublisher extends Error {}

/** Thrown for a token that was used before. */
export class ReusedToken extends Error {}

/**
 * Checks that all claims that PyPI needs are present.
 * @throws NoPublisher
 */
export function demandClaims(claims: Record<string, unknown>): JobClaims {
  const missing = REQUIRED.find((each) => claims[each] === undefined || claims[each] === null)
  if (missing) throw new NoPublisher(`Missing claim '${missing}'`)
  return claims as JobClaims
}

/**
 * Returns the publishers that match a job's workflow and environment: the ones with the job's environment, else those
 * without any, in PyPI's order of checks (warehouse, oidc/models/_core.py, `verify_claims`). There are several if one
 * workflow publishes several projects.
 * @throws NoPublisher, ReusedToken
 */
export function findPublishers(
  claims: JobClaims,
  among: readonly PypiPublisher[],
  isUsed: (jti: string) => boolean,
): [PypiPublisher, ...PypiPublisher[]] {
  const workflow = /[^/]+\.(?:yml|yaml)(?=@)/.exec(claims.job_workflow_ref)?.[0]
  if (!workflow) throw new NoPublisher('Could not job extract workflow filename from OIDC claims')
  const candidates = among.filter(
    (each) =>
      each.repository === claims.repository &&
      (each.ownerId === undefined || String(each.ownerId) === claims.repository_owner_id) &&
      each.workflow === workflow,
  )
  const withEnvironment = (wanted: string) =>
    candidates.filter((each) => (each.environment ?? '').toLowerCase() === wanted.toLowerCase())
  const specific = claims.environment ? withEnvironment(claims.environment) : []
  const [first, ...more] = specific.length > 0 ? specific : withEnvironment('')
  if (!first) throw new NoPublisher('Publisher with matching claims was not found')
  checkWorkflow(claims, `${first.repository}/.github/workflows/${workflow}`)
  if (isUsed(claims.jti)) throw new ReusedToken()
  if (claims.event_name === 'pull_request_target') {
    throw new NoPublisher("Publishing from a workflow invoked via 'pull_request_target' is not supported.")
  }
  return [first, ...more]
}

/**
 * Demands that the called workflow is the registered one at the run's ref or commit, and so in the caller's repository.
 */
function checkWorkflow({ repository, repository_owner, job_workflow_ref, ref, sha }: JobClaims, path: string): void {
  if (repository_owner !== repository.split('/')[0]) {
    throw new NoPublisher("Check failed for required claim 'repository_owner'")
  }
  if (!ref && !sha) throw new NoPublisher('The ref and sha claims are empty')
  const expected = [ref, sha].flatMap((each) => (each ? [`${path}@${each}`] : [])).sort()
  if (expected.includes(job_workflow_ref)) return
  const listed = expected.map((each) => `'${each}'`).join(', ')
  throw new NoPublisher(
    `The job_workflow_ref claim does not match, expecting one of [${listed}], got '${job_workflow_ref}'`,
  )
}

/** Whether a publisher has not expired. */
export const isKept = (publisher: PypiPublisher) =>
  !publisher.pending || publisher.created >= Date.now() - PENDING_LIFETIME
