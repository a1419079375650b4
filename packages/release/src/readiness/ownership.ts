import { publishedPackages } from '@slipway/core/overview'
import { error, type Problem } from '@slipway/core/problem'
import type { Project } from '@slipway/project/project'
import { repositoryAt, sourceAddresses, sourceLabels } from '@slipway/project/repository'
import { cratesIoSettings } from '@slipway/registries/crates/inquiry'
import type { Findings, Inquiry } from '@slipway/registries/inquiry'
import { pypiProjectUrls } from '@slipway/registries/pypi/project-urls'

/** Returns the GitHub repositories that a project names as its own, and the one it is released from. */
async function ownRepositories(project: Project, inquiry: Pick<Inquiry, 'repository'>): Promise<string[]> {
  const documents = [...project.crates.map((each) => each.manifest), ...project.packages.map((each) => each.document)]
  const workspaces = project.crates.map((each) => each.workspace)
  const named = sourceAddresses([...new Set([...documents, ...workspaces])]).map((each) => repositoryAt(each.address))
  const from = await inquiry.repository()
  return [...named, from?.repository ?? null].filter((each) => each !== null)
}

/** Whether a repository has the name of one of the project's: one that moves to another owner, or a fork, keeps it. */
function isNamedLike(repository: string, own: readonly string[]): boolean {
  const nameOf = (each: string) => each.split('/').at(-1)?.toLowerCase()
  return own.some((each) => nameOf(each) === nameOf(repository))
}

/** Whether a repository may be one of the project's: it is named like one, or was renamed by its owner. */
function mayBeOwn(repository: string, own: readonly string[]): boolean {
  const ownerOf = (each: string) => each.split('/')[0]?.toLowerCase()
  return isNamedLike(repository, own) || own.some((each) => ownerOf(each) === ownerOf(repository))
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

/** Finds crates of the plan whose name crates.io has from another repository. */
async function foreignCrates(own: readonly string[], inquiry: Inquiry): Promise<Problem[]> {
  const asked = inquiry.plan.crates.filter((each) => each.publish === true)
  const names = asked.map((each) => each.name)
  const published = await publishedFrom(names, inquiry)
  return asked.flatMap(({ name, path }) => {
    const { from = null } = published.get(name) ?? {}
    if (from === null || mayBeOwn(from, own)) return []
    const message = `crates.io has the crate ${name} from another repository, ${from}, so this project cannot publish it.`
    const hint = 'Choose another name. If the crate is yours, correct `repository` in Cargo.toml.'
    return [error('crate-of-other-repository', message, hint, inquiry.whereNamed(path))]
  })
}

/** Finds Python packages of the plan whose name PyPI has from another repository. */
async function foreignPackages(own: readonly string[], inquiry: Inquiry, { packages }: Project): Promise<Problem[]> {
  const found = await Promise.all(
    publishedPackages(inquiry.plan).map(async ({ name, path }): Promise<Problem[]> => {
      const known = await pypiProjectUrls(name, inquiry)
      // The destinations report failed queries.
      const urls = 'value' in known ? known.value : {}
      const sources = sourceLabels(Object.keys(urls)).map((label) => repositoryAt(urls[label] as string))
      const named = sources.filter((each) => each !== null)
      const [from] = named
      if (from === undefined || named.some((each) => mayBeOwn(each, own))) return []
      const message = `PyPI has the project ${name} from another repository, ${from}, so this project cannot publish it.`
      const hint = 'Choose another name. If the project is yours, name that repository in `[project.urls]`.'
      const where = packages.find((each) => each.path === path)?.document.where('project', 'name')
      return [error('package-of-other-repository', message, hint, where)]
    }),
  )
  return found.flat()
}

/**
 * Finds crates and Python packages of the plan whose name a registry has from another repository. The next version of
 * such a name is refused, since its owners are others.
 */
export async function askOwnership(inquiry: Inquiry, project: Project): Promise<Findings> {
  const own = await ownRepositories(project, inquiry)
  const questions = own.length === 0 ? [] : [foreignCrates(own, inquiry), foreignPackages(own, inquiry, project)]
  return { destinations: [], problems: (await Promise.all(questions)).flat(), notChecked: [], versions: [] }
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
  const published = [...(await publishedFrom(names, inquiry))].filter(([, { from }]) => isNamedLike(from, own))
  return new Map(published.map(([name, { from, newest }]) => [name, `crates.io has ${newest ?? 'it'}, from ${from}`]))
}
