import { placeText } from '@slipway/core/problem'
import { USUAL_TAG } from '@slipway/core/tag'
import type { ChangelogFile } from '../changelog/changelog.ts'
import { linkedPattern } from '../changelog/tag-pattern.ts'
import type { ReadSettings } from '../settings/read.ts'
import type { Evidence } from './evidence.ts'
import { latestSeries, seriesWords } from './tag-series.ts'
import type { Member, Train } from './trains.ts'

/** The pattern of tags, with what shows it; null if it is assumed. */
export interface TagForm {
  pattern: string
  because: string | null
}

/** The start of a pattern of versions in `on.push.tags`: `*`, `[0-9]`, `?`. */
const VERSION_GLOB = /^(?:[*?[]|\d)/

/** Returns the pattern of the tags that a glob of `on.push.tags` matches; null if it shows none. */
function patternOfGlob(glob: string): string | null {
  const head = /^[^*?[+!\d]*/.exec(glob)?.[0] ?? ''
  const rest = glob.slice(head.length)
  // `*` alone matches every tag.
  if (!VERSION_GLOB.test(rest) || (head === '' && /^\*+$/.test(rest))) return null
  return /(?:^|[-/@_])v?$/.test(head) || head === '' ? `${head}{version}` : null
}

/**
 * Returns the form of the tags of crates and packages in no train: that of the settings; else of git's newest tags; else
 * the one that starts a workflow that publishes; else the one that the changelog links; else the usual one.
 * @param names that may precede the version in the changelog's headings
 */
export function tagFormOf(
  { settings, where }: ReadSettings,
  { series, workflows: { triggers } }: Evidence,
  { changelog, names }: { changelog: ChangelogFile | null; names: readonly string[] },
): TagForm {
  if (settings.tag !== null) return { pattern: settings.tag, because: placeText(where('tag')) }
  const newest = latestSeries(series.filter((each) => each.subject === ''))
  if (newest) return { pattern: `${newest.prefix}{version}`, because: seriesWords(newest) }
  const shown = triggers.flatMap(({ tags }) => {
    if (!tags?.where) return []
    const because = placeText(tags.where)
    return tags.patterns.flatMap((each) => patternOfGlob(each) ?? []).map((pattern) => ({ pattern, because }))
  })
  const ofWorkflow = shown.find((each) => each.pattern === USUAL_TAG) ?? shown[0]
  if (ofWorkflow) return ofWorkflow
  const linked = linkedPattern(changelog, names)
  if (changelog && linked) return { pattern: linked.pattern, because: placeText({ ...linked, file: changelog.file }) }
  return { pattern: USUAL_TAG, because: null }
}

/** Returns the form of the tags of a release: of its train, or of the train of the crate or package that has its version. */
export function tagFormFor(
  { kind, name }: Pick<Member, 'kind' | 'name'>,
  { trains, tagForm, selected }: { trains: readonly Train[]; tagForm: TagForm; selected: { pattern: string } | null },
): TagForm {
  const ofSelected = trains.find((each) => each.pattern === selected?.pattern)
  if (selected) {
    const isCommon = selected.pattern === tagForm.pattern
    return ofSelected ?? { pattern: selected.pattern, because: isCommon ? tagForm.because : null }
  }
  const key = kind === 'crate' ? 'crates' : 'packages'
  return trains.find((each) => each[key].includes(name)) ?? tagForm
}
