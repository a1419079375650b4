import { few } from '@slipway/core/counted'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { type Problem, ProblemError } from '@slipway/core/problem'
import { givenTag } from '@slipway/core/tag'
import { Folder } from '@slipway/documents/folder'
import { planFolder } from '@slipway/plan/plan'
import type { Project } from '@slipway/project/project'
import { endpointsOf } from '@slipway/registries/endpoints'
import { gently } from '@slipway/registries/inquiry'
import { commitOfTag, headOf } from '@slipway/toolchain/git'
import { gitHistory } from '@slipway/toolchain/git-history'
import { cargoVersion } from '@slipway/toolchain/rust'
import type { PlanReleaseOptions } from './options.ts'
import { isKnownPublished } from './published.ts'

/** Reason why an offline plan has no destinations. */
const OFFLINE = 'What the destinations already have: an offline plan sends no requests.'

const NO_CARGO = 'Whether cargo is new enough: it is not on PATH.'

/** Returns the line about crates that are not released for want of evidence, which crates.io may have. */
function unproven({ crates }: Project): string[] {
  const names = crates.filter((each) => each.unproven !== undefined).map((each) => each.name)
  if (names.length === 0) return []
  return [`Whether the project has published ${few(names)} before: an offline plan does not ask crates.io.`]
}

/** Plans like `planRelease`, in a folder that exists. */
export async function planProject(ports: Ports, dir: string, options: PlanReleaseOptions): Promise<Plan> {
  const { crates = [], prebuilt, offline } = options
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
  const history = options.history ?? (commit === null ? undefined : await gitHistory(ports, dir))
  const endpoints = { ...endpointsOf(ports.env), ...options.remotes }
  const unanswered: string[] = []
  const queries = { ...ports, http: gently(ports.http) }
  const isPublished =
    options.isPublished ?? (offline === false ? isKnownPublished(queries, endpoints, unanswered) : undefined)
  const earlierReleases =
    offline === false
      ? async (names: readonly string[], project: Project) =>
          (await import('../readiness/ownership.ts')).earlierReleases(names, project, {
            ports: queries,
            endpoints,
            repository: () =>
              import('../readiness/readiness.ts').then((it) => it.repositoryIn({ ports, dir, project })),
          })
      : undefined
  const about = { tag, commit, cargo, crates, prebuilt, isPublished, earlierReleases, history }
  const { plan: found, project } = await planFolder(new Folder(dir), about)
  const isUnknown = offline !== undefined && cargo === null && found.crates.length > 0
  const notChecked = [...found.notChecked, ...unanswered, ...(isUnknown ? [NO_CARGO] : [])]
  const local = { ...found, notChecked, problems: [...found.problems, ...gitProblems] }
  if (offline === undefined || local.version === '') return local
  const [
    { withReadiness, repositoryIn },
    { credentialsOf },
    { plannedLogins, releaseLogins, withWorkflows },
    { tagElsewhere },
  ] = await Promise.all([
    import('../readiness/readiness.ts'),
    import('../readiness/credentials.ts'),
    import('../readiness/workflow-logins.ts'),
    import('@slipway/registries/github/inquiry'),
  ])
  const { publishing, problems } = await releaseLogins(ports, dir, local, options.workflows)
  const repository = publishing.length > 0 ? await repositoryIn({ ports, dir, project }) : null
  const logins = plannedLogins(publishing, repository?.repository ?? null)
  const isTagged = options.isTagged ?? tag !== undefined
  const plan = { ...local, logins, problems: [...local.problems, ...problems] }
  const there = commit === null ? null : await commitOfTag(ports, dir, plan.tag)
  const elsewhere = there === null ? null : tagElsewhere(there, { plan, isTagged })
  // GitHub's tag comes first: the one here may be outdated.
  const withTag = (asked: Plan) =>
    elsewhere === null || asked.problems.some((each) => each.code === elsewhere.code)
      ? asked
      : { ...asked, problems: [...asked.problems, elsewhere] }
  if (offline) return withTag({ ...plan, notChecked: [...notChecked, ...unproven(project), OFFLINE] })
  const credentials = withWorkflows(credentialsOf(ports.env, options.githubToken), publishing)
  return withTag(await withReadiness({ ports: queries, dir, plan, project, endpoints, credentials, isTagged }))
}
