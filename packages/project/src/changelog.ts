/** A version's section of a changelog. */
export interface ChangelogSection {
  /** Line of its heading, counted from 1. */
  line: number
  /** `YYYY-MM-DD` as in its heading, or null. */
  date: string | null
  /** What stands below the heading, as Markdown, with the link definitions that it uses. */
  notes: string
}

/** The changelog among a project's files: CHANGELOG.md at the top, in any case. */
export function changelogFile(files: readonly string[]): string | null {
  return files.find((file) => /^changelog\.md$/i.test(file)) ?? null
}

interface Heading {
  index: number
  level: number
  title: string
}

/** ATX headings outside fenced code (CommonMark, sections 4.2 and 4.5). */
function headings(lines: readonly string[]): Heading[] {
  const found: Heading[] = []
  let fence: string | null = null
  for (const [index, line] of lines.entries()) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence !== null) {
      if (mark?.startsWith(fence) && line.trim() === mark) fence = null
    } else if (mark) fence = mark
    else {
      const [, hashes, title] = /^ {0,3}(#{1,6})\s+(.*)$/.exec(line) ?? []
      if (hashes !== undefined && title !== undefined) found.push({ index, level: hashes.length, title })
    }
  }
  return found
}

/** The version that a heading begins with: `[1.2.3] - 2025-01-01`, `v1.2.3 (…)`, `Version 1.2.3`. */
function versionOf(title: string): string | undefined {
  return /^\[?(?:version |release )?v?(\d[^\s\](,:]*)(?=$|[\s\](,:])/i.exec(title)?.[1]
}

const DEFINITION = /^ {0,3}\[([^\]]+)\]:\s+\S/

/**
 * A version's section of a changelog in the form of "Keep a Changelog", or null. Brackets and a `v` do not matter.
 * @param version SemVer
 */
export function changelogSection(text: string, version: string): ChangelogSection | null {
  const lines = text.split(/\r?\n/)
  const all = headings(lines)
  const heading = all.find((each) => versionOf(each.title) === version)
  if (!heading) return null
  const next = all.find((each) => each.index > heading.index && each.level <= heading.level)
  const body = lines.slice(heading.index + 1, next?.index).filter((line) => !DEFINITION.test(line))
  const notes = body.join('\n').trim()
  const used = lines.filter((line) => {
    const label = DEFINITION.exec(line)?.[1]
    return label !== undefined && notes.includes(`[${label}]`)
  })
  return {
    line: heading.index + 1,
    date: /\d{4}-\d{2}-\d{2}/.exec(heading.title)?.[0] ?? null,
    notes: used.length > 0 ? `${notes}\n\n${used.join('\n')}` : notes,
  }
}
