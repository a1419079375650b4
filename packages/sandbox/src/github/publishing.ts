import { invalid } from './call.ts'
import { type Release, type Repository, resolveCommit, timestamp } from './state.ts'

/** Values of `make_latest` in a request. */
export type MakeLatest = 'true' | 'false' | 'legacy'

/** Returns the published release of a tag. */
export const published = (repo: Repository, tag: string | undefined) =>
  repo.releases.find((each) => each.tag === tag && !each.draft)

/**
 * Returns the latest release (REST API: "Get the latest release"): the one set explicitly, else by version and date.
 */
export function latest(repo: Repository): Release | null {
  const candidates = repo.releases.filter((each) => !each.draft && !each.prerelease)
  const chosen = candidates.find((each) => each.id === repo.latest)
  if (chosen) return chosen
  return candidates.sort((a, b) => byVersion(b.tag, a.tag) || b.id - a.id)[0] ?? null
}

/** Compares tags by the numbers of their versions; 0 if one has none. */
function byVersion(a: string, b: string): number {
  const numbers = (tag: string) => /(\d+)\.(\d+)\.(\d+)/.exec(tag)?.slice(1).map(Number)
  const [left, right] = [numbers(a), numbers(b)]
  if (!left || !right) return 0
  return left.map((each, index) => each - (right[index] ?? 0)).find((each) => each !== 0) ?? 0
}

/**
 * Refuses to make a draft or prerelease the latest.
 * @throws Refusal 422
 */
export function checkLatest(wanted: MakeLatest | undefined, release: Release): void {
  if (wanted !== 'true' || !(release.draft || release.prerelease)) return
  throw invalid('Release', 'custom', 'make_latest', 'Latest release cannot be draft or prerelease.')
}

/**
 * Returns the release's commit. The target must be a commit, unless the tag exists, which takes precedence.
 * @throws Refusal 422
 */
export function checkTarget(repo: Repository, release: Release): string {
  const commit = resolveCommit(repo, repo.refs[`refs/tags/${release.tag}`] ? release.tag : release.target)
  if (!commit) throw invalid('Release', 'invalid', 'target_commitish')
  return commit
}

/**
 * Demands that a tag has no other published release.
 * @throws Refusal 422
 */
export function checkTagFree(repo: Repository, release: Release): void {
  if (repo.releases.some((each) => each !== release && !each.draft && each.tag === release.tag)) {
    throw invalid('Release', 'already_exists', 'tag_name')
  }
}

/**
 * Publishes a release, and creates its tag if missing. Returns the effect in words.
 * @throws Refusal 422
 */
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

/** Applies `make_latest` to a published release. */
export function makeLatest(repo: Repository, release: Release, how: MakeLatest): void {
  if (release.prerelease) return
  if (how === 'true') repo.latest = release.id
  if (how === 'legacy') repo.latest = null
  if (how !== 'false') return
  // The release that was the latest by date and version stays so.
  const others = repo.releases.filter((each) => each !== release)
  repo.latest ??= latest({ ...repo, releases: others })?.id ?? null
}
