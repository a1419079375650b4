import { comparePython, isPythonPrerelease, parsePython } from '@slipway/core/python/version'
import { versionInTag } from '@slipway/core/tag'
import type { GitHubRelease, ReleaseText } from './client.ts'

/** Values of `make_latest` in the API (GitHub REST API, "Update a release"); `legacy`: GitHub decides by date and version. */
export type MakeLatest = 'true' | 'false' | 'legacy'

/** Returns the text before the version of a tag, without a `v`: `demo-` for `demo-v1.2.3`. */
function seriesOf(tag: string, version: string): string {
  return tag.slice(0, tag.lastIndexOf(version)).replace(/v$/, '')
}

/** Returns the versions, as spelled, that are public under tags like one: `demo-v1.2.3` for `demo-v1.3.0`, not `v2.0.0`. */
export function versionsBeside(
  tag: string,
  releases: readonly Pick<GitHubRelease, 'tag_name' | 'draft' | 'prerelease'>[],
): string[] {
  const own = versionInTag(tag)
  return releases
    .filter((each) => !each.draft && !each.prerelease)
    .flatMap(({ tag_name: other }) => {
      const version = versionInTag(other)
      const isBeside = version !== null && (own === null || seriesOf(other, version) === seriesOf(tag, own))
      return isBeside ? [version] : []
    })
}

/**
 * Returns whether a release becomes the latest one: a stable version does, unless a newer one is public beside it.
 * `legacy` if its tag has no version to compare. PEP 440 also reads the stable versions of SemVer.
 */
export function becomesLatest(
  { tag_name: tag, prerelease }: Pick<ReleaseText, 'tag_name' | 'prerelease'>,
  releases: readonly GitHubRelease[],
): MakeLatest {
  if (prerelease) return 'false'
  const own = parsePython(versionInTag(tag) ?? '')
  if (own === null) return 'legacy'
  const others = versionsBeside(tag, releases).flatMap((each) => parsePython(each) ?? [])
  const isOlder = others.some((each) => !isPythonPrerelease(each) && comparePython(own, each) < 0)
  return isOlder ? 'false' : 'true'
}
