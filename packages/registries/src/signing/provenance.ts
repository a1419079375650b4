import { RemoteError } from '@slipway/core/publisher'
import type { Claims } from '../trusted/id-token.ts'

/** Claims that say how something was built. */
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
 * Makes the predicate that says which workflow of GitHub built something, from which commit (SLSA, provenance v1; build
 * type "workflow/v1" of slsa-framework/github-actions-buildtypes), with the fields that `@actions/attest` gives it.
 * @param server address of GitHub, without trailing slash
 * @throws RemoteError when the ID token lacks a claim
 */
export function slsaProvenance(claims: Claims, server: string): object {
  const missing = NEEDED.filter((each) => claims[each] === undefined)
  if (missing.length > 0) throw new RemoteError('refused', `the ID token says nothing of ${missing.join(', ')}`)
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
