import type { Edit } from './edit.ts'

/** Lines around a change that are shown with it. */
const CONTEXT = 3

/** A run of lines, from 0, and what replaces them. */
interface Change {
  start: number
  old: string[]
  new: string[]
}

/** Lines with their ends, so that the last shows whether it has one. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** What edits do to whole lines: edits of one line together, lines that stay as they are left out. */
function changes(text: string, edits: readonly Edit[]): Change[] {
  const lines = linesOf(text)
  const starts: number[] = []
  let offset = 0
  for (const line of lines) {
    starts.push(offset)
    offset += line.length
  }
  const lineAt = (position: number) =>
    Math.max(
      0,
      starts.findLastIndex((each) => each <= position),
    )
  const groups: { first: number; last: number; edits: Edit[] }[] = []
  for (const edit of edits) {
    const first = lineAt(edit.range[0])
    const last = lineAt(Math.max(edit.range[0], edit.range[1] - 1))
    const group = groups.at(-1)
    if (group && first <= group.last) Object.assign(group, { last, edits: [...group.edits, edit] })
    else groups.push({ first, last, edits: [edit] })
  }
  return groups.map(({ first, last, edits: own }) => {
    const old = lines.slice(first, last + 1)
    const from = starts[first] ?? 0
    let after = old.join('')
    for (const { range, text: put } of own.toReversed()) {
      after = after.slice(0, range[0] - from) + put + after.slice(range[1] - from)
    }
    const now = linesOf(after)
    let same = 0
    while (same < old.length && same < now.length && old[same] === now[same]) same++
    return { start: first + same, old: old.slice(same), new: now.slice(same) }
  })
}

function marked(mark: string, lines: readonly string[]): string {
  return lines.map((line) => `${mark}${line}${line.endsWith('\n') ? '' : '\n\\ No newline at end of file\n'}`).join('')
}

/** A range of lines as hunks name it: counted from 1, the line before where there are none. */
function span(start: number, count: number): string {
  return `${count === 0 ? start : start + 1},${count}`
}

/**
 * What edits do to a file, as a unified diff (POSIX, diff -u; the form of git, without colours).
 * @param edits in the order of the text, none that changes nothing
 */
export function unifiedDiff(file: string, text: string, edits: readonly Edit[]): string {
  const lines = linesOf(text)
  const hunks: Change[][] = []
  for (const change of changes(text, edits)) {
    const last = hunks.at(-1)?.at(-1)
    if (last && change.start - (last.start + last.old.length) <= 2 * CONTEXT) hunks.at(-1)?.push(change)
    else hunks.push([change])
  }
  let shift = 0
  const shown = hunks.map((hunk) => {
    const start = Math.max(0, (hunk[0]?.start ?? 0) - CONTEXT)
    let at = start
    let grown = 0
    let body = ''
    for (const { start: from, old, new: now } of hunk) {
      body += marked(' ', lines.slice(at, from)) + marked('-', old) + marked('+', now)
      at = from + old.length
      grown += now.length - old.length
    }
    const end = Math.min(lines.length, at + CONTEXT)
    body += marked(' ', lines.slice(at, end))
    const head = `@@ -${span(start, end - start)} +${span(start + shift, end - start + grown)} @@\n`
    shift += grown
    return head + body
  })
  return `--- a/${file}\n+++ b/${file}\n${shown.join('')}`
}
