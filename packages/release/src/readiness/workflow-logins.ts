import type { PlannedLogin, TrustedPublisher } from '@slipway/core/plan'
import { REGISTRIES } from '@slipway/project/trust/judge'
import type { PublishingJob } from '@slipway/project/trust/publishing-jobs'
import type { ChannelLogin, Credentials } from '@slipway/registries/inquiry'

/** A file of a workflow without its folder, as registries ask for it. */
function fileName(path: string): string {
  return path.split('/').at(-1) ?? path
}

/**
 * What a registry has to be told to trust a job.
 * @param repository `owner/name`
 */
function publisherOf(job: PublishingJob, repository: string): TrustedPublisher {
  const [owner = '', name = ''] = repository.split('/')
  // crates.io looks at the workflow that was started, PyPI at the one that the job stands in.
  const workflow = fileName(job.registry === 'crates' ? job.workflow : job.file)
  return { owner, repository: name, workflow, environment: job.environment ?? null }
}

/** The logins of the project's workflows as the plan has them. @param repository null while it is not known */
export function plannedLogins(jobs: readonly PublishingJob[], repository: string | null): PlannedLogin[] {
  return jobs.map((each) => ({
    target: REGISTRIES[each.registry],
    kind: each.login,
    job: each.job,
    where: each.where,
    publisher: each.login === 'identity' && repository !== null ? publisherOf(each, repository) : null,
  }))
}

/** What a job has to log in with, and, where it has nothing itself, what the project's workflows have. */
export function withWorkflows(credentials: Credentials, jobs: readonly PublishingJob[]): Credentials {
  const byWorkflows = (channel: string): ChannelLogin | null => {
    const all = jobs.filter((each) => each.registry === channel)
    const chosen = all.find((each) => each.login === 'identity') ?? all[0]
    if (!chosen) return null
    const words = chosen.login === 'identity' ? 'trusted publishing' : 'a token'
    return { kind: chosen.login, words: `${words} by ${fileName(chosen.workflow)}` }
  }
  const logins = Object.entries(credentials.logins).map(([channel, login]) => {
    const isOwn = login !== null && login.kind === 'token'
    return [channel, isOwn ? login : (byWorkflows(channel) ?? login)] as const
  })
  return { ...credentials, logins: Object.fromEntries(logins) }
}
