import { error, notice, type Problem, warning } from '@slipway/core/problem'
import type { Registry } from '@slipway/project/evidence/uploads'
import { type CodeJob, isComputed, type PublishingJob, type WorkflowLogins } from './publishing-jobs.ts'

/** Display names of the registries. */
export const REGISTRIES: Record<Registry, string> = { crates: 'crates.io', pypi: 'PyPI', testpypi: 'Test PyPI' }

/** Events whose ID tokens a registry refuses (crates.io, `EventName`; PyPI, "Trusted Publishers"). */
const REFUSED: Record<Registry, readonly string[]> = {
  crates: ['pull_request_target', 'workflow_run'],
  pypi: ['pull_request_target'],
  testpypi: ['pull_request_target'],
}

/**
 * Returns the problems of logins that will fail, or that others could use, as far as the workflow files show. Only steps
 * of Slipway raise errors, since other tools may run for another purpose.
 * @param server address of the GitHub that runs the workflows; default: github.com
 */
export function judgeLogins({ publishing, code, unreadable }: WorkflowLogins, server?: string): Problem[] {
  const trusted = publishing.filter((each) => each.login === 'identity')
  return [
    ...unreadable,
    ...trusted.flatMap((each) =>
      loginProblems(each, server).map((problem) =>
        each.isSlipway ? problem : { ...problem, severity: 'warning' as const },
      ),
    ),
    ...codeBesideIdentity(trusted, code),
    ...withoutEnvironment(trusted.filter((each) => !each.isForeign)),
  ]
}

/** Returns why the login of one job will fail. */
function loginProblems(job: PublishingJob, server: string | undefined): Problem[] {
  const registry = REGISTRIES[job.registry]
  if (job.isForeign) return [missingSecret(job)]
  const problems: Problem[] = []
  const host = server && URL.canParse(server) ? new URL(server).hostname : 'github.com'
  if (host !== 'github.com') {
    const message = `${registry} trusts jobs on github.com only, and the job ${job.job} runs on ${host}.`
    const hint = `Pass a token as \`${job.registry === 'crates' ? 'crates-token' : 'pypi-token'}\`.`
    problems.push(error('trusted-publishing-refused', message, hint, job.where))
  }
  if (!job.mayIdentify) problems.push(notGranted(job))
  const refused = job.events.filter((each) => REFUSED[job.registry].includes(each))
  if (refused.length > 0) {
    const message = `${registry} refuses trusted publishing for ${refused.join(' and ')}, which can start ${job.workflow}.`
    const isAlways = refused.length === job.events.length
    const hint = 'Start the workflow by a pushed tag: `on: { push: { tags: ["v*"] } }`.'
    problems.push((isAlways ? error : warning)('trusted-publishing-event', message, hint, job.where))
  }
  if (job.isAttested && job.file !== job.workflow && job.registry !== 'crates') {
    const message = `This step attests for ${job.workflow}, but ${registry} identifies the job by ${job.file}, so it refuses the attestations and the files.`
    const hint = `Set \`attestations: false\`, or publish from a job of ${job.workflow} itself.`
    problems.push(error('attestation-not-of-publisher', message, hint, job.where))
  }
  return problems
}

function missingSecret({ job, registry, where }: PublishingJob): Problem {
  const secret = registry === 'crates' ? 'CARGO_REGISTRY_TOKEN' : 'PYPI_API_TOKEN'
  const message = `The job ${job} does not pass the secret ${secret} to Slipway's release.yml, so it cannot publish to ${REGISTRIES[registry]}.`
  const input = registry === 'crates' ? 'crates' : 'packages'
  const hint = `Pass ${secret} under \`secrets\`, set \`${input}: off\`, or use the template with trusted publishing (docs/workflows.md).`
  return error('trusted-publishing-reusable', message, hint, where)
}

function notGranted({ job, registry, where, deniedAt, workflow }: PublishingJob): Problem {
  const name = REGISTRIES[registry]
  if (deniedAt) {
    const message = `${name} refuses the job ${job}: it uses trusted publishing, but ${workflow} calls its workflow without \`id-token: write\`.`
    const hint =
      "Add `id-token: write` to the `permissions` of the calling job; a called workflow has at most its caller's."
    return error('identity-not-granted', message, hint, deniedAt)
  }
  const message = `${name} refuses the job ${job}: it uses trusted publishing, but may not request ID tokens.`
  const hint = 'Add `id-token: write` to the `permissions` of the job, or pass a token.'
  return error('identity-not-granted', message, hint, where)
}

/**
 * Reports jobs that run code of the project and could publish: in a workflow that a registry trusts, every job that may
 * request ID tokens can, unless the publisher is registered with another environment. GitHub compares environments
 * without case.
 */
function codeBesideIdentity(trusted: readonly PublishingJob[], jobs: readonly CodeJob[]): Problem[] {
  const isSame = (one: string, other: string | null) => one.toLowerCase() === other?.toLowerCase()
  return jobs.flatMap((job) => {
    const publishers = trusted.filter((each) => each.workflow === job.workflow && !each.isForeign)
    const open = publishers.filter(
      ({ environment }) => environment === null || isComputed(environment) || isSame(environment, job.environment),
    )
    if (open.length === 0) return []
    const registries = [...new Set(open.map((each) => REGISTRIES[each.registry]))].join(' and ')
    const message = `The job ${job.job} runs project code (${job.what}) and may request ID tokens, so that code or a dependency could publish to ${registries}.`
    const hint = 'Build in a job without `id-token: write`, and publish from a job that runs no project code.'
    return [warning('identity-beside-code', message, hint, job.where)]
  })
}

/** Reports publishers without an environment: every job of the workflow that may request ID tokens can publish. */
function withoutEnvironment(trusted: readonly PublishingJob[]): Problem[] {
  const jobs = new Map(
    trusted.filter((each) => each.environment === null).map((each) => [`${each.file} ${each.job}`, each]),
  )
  return [...jobs.values()].map(({ job, where }) => {
    const message = `The job ${job} uses trusted publishing without an environment, so anyone who can push a tag can publish.`
    const hint =
      'Add `environment: release` to the job, give that environment reviewers, and register the publisher with it.'
    return notice('publisher-without-environment', message, hint, where)
  })
}
