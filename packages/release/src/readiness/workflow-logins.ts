import { stat } from 'node:fs/promises'
import { dirname, join, posix, relative, sep } from 'node:path'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan, PlannedLogin, TrustedPublisher } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import type { Problem, Where } from '@slipway/core/problem'
import { Folder } from '@slipway/documents/folder'
import { judgeLogins, REGISTRIES } from '@slipway/plan/logins/judge'
import {
  isComputed,
  type PublishingJob,
  type WorkflowLogins,
  workflowLogins,
} from '@slipway/plan/logins/publishing-jobs'
import type { ChannelLogin, Credentials } from '@slipway/registries/inquiry'
import { workflowIn } from '@slipway/registries/trusted/form'

/** What the workflows of the repository do with logins, as far as it concerns this release. */
export interface ReleaseLogins {
  publishing: readonly PublishingJob[]
  /** What will fail, or could be used by others. */
  problems: Problem[]
}

/**
 * Reads the logins of a project's workflows, which are at the top of its repository: those for registries that the plan
 * goes to. In a run, only those of the workflow that was started. Files are told relative to the project.
 */
export async function releaseLogins({ env }: Pick<Ports, 'env'>, dir: string, plan: Plan): Promise<ReleaseLogins> {
  const top = await topOf(dir)
  const read = await workflowLogins(new Folder(top))
  const up = relative(dir, top).split(sep).join('/')
  const shown = (where: Where): Where => ({ ...where, file: posix.join(up, where.file) })
  const run = workflowIn(env.GITHUB_WORKFLOW_REF)?.file
  const isRun = (file: string) => run !== undefined && fileName(file) === run
  const isKnown = read.publishing.some((each) => isRun(each.workflow))
  const goes = {
    crates: plan.crates.some((each) => each.publish === true),
    pypi: publishedPackages(plan).length > 0,
    testpypi: publishedPackages(plan).length > 0,
  }
  const publishing = read.publishing.filter((each) => goes[each.registry] && (!isKnown || isRun(each.workflow)))
  const of = ({ workflow }: { workflow: string }) => !isKnown || isRun(workflow)
  const unreadable = read.unreadable.filter(({ where }) => run === undefined || isRun(where?.file ?? ''))
  const concerned: WorkflowLogins = { publishing, code: read.code.filter(of), unreadable }
  const problems = judgeLogins(concerned).map((each) => (each.where ? { ...each, where: shown(each.where) } : each))
  return { publishing: publishing.map((each) => ({ ...each, where: shown(each.where) })), problems }
}

/** The top of the repository that a folder is in; the folder itself outside of one. */
async function topOf(dir: string): Promise<string> {
  for (let folder = dir; ; folder = dirname(folder)) {
    if (await stat(join(folder, '.git')).catch(() => null)) return folder
    if (folder === dirname(folder)) return dir
  }
}

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
  const { environment } = job
  const where = environment !== null && isComputed(environment) ? { environmentOf: environment } : {}
  return { owner, repository: name, workflow, environment: isComputed(environment) ? null : environment, ...where }
}

/** The logins of the project's workflows as the plan has them. @param repository null while it is not known */
export function plannedLogins(jobs: readonly PublishingJob[], repository: string | null): PlannedLogin[] {
  return jobs.map((each) => ({
    target: REGISTRIES[each.registry],
    kind: each.login,
    job: each.job,
    where: each.where,
    publisher:
      each.login === 'identity' && !each.isForeign && repository !== null ? publisherOf(each, repository) : null,
  }))
}

/** What a job has to log in with, and, where it has nothing itself, what the project's workflows have. */
export function withWorkflows(credentials: Credentials, jobs: readonly PublishingJob[]): Credentials {
  const byWorkflows = (channel: string): ChannelLogin | null => {
    const all = jobs.filter((each) => each.registry === channel)
    // Where one has a token, what only a token can do is not out of reach.
    const chosen = all.find((each) => each.login === 'token') ?? all[0]
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
