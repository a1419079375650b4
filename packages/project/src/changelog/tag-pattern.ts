import { normalizeName } from '@slipway/core/name'
import { splitTag, tagPattern, tagSubject } from '@slipway/core/tag'
import { type ChangelogFile, linksOf, parseChangelog } from './changelog.ts'
import { linkedTags } from './links.ts'

/**
 * Returns the pattern of the tags that a changelog links, by its first section with one: `{version}` for
 * `…/compare/1.2.0...1.2.1`. Null without such a link, and if the tag names a part of the project.
 * @param names of the crates and packages, which may precede the version in headings
 */
export function linkedPattern(
  changelog: ChangelogFile | null,
  names: readonly string[],
): { pattern: string; line: number } | null {
  if (!changelog) return null
  const log = parseChangelog(changelog.text, names)
  const linkOf = linksOf(log)
  const found = log.headings.flatMap((heading) => {
    const link = linkOf(heading)
    const tags = link && linkedTags(link.url)
    // "Unreleased" compares the last tag with a branch.
    const tag = heading.version === null ? tags?.from : tags?.to
    if (!tag?.version) return []
    const pattern = tag.text.replace(encodeURIComponent(tag.version), '{version}')
    // A tag that names a crate or package may release only that one.
    const subject = normalizeName(tagSubject(splitTag(tag.text)?.prefix ?? ''))
    const isNaming = names.some((each) => normalizeName(each) === subject)
    return isNaming || !tagPattern(pattern) ? [] : [{ pattern, line: heading.line }]
  })
  return found[0] ?? null
}
