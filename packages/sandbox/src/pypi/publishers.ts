import type { PypiPublisher } from './state.ts'

/** Milliseconds that a pending publisher is kept (warehouse, oidc/tasks.py). */
const PENDING_LIFETIME = 30 * 24 * 60 * 60 * 1000

/** The claims that must be there (warehouse, oidc/models/github.py). Python tells of any one that lacks; here of the first. */
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

/** Claims of an ID token that was verified. */
export type JobClaims = Record<(typeof REQUIRED)[number], string> & { environment?: string; exp: number }

/** Why no publisher corresponds to a token. */
export class NoPublisher extends Error {}

/** A token that was used before. */
export class ReusedToken extends Error {}

/** Returns the claims when all that PyPI needs are among them. Throws NoPublisher. */
export function demandClaims(claims: Record<string, unknown>): JobClaims {
  const lacking = REQUIRED.find((each) => claims[each] === undefined || claims[each] === null)
  if (lacking) throw new NoPublisher(`Missing claim '${lacking}'`)
  return claims as JobClaims
}

/**
 * Returns the publishers of one workflow and environment that a job is: the publisher with the job's environment, else
 * the one without any, in PyPI's order of checks (warehouse, oidc/models/_core.py, `verify_claims`). There are several
 * where the same workflow publishes several projects.
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

/** The called workflow must be the registered one at the run's own ref or commit, so in the caller's repository. */
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

/** Whether a pending publisher is still kept. */
export const isKept = (publisher: PypiPublisher) =>
  !publisher.pending || publisher.created >= Date.now() - PENDING_LIFETIME
