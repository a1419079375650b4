import { RemoteError } from '@slipway/core/publisher'
import type { Claims } from '../trusted/id-token.ts'

/** Claims that the provenance of a build needs. */
const NEEDED = [
  'repository',
  'repository_id',
  'repository_owner_id',
  'ref',
  'sha',
  'workflow_ref',
  'job_workflow_ref',
  'event_name',
  'runner_environment',
  'run_id',
  'run_attempt',
] as const

/**
 * Returns the predicate that names the GitHub workflow and the commit of a build (SLSA, provenance v1; build type
 * "workflow/v1" of slsa-framework/github-actions-buildtypes), with the same fields as `@actions/attest`.
 * @param server address of GitHub, without trailing slash
 * @throws RemoteError when a claim is missing in the ID token
 */
export function slsaProvenance(claims: Claims, server: string): object {
  const missing = NEEDED.filter((each) => claims[each] === undefined)
  if (missing.length > 0) throw new RemoteError('refused', `the ID token has no claim ${missing.join(', ')}`)
  const { repository = '', ref, workflow_ref = '' } = claims
  const address = `${server}/${repository}`
  const [path] = workflow_ref.replace(`${repository}/`, '').split('@')
  return {
    buildDefinition: {
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      externalParameters: { workflow: { ref, repository: address, path } },
      internalParameters: {
        github: {
          event_name: claims.event_name,
          repository_id: claims.repository_id,
          repository_owner_id: claims.repository_owner_id,
          runner_environment: claims.runner_environment,
        },
      },
      resolvedDependencies: [{ uri: `git+${address}@${ref}`, digest: { gitCommit: claims.sha } }],
    },
    runDetails: {
      builder: { id: `${server}/${claims.job_workflow_ref}` },
      metadata: { invocationId: `${address}/actions/runs/${claims.run_id}/attempts/${claims.run_attempt}` },
    },
  }
}
