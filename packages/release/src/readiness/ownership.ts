import { error } from '@slipway/core/problem'
import type { Project } from '@slipway/project/project'
import { repositoryAt, sourceAddresses } from '@slipway/project/repository'
import { cratesIoSettings } from '@slipway/registries/crates/inquiry'
import type { Findings, Inquiry } from '@slipway/registries/inquiry'

/** Returns the GitHub repositories that a project names as its own, and the one it is released from. */
async function ownRepositories(project: Project, inquiry: Pick<Inquiry, 'repository'>): Promise<string[]> {
  const documents = [...project.crates.map((each) => each.manifest), ...project.packages.map((each) => each.document)]
  const workspaces = project.crates.map((each) => each.workspace)
  const named = sourceAddresses([...new Set([...documents, ...workspaces])]).map((each) => repositoryAt(each.address))
  const from = await inquiry.repository()
  return [...named, from?.repository ?? null].filter((each) => each !== null)
}

/** Whether a repository may be one of the project's: a repository that moves to another owner, or a fork, keeps its name. */
function isOwn(repository: string, own: readonly string[]): boolean {
  const nameOf = (each: string) => each.split('/').at(-1)?.toLowerCase()
  return own.some((each) => nameOf(each) === nameOf(repository))
}

/** Returns the repositories on GitHub that crates.io's crates name, with their newest version, by the crate's name. */
async function publishedFrom(names: readonly string[], inquiry: Pick<Inquiry, 'ports' | 'endpoints'>) {
  const known = await cratesIoSettings(names, inquiry)
  // The destinations report failed queries.
  const settings = 'value' in known ? [...known.value] : []
  const found = settings.flatMap(([name, { repository, newest }]) => {
    const from = repository === null ? null : repositoryAt(repository)
    return from === null ? [] : [[name, { from, newest }] as const]
  })
  return new Map(found)
}

/**
 * Finds crates of the plan whose name crates.io has from another repository. The next version of such a name is refused,
 * since its owners are others.
 */
export async function askOwnership(inquiry: Inquiry, project: Project): Promise<Findings> {
  const own = await ownRepositories(project, inquiry)
  const found: Findings = { destinations: [], problems: [], notChecked: [], versions: [] }
  if (own.length === 0) return found
  const asked = inquiry.plan.crates.filter((each) => each.publish === true)
  const published = await publishedFrom(
    asked.map((each) => each.name),
    inquiry,
  )
  for (const { name, path } of asked) {
    const { from = null } = published.get(name) ?? {}
    if (from === null || isOwn(from, own)) continue
    const message = `crates.io has the crate ${name} from another repository, ${from}, so this project cannot publish it.`
    const hint = 'Choose another name. If the crate is yours, correct `repository` in Cargo.toml.'
    found.problems.push(error('crate-of-other-repository', message, hint, inquiry.whereNamed(path)))
  }
  return found
}

/**
 * Asks crates.io which crates it has from the repository of a project. Returns what shows it, by name; a failed query
 * shows nothing.
 */
export async function earlierReleases(
  names: readonly string[],
  project: Project,
  inquiry: Pick<Inquiry, 'ports' | 'endpoints' | 'repository'>,
): Promise<Map<string, string>> {
  const own = await ownRepositories(project, inquiry)
  const published = [...(await publishedFrom(names, inquiry))].filter(([, { from }]) => isOwn(from, own))
  return new Map(published.map(([name, { from, newest }]) => [name, `crates.io has ${newest ?? 'it'}, from ${from}`]))
}
