import { FenceReader } from './markdown-fences.ts'

/** A heading of a Markdown text. */
export interface Heading {
  /** Its first line, from 0. */
  index: number
  /** The first line below it, from 0. */
  end: number
  level: number
  /** Its text, without the marks that make it a heading. */
  title: string
  /** Whether a line below makes it a heading (Setext), instead of hashes before it (ATX). */
  isUnderlined: boolean
}

/** The start of a block that no underline makes a heading: a quote, table, HTML, list item or link definition. */
const NOT_TEXT = /^(?:[\s>|<]|(?:[-*+]|\d{1,9}[.)])(?:\s|$)|\[[^\]]+\]:\s)/

/**
 * Returns the ATX and Setext headings outside of fenced code and HTML comments (CommonMark, 4.2, 4.3, 4.5 and 4.6). An
 * indented Setext heading, as in list items, is not found.
 */
export function headingsIn(lines: readonly string[]): Heading[] {
  const headings: Heading[] = []
  const fences = new FenceReader('three')
  let isComment = false
  /** First line of the paragraph that an underline would make a heading; null in any other block. */
  let paragraph: number | null = null
  let isOtherBlock = false
  for (const [index, line] of lines.entries()) {
    const [, hashes, title] = /^ {0,3}(#{1,6})(?:\s+(.*))?$/.exec(line) ?? []
    const underline = /^ {0,3}(=+|-+)\s*$/.exec(line)?.[1]
    const start: number | null = paragraph
    paragraph = null
    const isCode = !isComment && fences.read(line).place !== 'outside'
    if (isComment || (!isCode && /^ {0,3}<!--/.test(line))) isComment = !line.includes('-->')
    else if (isCode) isOtherBlock = false
    else if (hashes !== undefined) {
      const text = (title ?? '').replace(/(?<!\S)#+\s*$/, '').trim()
      headings.push({ index, end: index + 1, level: hashes.length, title: text, isUnderlined: false })
    } else if (underline && start !== null) {
      const text = lines.slice(start, index).join(' ').trim()
      const level = underline[0] === '=' ? 1 : 2
      headings.push({ index: start, end: index + 1, level, title: text, isUnderlined: true })
    } else {
      if (line.trim() === '') isOtherBlock = false
      // A byte order mark became a blank before the first line.
      else if (start === null && NOT_TEXT.test(index === 0 ? line.trim() : line)) isOtherBlock = true
      else if (!isOtherBlock) paragraph = start ?? index
      continue
    }
    isOtherBlock = false
  }
  return headings
}
