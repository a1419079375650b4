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

/** Options of a plan, in addition to the project's files. */
export interface PlanReleaseOptions {
  /** The tag to release; default: the version's tag. */
  tag?: string | undefined
  /** false: query the destinations; true: use no network. Absent for a workflow step, which queries them itself. */
  offline?: boolean
  /** Token for queries to GitHub; default: the environment's. */
  githubToken?: string | undefined
  /** Whether an existing version or tag is an error; default: if a tag is given. */
  isTagged?: boolean
  /** Addresses that replace those of the environment. */
  remotes?: Partial<Endpoints>
  /** Names of extension crates to publish anyway. */
  crates?: readonly string[]
  /** Returns whether a crate is already published: then so is its next version, even of an extension crate. */
  isPublished?: ((crate: string) => Promise<boolean>) | undefined
}

/** Reason why an offline plan has no destinations. */
const OFFLINE = 'What the destinations already have: an offline plan sends no requests.'

const NO_CARGO = 'Whether cargo is new enough: it is not on PATH.'

/**
 * Plans the release of the project in a folder, from its files, its commit and, if requested, queries to the
 * destinations.
 * @throws ProblemError when the folder does not exist, and, for a workflow step, when git refuses to read the
 * repository; problems of the project are in the plan
 */
export async function planRelease(ports: Ports, dir: string, options: PlanReleaseOptions = {}): Promise<Plan> {
  await requireFolder(dir)
  const { crates = [], offline } = options
  const tag = options.tag === undefined ? undefined : givenTag(options.tag)
  const gitProblems: Problem[] = []
  // A workflow step runs cargo itself, and reports its failure.
  const queriedCargo = offline === undefined ? null : cargoVersion(ports)
  const commit = await headOf(ports, dir).catch((cause: unknown) => {
    // A workflow step needs the commit; a plan reports the rest without it.
    if (offline === undefined || !(cause instanceof ProblemError)) throw cause
    gitProblems.push(...cause.problems.map((each): Problem => ({ ...each, severity: 'warning' })))
    return null
  })
  const cargo = await queriedCargo
  const isPublished = offline ? undefined : options.isPublished
  const { plan: found, project } = await planFolder(new Folder(dir), { tag, commit, cargo, crates, isPublished })
  const isUnknown = offline !== undefined && cargo === null && found.crates.length > 0
  const notChecked = [...found.notChecked, ...(isUnknown ? [NO_CARGO] : [])]
  const local = { ...found, notChecked, problems: [...found.problems, ...gitProblems] }
  if (offline === undefined || local.version === '') return local
  const [{ withReadiness, repositoryIn }, { credentialsOf }, { plannedLogins, releaseLogins, withWorkflows }] =
    await Promise.all([
      import('../readiness/readiness.ts'),
      import('../readiness/credentials.ts'),
      import('../readiness/workflow-logins.ts'),
    ])
  const { publishing, problems } = await releaseLogins(ports, dir, local)
  const repository = publishing.length > 0 ? await repositoryIn({ ports, dir, project }) : null
  const logins = plannedLogins(publishing, repository?.repository ?? null)
  const plan = { ...local, logins, problems: [...local.problems, ...problems] }
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

/** Returns the tag that the workflow runs on (GitHub, default environment variables); undefined if it runs on none. */
export function tagOfRun(env: Ports['env']): string | undefined {
  return env.GITHUB_REF_TYPE === 'tag' ? env.GITHUB_REF_NAME : undefined
}

/**
 * Checks that a project's folder exists.
 * @throws ProblemError `no-such-folder`
 */
export async function requireFolder(dir: string): Promise<void> {
  if ((await stat(dir).catch(() => null))?.isDirectory()) return
  throw new ProblemError(error('no-such-folder', `The folder ${dir} does not exist.`, 'Pass the folder of a project.'))
}
