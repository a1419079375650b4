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
