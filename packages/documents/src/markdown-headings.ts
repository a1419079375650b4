/** A heading of a Markdown text. */
export interface Heading {
  /** Of its first line, from 0. */
  index: number
  /** Of the first line below it. */
  end: number
  level: number
  /** What it says, without the marks that make it a heading. */
  title: string
  /** Whether a line below makes it one (Setext), instead of hashes before it (ATX). */
  isUnderlined: boolean
}

/** What is no paragraph that an underline makes a heading: quotes, tables, HTML, items of lists, definitions of links. */
const NOT_TEXT = /^(?:[\s>|<]|(?:[-*+]|\d{1,9}[.)])(?:\s|$)|\[[^\]]+\]:\s)/

/**
 * ATX and Setext headings outside of fenced code and HTML comments (CommonMark, sections 4.2, 4.3, 4.5 and 4.6). A Setext
 * heading that is indented, as in items of lists, is not found.
 */
export function headingsIn(lines: readonly string[]): Heading[] {
  const found: Heading[] = []
  let fence: string | null = null
  let isComment = false
  /** Where the paragraph begins that an underline would make a heading; none in a block that is something else. */
  let paragraph: number | null = null
  let isOther = false
  for (const [index, line] of lines.entries()) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    const [, hashes, title] = /^ {0,3}(#{1,6})(?:\s+(.*))?$/.exec(line) ?? []
    const underline = /^ {0,3}(=+|-+)\s*$/.exec(line)?.[1]
    const start: number | null = paragraph
    paragraph = null
    if (isComment) isComment = !line.includes('-->')
    else if (fence !== null) {
      if (mark?.startsWith(fence) && line.trim() === mark) fence = null
    } else if (mark) fence = mark
    else if (/^ {0,3}<!--/.test(line)) isComment = !line.includes('-->')
    else if (hashes !== undefined) {
      const text = (title ?? '').replace(/(?<!\S)#+\s*$/, '').trim()
      found.push({ index, end: index + 1, level: hashes.length, title: text, isUnderlined: false })
    } else if (underline && start !== null) {
      const text = lines.slice(start, index).join(' ').trim()
      found.push({ index: start, end: index + 1, level: underline[0] === '=' ? 1 : 2, title: text, isUnderlined: true })
    } else {
      if (line.trim() === '') isOther = false
      // What stands before all else may follow a byte order mark.
      else if (start === null && NOT_TEXT.test(index === 0 ? line.trim() : line)) isOther = true
      else if (!isOther) paragraph = start ?? index
      continue
    }
    isOther = false
  }
  return found
}

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

/** Longer names are none of a crate or package that a heading could have. */
const LONGEST_NAME = 100

/**
 * Gives what takes titles of versions' sections apart: `[1.2.3] - 2025-01-01`, `v1.2.3 (…)`, `Version 1.2.3`,
 * `**1.2.3**`, `\[1.2.3]`, `Unreleased`. A title that begins in another way is none: null.
 * @param names what may stand before the version, in any spelling of Python's: `demo 1.2.3`, `demo-v1.2.3`
 */
export function titleReader(names: readonly string[]): (title: string) => VersionTitle | null {
  const spelled = names
    .filter((each) => /^[\w.-]+$/.test(each) && each.length <= LONGEST_NAME)
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
