import type { Destination, Plan } from '@slipway/core/plan'
import { notice, type Problem } from '@slipway/core/problem'
import { compareVersions, parseVersion } from '@slipway/core/version'
import type { Project } from '@slipway/project/project'
import { repositoryAt, repositoryOf } from '@slipway/project/repository'
import { gently, highest, type Inquiry, joined, type Repository } from '@slipway/registries/inquiry'
import { REMOTES } from '@slipway/registries/remotes'
import { askIdentity } from './identity.ts'
import { askSiblings } from './siblings.ts'
import { askTrust } from './trust.ts'

/** What is asked about, and what the plan was made from. */
export interface Asking extends Omit<Inquiry, 'whereNamed' | 'repository'> {
  /** The project, absolute. */
  dir: string
  project: Project
}

/** That of the running workflow, else that of git's remote `origin`, else the one that a manifest names; null when none tells. */
export async function repositoryIn({
  ports,
  dir,
  project,
}: Pick<Asking, 'ports' | 'dir' | 'project'>): Promise<Repository | null> {
  if (ports.env.GITHUB_REPOSITORY) return { repository: ports.env.GITHUB_REPOSITORY }
  const argv = ['git', 'remote', 'get-url', 'origin'] as const
  const finished = await ports.exec({ argv: [...argv], cwd: dir }).catch(() => null)
  const origin = finished?.code === 0 ? repositoryAt(finished.stdout.trim()) : null
  return origin === null ? repositoryOf(project) : { repository: origin }
}

/** What nobody can ask without publishing; of registries of images some tell. */
function neverKnown(destinations: readonly Destination[]): string[] {
  const targets = new Set(destinations.filter((each) => each.publisher !== 'oci').map((each) => each.target))
  if (targets.size === 0) return []
  const names = [...targets].join(', ')
  return [
    `Whether the logins may publish to ${names}, and whether something deleted there used a name up: only who publishes is told.`,
  ]
}

/** A release of an older line does not become the latest. */
function backport({ plan }: Inquiry, newest: string): Problem {
  const message = `${plan.version} is older than ${newest}, which is out: neither the release nor the image becomes the latest.`
  return notice('release-not-latest', message, 'Nothing has to be done for a release of an older line.')
}

/**
 * Asks all destinations at once what they hold, by requests that write nothing, and puts it into the plan. What cannot
 * be asked is told as not known, never as an error.
 */
export async function withReadiness(asking: Asking): Promise<Plan> {
  const { plan, project, ports } = asking
  const inquiry: Inquiry = {
    ...asking,
    ports: { ...ports, http: gently(ports.http) },
    whereNamed: (path) => project.crates.find((each) => each.path === path)?.manifest.where('package', 'name'),
    repository: () => repositoryIn(asking),
  }
  const questions = [
    ...REMOTES.map((each) => each.inquire(inquiry)),
    askSiblings(inquiry, project),
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
    notChecked: [...plan.notChecked, ...found.notChecked, ...neverKnown(found.destinations)],
    problems: [...plan.problems, ...found.problems, ...last],
  }
}
