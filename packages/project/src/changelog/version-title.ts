import { MAX_HEADING_NAME_CHARACTERS } from '../limits.ts'
import { LEADING_DATE } from './leading-date.ts'

/** The title of a version's section in its parts, in their order. */
export interface VersionTitle {
  /** A date before everything else, and the signs after it: `31 January 2025`, `: `; null for none. */
  lead: { date: string; between: string } | null
  /** Brackets, emphasis, a name, a `v`. */
  before: string
  /** The crate or package that it names, as written; null for none. */
  name: string | null
  /** As written, without a `v`; null for "Unreleased". */
  version: string | null
  /** The end of brackets and emphasis, before an address. */
  close: string
  /** The address, if the version is an inline link. */
  address: string | null
  /** The end of emphasis after an address. */
  tail: string
  /** The date and any other text. */
  rest: string
  /** The text in brackets that make, or may make, the title a link. */
  label: string | null
}

const LEAD = new RegExp(`^(${LEADING_DATE})([ \\t]*[-–—:,|/][ \\t]*|[ \\t]+)`)

/**
 * Returns a parser of titles: `[1.2.3] - 2025-01-01`, `v1.2.3 (…)`, `Version 1.2.3`, `**1.2.3**`, `\[1.2.3]`,
 * `Unreleased`, `31 January 2025: 1.2.3`. It returns null for a title that begins otherwise.
 * @param names the names that may precede the version, in any of Python's spellings: `demo 1.2.3`, `demo-v1.2.3`
 */
export function titleReader(names: readonly string[]): (title: string) => VersionTitle | null {
  const spellings = names
    .filter((each) => /^[\w.-]+$/.test(each) && each.length <= MAX_HEADING_NAME_CHARACTERS)
    .map((each) => each.split(/[-_.]+/).join('[-_.]+'))
  const open = '[*_`\\\\[]{0,8}'
  const named = `(?:(?<name>${spellings.join('|')})[*_\`\\]]{0,8}(?:[ \\t]*[-–—:@/,][ \\t]*|[ \\t]+)${open})?`
  const versionForm =
    '(?:unreleased(?![\\w-])|(?:version |release )?v?(?<version>\\d[^\\s\\](,:*_`\\\\]*)(?=$|[\\s\\](,:*_`\\\\]))'
  const form = new RegExp(`^${open}${spellings.length > 0 ? named : ''}${versionForm}`, 'i')
  const read = (title: string, lead: VersionTitle['lead']): VersionTitle | null => {
    const match = form.exec(title)
    if (!match) return null
    const [whole] = match
    const { name = null, version = null } = match.groups ?? {}
    const [all = '', close = '', address = null, tail = ''] =
      /^([*_`\\\]]{0,8})(?:(?<=\])\(([^()\s]*)\)([*_`]{0,8}))?/.exec(title.slice(whole.length)) ?? []
    const bracket = /(?<!\\)\[([^\]]*)$/.exec(whole)?.[1]
    return {
      lead,
      before: whole.slice(0, whole.length - (version ?? 'unreleased').length),
      name,
      version,
      close,
      address,
      tail,
      rest: title.slice(whole.length + all.length),
      label: close.includes(']') && bracket !== undefined ? bracket : null,
    }
  }
  return (title) => {
    const [lead = '', date = '', between = ''] = LEAD.exec(title) ?? []
    const dated = lead === '' ? null : read(title.slice(lead.length), { date, between })
    // After a date, a number without a dot belongs to a sentence.
    return dated?.version?.includes('.') ? dated : read(title, null)
  }
}

/** Whether a title has the version of something else: one word, then three numbers. */
export function isOfOther(title: string): boolean {
  return /^[^\s\d]\S{0,100}[ \t]*(?:[-–—:@/,][ \t]*)?[*_`\\[]{0,8}v?\d+\.\d+\.\d+/i.test(title)
}
