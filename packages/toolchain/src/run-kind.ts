import type { Ports } from '@slipway/core/ports'
import { SANDBOX_VARIABLE } from '@slipway/core/sandbox'

/** Whether the workflow run releases something: it runs on a tag, or a GitHub release started it. */
export function isReleaseRun(env: Ports['env']): boolean {
  return env.GITHUB_REF_TYPE === 'tag' || env.GITHUB_EVENT_NAME === 'release'
}

/**
 * Whether other runs could have written to folders of this machine that outlive a job: a release on a self-hosted runner
 * (`RUNNER_ENVIRONMENT`; GitHub, "Default environment variables") must not take tools from there. GitHub's runners are new for
 * each job, and a rehearsal releases nothing.
 */
export function mustDistrustFolders(env: Ports['env']): boolean {
  return isReleaseRun(env) && env.RUNNER_ENVIRONMENT === 'self-hosted' && !env[SANDBOX_VARIABLE]
}
