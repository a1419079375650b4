import type { TrustedPublisher } from '@slipway/core/planned-login'
import type { Claims } from './id-token.ts'

/** Parses the repository (`owner/name`) and file of a claim such as `workflow_ref`; null for anything else. */
export function workflowIn(ref: string | undefined): { repository: string; file: string } | null {
  const [, repository, file] = /^([^/]+\/[^/]+)\/\.github\/workflows\/([^@/]+)@/.exec(ref ?? '') ?? []
  return repository !== undefined && file !== undefined ? { repository, file } : null
}

/** The claim that a registry checks: the workflow that was started, or the one that contains the job. */
export type WorkflowClaim = 'workflow_ref' | 'job_workflow_ref'

/**
 * Returns the publisher settings that match a job's claims; null if a claim is missing.
 * @param by crates.io reads `workflow_ref`; PyPI reads `job_workflow_ref`, but takes owner and name from `repository`
 */
export function formOf(claims: Claims, by: WorkflowClaim): TrustedPublisher | null {
  const [owner, repository] = (claims.repository ?? '').split('/')
  const workflow = workflowIn(claims[by])?.file
  if (!owner || !repository || !workflow) return null
  return { owner, repository, workflow, environment: claims.environment || null }
}

/** Returns publisher settings as text: the registries' field names, with the values to enter. */
export function inWords({ owner, repository, workflow, environment, environmentOf }: TrustedPublisher): string {
  const place = environmentOf
    ? `the value of \`${environmentOf}\``
    : environment === null
      ? '(leave it empty)'
      : `\`${environment}\``
  return `repository owner \`${owner}\`, repository name \`${repository}\`, workflow \`${workflow}\`, environment ${place}`
}

/** Returns the claims that a job sent, as text. */
export function sentOf(claims: Claims, by: WorkflowClaim): string {
  const { repository = 'unknown', environment, ref = 'unknown' } = claims
  const place = environment ? `environment \`${environment}\`` : 'no environment'
  return `repository \`${repository}\`, ${by} \`${claims[by] ?? 'unknown'}\`, ${place}, ref \`${ref}\``
}
