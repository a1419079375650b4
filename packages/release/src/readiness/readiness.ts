import type { Destination, Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { notice, type Problem } from '@slipway/core/problem'
import { compareVersions, parseVersion } from '@slipway/core/version'
import type { Project } from '@slipway/project/project'
import { repositoryAt, repositoryOf } from '@slipway/project/repository'
import { highest, type Inquiry, joined, type Repository } from '@slipway/registries/inquiry'
import { REMOTES } from '@slipway/registries/remotes'
import { askIdentity } from './identity.ts'
import { askOwnership } from './ownership.ts'
import { askSiblings } from './siblings.ts'
import { askTrust } from './trust.ts'

/** A plan to complete with the destinations' answers, and the project it was made from. Its ports send gently. */
export interface PlanQuery extends Omit<Inquiry, 'whereNamed' | 'repository'> {
  /** The project, absolute. */
  dir: string
  project: Project
}

/**
 * Returns the repository of the running workflow, else of git's remote `origin`, else the one in a manifest; null if
 * unknown.
 */
export async function repositoryIn({
  ports,
  dir,
  project,
}: Pick<PlanQuery, 'ports' | 'dir' | 'project'>): Promise<Repository | null> {
  if (ports.env.GITHUB_REPOSITORY) return { repository: ports.env.GITHUB_REPOSITORY }
  const origin = await originOf(ports, dir)
  return origin === null ? repositoryOf(project) : { repository: origin }
}

/** Returns the repository on GitHub of git's remote `origin`, as `owner/name`; null if there is none. */
export async function originOf({ exec }: Pick<Ports, 'exec'>, dir: string): Promise<string | null> {
  const finished = await exec({ argv: ['git', 'remote', 'get-url', 'origin'], cwd: dir }).catch(() => null)
  return finished?.code === 0 ? repositoryAt(finished.stdout.trim()) : null
}

/** Lists the questions that only publishing answers. Some image registries answer them earlier. */
function openQuestions(destinations: readonly Destination[]): string[] {
  const targets = new Set(destinations.filter((each) => each.publisher !== 'oci').map((each) => each.target))
  if (targets.size === 0) return []
  const names = [...targets].join(', ')
  return [
    `Whether the logins may publish to ${names}, and whether a deleted file or version blocks a name: only publishing reveals this.`,
  ]
}

/** Reports a backport, which does not become the latest release. */
function backport({ plan }: Inquiry, newest: string): Problem {
  const message = `${plan.version} is older than the published ${newest}, so neither the release nor the image becomes the latest.`
  return notice('release-not-latest', message, 'No action needed for a backport.')
}

/**
 * Queries all destinations concurrently, with read-only requests, and adds the answers to the plan. A failed query is
 * reported as not checked, never as an error.
 */
export async function withReadiness(query: PlanQuery): Promise<Plan> {
  const { plan, project } = query
  const inquiry: Inquiry = {
    ...query,
    whereNamed: (path) => project.crates.find((each) => each.path === path)?.manifest.where('package', 'name'),
    repository: () => repositoryIn(query),
  }
  const questions = [
    ...REMOTES.map((each) => each.inquire(inquiry)),
    askSiblings(inquiry, project),
    askOwnership(inquiry, project),
    askIdentity(inquiry),
    askTrust(inquiry),
  ]
  const found = joined(await Promise.all(questions))
  const newest = highest(found.versions)
  const isStable = !plan.prerelease && parseVersion(plan.version) !== null
  const isOlder = isStable && newest !== null && compareVersions(plan.version, newest) < 0
  const last = isOlder ? [backport(inquiry, newest)] : []
  return {
    ...plan,
    destinations: found.destinations,
    makeLatest: plan.makeLatest && !isOlder,
    notChecked: [...plan.notChecked, ...found.notChecked, ...openQuestions(found.destinations)],
    problems: [...plan.problems, ...found.problems, ...last],
  }
}
