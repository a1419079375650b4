import { stat } from 'node:fs/promises'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { givenTag } from '@slipway/core/tag'
import { Folder } from '@slipway/documents/folder'
import { planFolder } from '@slipway/plan/plan'
import { type Endpoints, endpointsOf } from '@slipway/registries/endpoints'
import { headOf } from '@slipway/toolchain/git'
import { cargoVersion } from '@slipway/toolchain/rust'

/** What a plan is made from besides the project's files. */
export interface PlanReleaseOptions {
  /** The tag that is released; without it, the one that the version makes. */
  tag?: string | undefined
  /** false: the destinations are asked what they hold; true: nothing may be asked of any network. Left out for a step, which asks its own. */
  offline?: boolean
  /** Asks GitHub; without it, the token of the environment. */
  githubToken?: string | undefined
  /** Whether what stands in the way of the tag is an error; without it, where a tag is given. */
  isTagged?: boolean
  /** Where destinations are asked in place of those of the environment. */
  remotes?: Partial<Endpoints>
  /** Extension crates to publish all the same, by name. */
  crates?: readonly string[]
  /** Whether a crate of this name is published already: then its next version is, extension or not. */
  isPublished?: ((crate: string) => Promise<boolean>) | undefined
}

/** Why an offline plan knows of no destination. */
const OFFLINE = 'What the destinations hold: nothing is asked of any network.'

const NO_CARGO = 'Whether cargo is new enough: there is none on PATH.'

/**
 * Plans the release of the project in a folder: what its files say, the commit that they are at, and, where that is
 * wanted, what the destinations hold.
 * @throws ProblemError when there is no such folder, and, for a step, when git refuses to read the repository; what is
 * wrong with the project is in the plan
 */
export async function planRelease(ports: Ports, dir: string, options: PlanReleaseOptions = {}): Promise<Plan> {
  await requireFolder(dir)
  const { crates = [], offline } = options
  const tag = options.tag === undefined ? undefined : givenTag(options.tag)
  const unread: Problem[] = []
  // A step runs cargo itself, and hears what it cannot do.
  const asked = offline === undefined ? null : cargoVersion(ports)
  const commit = await headOf(ports, dir).catch((cause: unknown) => {
    // A step needs the commit; a plan tells the rest without it.
    if (offline === undefined || !(cause instanceof ProblemError)) throw cause
    unread.push(...cause.problems.map((each): Problem => ({ ...each, severity: 'warning' })))
    return null
  })
  const cargo = await asked
  const isPublished = offline ? undefined : options.isPublished
  const { plan: found, project } = await planFolder(new Folder(dir), { tag, commit, cargo, crates, isPublished })
  const isUnknown = offline !== undefined && cargo === null && found.crates.length > 0
  const notChecked = [...found.notChecked, ...(isUnknown ? [NO_CARGO] : [])]
  const read = { ...found, notChecked, problems: [...found.problems, ...unread] }
  if (offline === undefined || read.version === '') return read
  const [{ withReadiness, repositoryIn }, { credentialsOf }, { plannedLogins, releaseLogins, withWorkflows }] =
    await Promise.all([
      import('./readiness/readiness.ts'),
      import('./readiness/credentials.ts'),
      import('./readiness/workflow-logins.ts'),
    ])
  const { publishing, problems } = await releaseLogins(ports, dir, read)
  const repository = publishing.length > 0 ? await repositoryIn({ ports, dir, project }) : null
  const logins = plannedLogins(publishing, repository?.repository ?? null)
  const plan = { ...read, logins, problems: [...read.problems, ...problems] }
  if (offline) return { ...plan, notChecked: [...notChecked, OFFLINE] }
  const credentials = withWorkflows(credentialsOf(ports.env, options.githubToken), publishing)
  const endpoints = { ...endpointsOf(ports.env), ...options.remotes }
  return withReadiness({
    ports,
    dir,
    plan,
    project,
    endpoints,
    credentials,
    isTagged: options.isTagged ?? tag !== undefined,
  })
}

/** The tag whose push started the workflow (GitHub, default environment variables); undefined for any other event. */
export function tagOfRun(env: Ports['env']): string | undefined {
  return env.GITHUB_REF_TYPE === 'tag' ? env.GITHUB_REF_NAME : undefined
}

/**
 * Makes sure that a project's folder is there.
 * @throws ProblemError `no-such-folder`
 */
export async function requireFolder(dir: string): Promise<void> {
  if ((await stat(dir).catch(() => null))?.isDirectory()) return
  throw new ProblemError(error('no-such-folder', `There is no folder ${dir}.`, 'Name the folder of a project.'))
}
