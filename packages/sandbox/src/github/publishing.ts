import { invalid } from './call.ts'
import { type Release, type Repository, resolveCommit, timestamp } from './state.ts'

/** What `make_latest` of a request can say. */
export type MakeLatest = 'true' | 'false' | 'legacy'

/** The published release of a tag. */
export const published = (repo: Repository, tag: string | undefined) =>
  repo.releases.find((each) => each.tag === tag && !each.draft)

/** The release that is the latest (REST API: "Get the latest release"): the one made so, else by version and date. */
export function latest(repo: Repository): Release | null {
  const candidates = repo.releases.filter((each) => !each.draft && !each.prerelease)
  const chosen = candidates.find((each) => each.id === repo.latest)
  if (chosen) return chosen
  return candidates.sort((a, b) => byVersion(b.tag, a.tag) || b.id - a.id)[0] ?? null
}

/** Order of tags by the numbers of their versions; 0 when one has none. */
function byVersion(a: string, b: string): number {
  const numbers = (tag: string) => /(\d+)\.(\d+)\.(\d+)/.exec(tag)?.slice(1).map(Number)
  const [left, right] = [numbers(a), numbers(b)]
  if (!left || !right) return 0
  return left.map((each, index) => each - (right[index] ?? 0)).find((each) => each !== 0) ?? 0
}

/** Who asks for a draft or a prerelease to be the latest is refused. Throws a Refusal of 422. */
export function checkLatest(wish: MakeLatest | undefined, release: Release): void {
  if (wish !== 'true' || !(release.draft || release.prerelease)) return
  throw invalid('Release', 'custom', 'make_latest', 'Latest release cannot be draft or prerelease.')
}

/** The target must be a commit, unless the tag is there: then it does not count. Gives the commit. Throws a Refusal of 422. */
export function checkTarget(repo: Repository, release: Release): string {
  const commit = resolveCommit(repo, repo.refs[`refs/tags/${release.tag}`] ? release.tag : release.target)
  if (!commit) throw invalid('Release', 'invalid', 'target_commitish')
  return commit
}

/** A tag has one published release. Throws a Refusal of 422 when it has another. */
export function checkTagFree(repo: Repository, release: Release): void {
  if (repo.releases.some((each) => each !== release && !each.draft && each.tag === release.tag)) {
    throw invalid('Release', 'already_exists', 'tag_name')
  }
}

/** Makes a release public, and its tag when there is none. Gives the effect's words. Throws a Refusal of 422. */
export function publish(repo: Repository, release: Release): string {
  if (repo.burnedTags.includes(release.tag)) {
    throw invalid('Release', 'custom', 'tag_name', 'tag_name was used by an immutable release')
  }
  checkTagFree(repo, release)
  const ref = `refs/tags/${release.tag}`
  const isNew = !repo.refs[ref]
  const sha = checkTarget(repo, release)
  if (isNew) repo.refs[ref] = { sha, type: 'commit' }
  release.draft = false
  release.publishedAt = timestamp()
  release.immutable = repo.immutableReleases
  return `release ${release.id} published${isNew ? `, tag ${release.tag} created` : ''}`
}

/** Applies `make_latest` to a release that is public. */
export function makeLatest(repo: Repository, release: Release, how: MakeLatest): void {
  if (release.prerelease) return
  if (how === 'true') repo.latest = release.id
  if (how === 'legacy') repo.latest = null
  if (how !== 'false') return
  // The one that was the latest by date and version stays so.
  const others = repo.releases.filter((each) => each !== release)
  repo.latest ??= latest({ ...repo, releases: others })?.id ?? null
}
