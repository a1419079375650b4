import { stat } from 'node:fs/promises'
import { dirname, join, posix, relative, sep } from 'node:path'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import type { PlannedLogin, TrustedPublisher } from '@slipway/core/planned-login'
import type { Ports } from '@slipway/core/ports'
import type { Problem, Where } from '@slipway/core/problem'
import { Folder } from '@slipway/documents/folder'
import type { WorkflowSource } from '@slipway/documents/workflows/read-workflow'
import { judgeLogins, REGISTRIES } from '@slipway/plan/logins/judge'
import {
  isComputed,
  type PublishingJob,
  type WorkflowLogins,
  workflowLogins,
} from '@slipway/plan/logins/publishing-jobs'
import type { ChannelLogin, Credentials } from '@slipway/registries/inquiry'
import { CHANNELS } from '@slipway/registries/remotes'
import { workflowIn } from '@slipway/registries/trusted/form'

/** The logins of the repository's workflows that concern this release. */
export interface ReleaseLogins {
  publishing: readonly PublishingJob[]
  /** Logins that will fail, or that others could abuse. */
  problems: Problem[]
}

/**
 * Reads the logins for the plan's registries from the workflows at the top of the project's repository; in a run, only
 * from the workflow that was started. Paths are relative to the project.
 * @param files replaces the repository's workflows
 */
export async function releaseLogins(
  { env }: Pick<Ports, 'env'>,
  dir: string,
  plan: Plan,
  files?: WorkflowSource,
): Promise<ReleaseLogins> {
  const top = (await repositoryFolder(dir)) ?? dir
  const read = await workflowLogins(files ?? new Folder(top))
  const up = relative(dir, top).split(sep).join('/')
  const fromProject = (where: Where): Where => ({ ...where, file: posix.join(up, where.file) })
  const run = workflowIn(env.GITHUB_WORKFLOW_REF)?.file
  const isRun = (file: string) => run !== undefined && fileName(file) === run
  const isKnown = read.publishing.some((each) => isRun(each.workflow))
  const isPublishedTo = {
    crates: plan.crates.some((each) => each.publish === true),
    pypi: publishedPackages(plan).length > 0,
    testpypi: publishedPackages(plan).length > 0,
  }
  const publishing = read.publishing.filter(
    (each) => isPublishedTo[each.registry] && (!isKnown || isRun(each.workflow)),
  )
  const of = ({ workflow }: { workflow: string }) => !isKnown || isRun(workflow)
  const unreadable = read.unreadable.filter(({ where }) => run === undefined || isRun(where?.file ?? ''))
  const concerned: WorkflowLogins = { publishing, code: read.code.filter(of), unreadable }
  const problems = judgeLogins(concerned, env.GITHUB_SERVER_URL).map((each) =>
    each.where ? { ...each, where: fromProject(each.where) } : each,
  )
  return { publishing: publishing.map((each) => ({ ...each, where: fromProject(each.where) })), problems }
}

/** Returns the top folder of a folder's repository; null outside a repository. */
export async function repositoryFolder(dir: string): Promise<string | null> {
  for (let folder = dir; ; folder = dirname(folder)) {
    if (await stat(join(folder, '.git')).catch(() => null)) return folder
    if (folder === dirname(folder)) return null
  }
}

/** Returns the file name of a workflow, which is what registries ask for. */
function fileName(path: string): string {
  return path.split('/').at(-1) ?? path
}

/**
 * Returns the trusted publisher that a registry needs for a job.
 * @param repository `owner/name`
 */
function publisherOf(job: PublishingJob, repository: string): TrustedPublisher {
  const [owner = '', name = ''] = repository.split('/')
  // crates.io checks the workflow that was started, PyPI the one that contains the job.
  const workflow = fileName(job.registry === 'crates' ? job.workflow : job.file)
  const { environment } = job
  const where = environment !== null && isComputed(environment) ? { environmentOf: environment } : {}
  return { owner, repository: name, workflow, environment: isComputed(environment) ? null : environment, ...where }
}

/** Returns the workflows' logins in the form of the plan. @param repository null if unknown */
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

/**
 * Returns what a publishing job needs to log in; null if it can. Other tools may run for another purpose, or log in by
 * other means. Only a token works in a workflow of another repository.
 */
function missingLogin({ job, registry, login, isSlipway, isForeign, mayIdentify }: PublishingJob): string | null {
  if (login === 'token' || !isSlipway || (mayIdentify && !isForeign)) return null
  const [variable] = CHANNELS.find((each) => each.name === registry)?.variables ?? []
  return `no login in the job ${job}: ${isForeign ? 'a secret with a token' : `${variable} or trusted publishing`}`
}

/** Completes a job's credentials with the logins of the project's workflows, where it has no token itself. */
export function withWorkflows(credentials: Credentials, jobs: readonly PublishingJob[]): Credentials {
  const byWorkflows = (channel: string): ChannelLogin | null => {
    const all = jobs.filter((each) => each.registry === channel)
    // Prefer a token: it can do everything that trusted publishing can, and more.
    const chosen =
      all.find((each) => each.login === 'token') ?? all.find((each) => missingLogin(each) === null) ?? all[0]
    if (!chosen) return null
    const words = chosen.login === 'identity' ? 'trusted publishing' : 'a token'
    const missing = missingLogin(chosen)
    const login = { kind: chosen.login, words: `${words} by ${fileName(chosen.workflow)}` }
    return missing === null ? login : { ...login, missing }
  }
  const logins = Object.entries(credentials.logins).map(([channel, login]) => {
    const isOwn = login !== null && login.kind === 'token'
    return [channel, isOwn ? login : (byWorkflows(channel) ?? login)] as const
  })
  return { ...credentials, logins: Object.fromEntries(logins) }
}
