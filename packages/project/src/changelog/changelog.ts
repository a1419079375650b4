import { normalizePython } from '@slipway/core/python/version'
import { parseVersion } from '@slipway/core/version'
import { type Heading, headingsIn } from '@slipway/documents/markdown-headings'
import { titleReader, type VersionTitle } from './version-title.ts'

/** A version's section of a changelog. */
export interface ChangelogSection {
  /** Line of its heading, counted from 1. */
  line: number
  /** `YYYY-MM-DD` as in its heading, or null. */
  date: string | null
  /** The Markdown below the heading, with the link definitions it uses. */
  notes: string
}

/** The heading of a version's section, or of "Unreleased". */
export interface VersionHeading extends VersionTitle, Pick<Heading, 'title' | 'level' | 'isUnderlined'> {
  /** Of the heading, counted from 1. */
  line: number
  /** The lines of its section below it: first and one past the last, from 0. */
  body: readonly [start: number, end: number]
}

/** The definition of a link: `[1.2.3]: https://…`. */
export interface LinkDefinition {
  label: string
  url: string
  line: number
}

/** A parsed changelog. */
export interface Changelog {
  /** Without their line ends. */
  lines: readonly string[]
  headings: VersionHeading[]
  links: LinkDefinition[]
}

const NAMES = ['changelog', 'changes', 'history', 'releases', 'release_notes', 'news']

/**
 * Returns the changelog among a project's files: `CHANGELOG.md` or another usual name, in any case.
 * @param folder of the only crate or package released; if it has no changelog, and by default, the top is searched
 */
export function changelogFile(files: readonly string[], folder = '.'): string | null {
  const prefix = folder === '.' ? '' : `${folder}/`
  const own = files.filter((file) => file.startsWith(prefix))
  const lower = new Map(own.map((file) => [file.slice(prefix.length).toLowerCase(), file]))
  const first = NAMES.flatMap((name) => lower.get(`${name}.md`) ?? [])[0]
  return first ?? (folder === '.' ? null : changelogFile(files))
}

/** Returns a file that is a changelog by its name but not Markdown; null for none. */
export function unreadChangelog(files: readonly string[]): string | null {
  const form = new RegExp(`^(${NAMES.join('|')})\\.(rst|txt|adoc)$`, 'i')
  return files.find((file) => form.test(file)) ?? null
}

const DEFINITION = /^ {0,3}\[([^\]]+)\]:\s+<?([^\s>]+)/

/**
 * Parses a changelog in the form of "Keep a Changelog".
 * @param names the names that may precede a version in its heading; sections with other names are ignored
 */
export function parseChangelog(text: string, names: readonly string[] = []): Changelog {
  // A blank in the place of a byte order mark keeps positions right.
  const lines = text.replace(/^\uFEFF/, ' ').split(/\r?\n/)
  const all = headingsIn(lines)
  const titleOf = titleReader(names)
  const headings = all.flatMap((heading, position): VersionHeading[] => {
    const title = titleOf(heading.title)
    if (!title) return []
    let next = position + 1
    while ((all[next]?.level ?? 0) > heading.level) next++
    return [{ ...heading, ...title, line: heading.index + 1, body: [heading.end, all[next]?.index ?? lines.length] }]
  })
  const links = lines.flatMap((line, index) => {
    const [, label, url] = DEFINITION.exec(line) ?? []
    return label !== undefined && url !== undefined ? [{ label, url, line: index + 1 }] : []
  })
  return { lines, headings, links }
}

/** Returns a function that finds a heading's link, in the heading itself or in a definition. */
export function linksOf({ links }: Changelog): (heading: VersionHeading) => LinkDefinition | undefined {
  const key = (label: string) => label.toLowerCase().replace(/^v/, '')
  const defined = new Map(links.map((each) => [key(each.label), each]))
  return ({ address, label, version, line }) => {
    const name = label ?? version ?? 'unreleased'
    return address === null ? defined.get(key(name)) : { label: name, url: address, line }
  }
}

/** Returns the text of a section, without link definitions. */
export function bodyOf({ lines }: Changelog, { body: [start, end] }: VersionHeading): string {
  return lines
    .slice(start, end)
    .filter((line) => !DEFINITION.test(line))
    .join('\n')
    .trim()
}

/** Returns the heading of a version, in SemVer's spelling or else PEP 440's. */
export function headingOf({ headings }: Changelog, version: string): VersionHeading | undefined {
  const python = parseVersion(version) && normalizePython(version)
  const isPython = (text: string | null) =>
    python !== null && text !== null && parseVersion(text) === null && normalizePython(text) === python
  return headings.find((each) => each.version === version) ?? headings.find((each) => isPython(each.version))
}

/**
 * Returns a version's section of a changelog, or null. Brackets and a `v` in the heading do not matter.
 * @param version SemVer
 * @param names from `changelogNames`
 */
export function changelogSection(
  text: string,
  version: string,
  names: readonly string[] = [],
): ChangelogSection | null {
  const changelog = parseChangelog(text, names)
  const heading = headingOf(changelog, version)
  if (!heading) return null
  const notes = bodyOf(changelog, heading)
  const named = new Set([...notes.matchAll(/\[([^[\]]+)\]/g)].map(([, label]) => label))
  const used = changelog.links.filter(({ label }) => named.has(label))
  const definitions = used.map(({ line }) => changelog.lines[line - 1]).join('\n')
  return {
    line: heading.line,
    date: /\d{4}-\d{2}-\d{2}/.exec(heading.rest)?.[0] ?? null,
    notes: used.length > 0 ? `${notes}\n\n${definitions}` : notes,
  }
}
