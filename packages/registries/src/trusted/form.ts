import type { TrustedPublisher } from '@slipway/core/plan'
import type { Claims } from './id-token.ts'

/** Repository (`owner/name`) and file of a claim such as `workflow_ref`; null for anything else. */
export function workflowIn(ref: string | undefined): { repository: string; file: string } | null {
  const [, repository, file] = /^([^/]+\/[^/]+)\/\.github\/workflows\/([^@/]+)@/.exec(ref ?? '') ?? []
  return repository !== undefined && file !== undefined ? { repository, file } : null
}

/** Which of the two workflows of a job a registry looks at: the one that was started, or the one that the job stands in. */
export type LookedAt = 'workflow_ref' | 'job_workflow_ref'

/**
 * The values with which a registry would know a job, by what GitHub says of it; null where that is not told.
 * @param by crates.io reads `workflow_ref`; PyPI reads `job_workflow_ref`, but the owner and the name of `repository`
 */
export function formOf(claims: Claims, by: LookedAt): TrustedPublisher | null {
  const [owner, repository] = (claims.repository ?? '').split('/')
  const workflow = workflowIn(claims[by])?.file
  if (!owner || !repository || !workflow) return null
  return { owner, repository, workflow, environment: claims.environment || null }
}

/** A form in words: the names of its fields as the registries have them, with the values to fill in. */
export function inWords({ owner, repository, workflow, environment, environmentOf }: TrustedPublisher): string {
  const place = environmentOf
    ? `what \`${environmentOf}\` gives`
    : environment === null
      ? '(leave it empty)'
      : `\`${environment}\``
  return `repository owner \`${owner}\`, repository name \`${repository}\`, workflow \`${workflow}\`, environment ${place}`
}

/** What was sent of a job, in words. */
export function sentOf(claims: Claims, by: LookedAt): string {
  const { repository = 'unknown', environment, ref = 'unknown' } = claims
  const place = environment ? `environment \`${environment}\`` : 'no environment'
  return `repository \`${repository}\`, ${by} \`${claims[by] ?? 'unknown'}\`, ${place}, ref \`${ref}\``
}
