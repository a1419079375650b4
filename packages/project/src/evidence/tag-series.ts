import { compareSpellings } from '@slipway/core/python/version'
import { splitTag, tagSubject } from '@slipway/core/tag'

/** The tags of a repository that differ only in their version. */
export interface TagSeries {
  /** The text before the version: `v`, `python-v`; empty for none. */
  prefix: string
  /** What the prefix names: `python`; empty for `v` and for none. */
  subject: string
  /** The last versions, newest first. */
  versions: readonly [newest: string, ...older: string[]]
}

/** So many of its newest tags show the form of a series. */
const SHOWN = 3

/** Groups the tags of a repository by the text before their version; other tags are left out. Ordered by their prefix. */
export function tagSeries(tags: readonly string[]): TagSeries[] {
  const byPrefix = new Map<string, string[]>()
  for (const tag of tags) {
    const split = splitTag(tag)
    if (split === null) continue
    const versions = byPrefix.get(split.prefix) ?? []
    byPrefix.set(split.prefix, [...versions, split.version].sort((a, b) => compareSpellings(b, a)).slice(0, SHOWN))
  }
  return [...byPrefix]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([prefix, [newest = '', ...older]]) => ({ prefix, subject: tagSubject(prefix), versions: [newest, ...older] }))
}

/** Returns the series with the newest version; undefined for none. */
export function latestSeries(all: readonly TagSeries[]): TagSeries | undefined {
  return [...all].sort((a, b) => compareSpellings(b.versions[0], a.versions[0]))[0]
}

/** Returns the newest tags of a series for people: `tags v1.2.0, v1.1.4`. */
export function seriesWords({ prefix, versions }: TagSeries): string {
  return `tags ${versions.map((each) => prefix + each).join(', ')}`
}
