import { error, notice, type Problem, warning } from '@slipway/core/problem'
import { type CodeJob, isComputed, type PublishingJob, type WorkflowLogins } from './publishing-jobs.ts'
import type { Registry } from './uploads.ts'

/** What people call the registries. */
export const REGISTRIES: Record<Registry, string> = { crates: 'crates.io', pypi: 'PyPI', testpypi: 'Test PyPI' }

/** Events whose ID tokens a registry refuses (crates.io, `EventName`; PyPI, "Trusted Publishers"). */
const REFUSED: Record<Registry, readonly string[]> = {
  crates: ['pull_request_target', 'workflow_run'],
  pypi: ['pull_request_target'],
  testpypi: ['pull_request_target'],
}

/**
 * What the files of the workflows alone tell of logins that will fail, or that others could use. Only what Slipway does is
 * an error: what other tools are run for is not known as well.
 */
export function judgeLogins({ publishing, code, unreadable }: WorkflowLogins): Problem[] {
  const trusted = publishing.filter((each) => each.login === 'identity')
  return [
    ...unreadable,
    ...trusted.flatMap((each) =>
      foreseen(each).map((problem) => (each.isSlipway ? problem : { ...problem, severity: 'warning' as const })),
    ),
    ...beside(trusted, code),
    ...withoutEnvironment(trusted.filter((each) => !each.isForeign)),
  ]
}

/** What makes the login of one job fail. */
function foreseen(job: PublishingJob): Problem[] {
  const registry = REGISTRIES[job.registry]
  if (job.isForeign) return [withoutSecret(job)]
  const problems: Problem[] = []
  if (!job.mayIdentify) problems.push(notGranted(job))
  const refused = job.events.filter((each) => REFUSED[job.registry].includes(each))
  if (refused.length > 0) {
    const message = `${refused.join(' and ')} can start ${job.workflow}, and ${registry} refuses trusted publishing for that event.`
    const isAlways = refused.length === job.events.length
    const hint = 'Publish in a workflow that a pushed tag starts.'
    problems.push((isAlways ? error : warning)('trusted-publishing-event', message, hint, job.where))
  }
  if (job.isAttested && job.file !== job.workflow && job.registry !== 'crates') {
    const message = `This step attests for ${job.workflow}, but ${registry} knows the job by ${job.file}, so it refuses the attestations, and the files with them.`
    const hint = `Set \`attestations: false\`, or publish in a job of ${job.workflow} itself.`
    problems.push(error('attestation-not-of-publisher', message, hint, job.where))
  }
  return problems
}

function withoutSecret({ job, registry, where }: PublishingJob): Problem {
  const secret = registry === 'crates' ? 'CARGO_REGISTRY_TOKEN' : 'PYPI_API_TOKEN'
  const message = `The job ${job} does not pass the secret ${secret} to Slipway's release.yml, so it cannot publish to ${REGISTRIES[registry]}.`
  const input = registry === 'crates' ? 'crates' : 'packages'
  const hint = `Pass ${secret} under \`secrets\`, leave this out with \`${input}: off\`, or use the template with trusted publishing (docs/workflows.md).`
  return error('trusted-publishing-reusable', message, hint, where)
}

function notGranted({ job, registry, where, heldBackAt, workflow }: PublishingJob): Problem {
  const name = REGISTRIES[registry]
  if (heldBackAt) {
    const message = `The job ${job} publishes to ${name} with its identity, but ${workflow} does not grant it \`id-token: write\` where it calls its workflow, so ${name} refuses it.`
    const hint =
      "Add `id-token: write` to the `permissions` of the calling job: a called workflow has at most its caller's."
    return error('identity-not-granted', message, hint, heldBackAt)
  }
  const message = `The job ${job} publishes to ${name} with its identity, but may not request ID tokens, so ${name} refuses it.`
  const hint = 'Add `permissions:` with `id-token: write` to the job, or pass a token.'
  return error('identity-not-granted', message, hint, where)
}

/**
 * Whoever may request ID tokens in a workflow that a registry trusts may publish, unless the publisher is registered with
 * an environment that the job does not have. GitHub tells environments apart without case.
 */
function beside(trusted: readonly PublishingJob[], jobs: readonly CodeJob[]): Problem[] {
  const isSame = (one: string, other: string | null) => one.toLowerCase() === other?.toLowerCase()
  return jobs.flatMap((job) => {
    const publishers = trusted.filter((each) => each.workflow === job.workflow && !each.isForeign)
    const open = publishers.filter(
      ({ environment }) => environment === null || isComputed(environment) || isSame(environment, job.environment),
    )
    if (open.length === 0) return []
    const registries = [...new Set(open.map((each) => REGISTRIES[each.registry]))].join(' and ')
    const message = `The job ${job.job} runs code of the project (${job.what}) and may request ID tokens, so that code and its dependencies could publish to ${registries}.`
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
    const message = `The job ${job} uses trusted publishing without an environment, so anyone who can push a tag can publish.`
    const hint = 'Give the job an `environment` with reviewers, and register the publisher with it.'
    return notice('publisher-without-environment', message, hint, where)
  })
}
