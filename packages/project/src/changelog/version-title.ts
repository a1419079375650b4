import { MAX_HEADING_NAME_CHARACTERS } from '../limits.ts'

/** The title of a version's section in its parts, in the order in which they stand. */
export interface VersionTitle {
  /** Brackets, emphasis, a name, a `v`. */
  before: string
  /** As it is written, without a `v`; null for "Unreleased". */
  version: string | null
  /** What ends brackets and emphasis, before an address. */
  close: string
  /** Of the link that the version is, in the heading itself. */
  address: string | null
  /** What ends emphasis after an address. */
  tail: string
  /** The date, and what else is said. */
  rest: string
  /** What stands in the brackets, where these make it a link or may do so. */
  label: string | null
}

/**
 * Gives what takes titles of versions' sections apart: `[1.2.3] - 2025-01-01`, `v1.2.3 (…)`, `Version 1.2.3`,
 * `**1.2.3**`, `\[1.2.3]`, `Unreleased`. A title that begins in another way is none: null.
 * @param names what may stand before the version, in any spelling of Python's: `demo 1.2.3`, `demo-v1.2.3`
 */
export function titleReader(names: readonly string[]): (title: string) => VersionTitle | null {
  const spelled = names
    .filter((each) => /^[\w.-]+$/.test(each) && each.length <= MAX_HEADING_NAME_CHARACTERS)
    .map((each) => each.split(/[-_.]+/).join('[-_.]+'))
  const open = '[*_`\\\\[]{0,8}'
  const name = `(?:(?:${spelled.join('|')})[*_\`\\]]{0,8}(?:[ \\t]*[-–—:@/,][ \\t]*|[ \\t]+)${open})?`
  const what =
    '(?:unreleased(?![\\w-])|(?:version |release )?v?(?<version>\\d[^\\s\\](,:*_`\\\\]*)(?=$|[\\s\\](,:*_`\\\\]))'
  const form = new RegExp(`^${open}${spelled.length > 0 ? name : ''}${what}`, 'i')
  return (title) => {
    const [whole, version = null] = form.exec(title) ?? []
    if (whole === undefined) return null
    const [all = '', close = '', address = null, tail = ''] =
      /^([*_`\\\]]{0,8})(?:(?<=\])\(([^()\s]*)\)([*_`]{0,8}))?/.exec(title.slice(whole.length)) ?? []
    const bracket = /(?<!\\)\[([^\]]*)$/.exec(whole)?.[1]
    return {
      before: whole.slice(0, whole.length - (version ?? 'unreleased').length),
      version,
      close,
      address,
      tail,
      rest: title.slice(whole.length + all.length),
      label: close.includes(']') && bracket !== undefined ? bracket : null,
    }
  }
}
