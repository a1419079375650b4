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

/**
 * Finds crates of the plan whose name crates.io has from another repository. The next version of such a name is refused,
 * since its owners are others.
 */
export async function askOwnership(inquiry: Inquiry, project: Project): Promise<Findings> {
  const own = await ownRepositories(project, inquiry)
  const found: Findings = { destinations: [], problems: [], notChecked: [], versions: [] }
  if (own.length === 0) return found
  const settingsOf = cratesIoSettings(inquiry)
  const asked = inquiry.plan.crates.filter((each) => each.publish === true)
  await Promise.all(
    asked.map(async ({ name, path }) => {
      const known = await settingsOf(name)
      // The destinations report failed queries.
      const repository = 'value' in known && known.value?.repository ? repositoryAt(known.value.repository) : null
      if (repository === null || isOwn(repository, own)) return
      const message = `crates.io has the crate ${name} from another repository, ${repository}, so this project cannot publish it.`
      const hint = 'Choose another name. If the crate is yours, correct `repository` in Cargo.toml.'
      found.problems.push(error('crate-of-other-repository', message, hint, inquiry.whereNamed(path)))
    }),
  )
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
  const settingsOf = cratesIoSettings(inquiry)
  const found = await Promise.all(
    names.map(async (name): Promise<[string, string][]> => {
      const known = await settingsOf(name)
      const { repository = null, newest = null } = ('value' in known && known.value) || {}
      const from = repository === null ? null : repositoryAt(repository)
      return from !== null && isOwn(from, own) ? [[name, `crates.io has ${newest ?? 'it'}, from ${from}`]] : []
    }),
  )
  return new Map(found.flat())
}
