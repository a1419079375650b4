import { error, notice, type Problem, warning } from '@slipway/core/problem'
import type { CodeJob, PublishingJob, WorkflowLogins } from './publishing-jobs.ts'
import type { Registry } from './uploads.ts'

/** What people call the registries. */
export const REGISTRIES: Record<Registry, string> = { crates: 'crates.io', pypi: 'PyPI', testpypi: 'Test PyPI' }

/** Events whose ID tokens a registry refuses (crates.io, `EventName`; PyPI, "Trusted Publishers"). */
const REFUSED: Record<Registry, readonly string[]> = {
  crates: ['pull_request_target', 'workflow_run'],
  pypi: ['pull_request_target'],
  testpypi: ['pull_request_target'],
}

/** What the files of the workflows alone tell of logins that will fail, or that others could use. */
export function judgeLogins({ publishing, code }: WorkflowLogins): Problem[] {
  const trusted = publishing.filter((each) => each.login === 'identity')
  return [
    ...trusted.flatMap((each) => foreseen(each)),
    ...beside(trusted, code),
    ...withoutEnvironment(trusted.filter((each) => !each.isForeign)),
  ]
}

/** What makes the login of one job fail. */
function foreseen(job: PublishingJob): Problem[] {
  const registry = REGISTRIES[job.registry]
  if (job.isForeign) {
    const secret = job.registry === 'crates' ? 'CARGO_REGISTRY_TOKEN' : 'PYPI_API_TOKEN'
    const message = `The job ${job.job} publishes to ${registry} in a workflow of another repository, by the secret ${secret}, which it is not given: ${registry} would not know it.`
    const hint = `Pass ${secret} under \`secrets\`, or take the template with trusted publishing (docs/workflows.md).`
    return [error('trusted-publishing-reusable', message, hint, job.where)]
  }
  const problems: Problem[] = []
  if (!job.mayIdentify) {
    const message = `The job ${job.job} publishes to ${registry} without a token, and it may not request ID tokens: ${registry} refuses it.`
    const hint = 'Add these lines to the job, or pass a token: `permissions:` and, below it, `id-token: write`.'
    problems.push(error('identity-not-granted', message, hint, job.where))
  }
  const refused = job.events.filter((each) => REFUSED[job.registry].includes(each))
  if (refused.length > 0) {
    const message = `${refused.join(' and ')} may start ${job.workflow}, and ${registry} refuses trusted publishing then.`
    const isAlways = refused.length === job.events.length
    const hint = 'Publish in a workflow that a pushed tag starts.'
    problems.push((isAlways ? error : warning)('trusted-publishing-event', message, hint, job.where))
  }
  return problems
}

/**
 * Whoever may request ID tokens in a workflow that a registry trusts may publish, unless the publisher is registered with
 * an environment that the job does not have.
 */
function beside(trusted: readonly PublishingJob[], jobs: readonly CodeJob[]): Problem[] {
  return jobs.flatMap((job) => {
    const publishers = trusted.filter((each) => each.workflow === job.workflow)
    const open = publishers.filter((each) => !each.environment || each.environment === job.environment)
    if (open.length === 0) return []
    const registries = [...new Set(open.map((each) => REGISTRIES[each.registry]))].join(' and ')
    const message = `The job ${job.job} runs code of the project (${job.what}) and may request ID tokens: any of that code, and of what it depends on, could publish to ${registries}.`
    const hint = 'Build in a job without `id-token: write`, and publish in one that runs nothing of the project.'
    return [warning('identity-beside-code', message, hint, job.where)]
  })
}

/** Without an environment, every job of the workflow that may request ID tokens is the publisher. */
function withoutEnvironment(trusted: readonly PublishingJob[]): Problem[] {
  const jobs = new Map(
    trusted.filter((each) => each.environment === null).map((each) => [`${each.file} ${each.job}`, each]),
  )
  return [...jobs.values()].map(({ job, where }) => {
    const message = `The job ${job} publishes by trusted publishing without an environment: whoever can push a tag can publish, without a second look.`
    const hint = 'Give the job an `environment` with reviewers, and register the publisher with it.'
    return notice('publisher-without-environment', message, hint, where)
  })
}
