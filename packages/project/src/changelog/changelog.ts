import { normalizePython } from '@slipway/core/python/version'
import { parseVersion } from '@slipway/core/version'
import { type Heading, headingsIn } from '@slipway/documents/markdown-headings'
import { isEmptyText } from './empty-section.ts'
import { isOfOther, titleReader, type VersionTitle } from './version-title.ts'

/** A changelog: its file, relative to the project, and its text. */
export interface ChangelogFile {
  file: string
  text: string
}

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

/** Whether a line defines a link. */
export function isDefinition(line: string): boolean {
  return DEFINITION.test(line)
}

const DEFINITION = /^ {0,3}\[([^\]]+)\]:\s+<?([^\s>]+)/

/**
 * Parses a changelog in the form of "Keep a Changelog" or "conventional-changelog", which has the headings of patches as
 * deep as those of their changes. A section ends at the next version or "Unreleased" of the same level or above, at the
 * next SemVer version of any level, at the version of something else beside it, and at any heading above it.
 * @param names the names that may precede a version in its heading; sections with other names are ignored
 */
export function parseChangelog(text: string, names: readonly string[] = []): Changelog {
  // A blank in the place of a byte order mark keeps positions right.
  const lines = text.replace(/^\uFEFF/, ' ').split(/\r?\n/)
  const titleOf = titleReader(names)
  const all = headingsIn(lines).map((heading) => ({ heading, title: titleOf(heading.title) }))
  const headings = all.flatMap(({ heading, title }, position): VersionHeading[] => {
    if (!title) return []
    let next = position + 1
    for (let each = all[next]; each && !ends(heading, each.heading, each.title); each = all[next]) next++
    const body: VersionHeading['body'] = [heading.end, all[next]?.heading.index ?? lines.length]
    return [{ ...heading, ...title, line: heading.index + 1, body }]
  })
  const links = lines.flatMap((line, index) => {
    const [, label, url] = DEFINITION.exec(line) ?? []
    return label !== undefined && url !== undefined ? [{ label, url, line: index + 1 }] : []
  })
  return { lines, headings, links }
}

/** Whether a heading ends the section of one above it. */
function ends(section: Heading, { level, title }: Heading, version: VersionTitle | null): boolean {
  if (level < section.level) return true
  if (level > section.level) return version !== null && parseVersion(version.version ?? '') !== null
  return version !== null || isOfOther(title)
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

/** Returns the text of a section, without link definitions; empty if it only says that there is nothing yet. */
export function bodyOf({ lines }: Changelog, { body: [start, end], version }: VersionHeading): string {
  const text = lines
    .slice(start, end)
    .filter((line) => !isDefinition(line))
    .join('\n')
    .trim()
  return isEmptyText(text, version === null) ? '' : text
}

/** Returns the headings of a version, in SemVer's spelling or else PEP 440's: the first one of each name. */
export function headingsOf({ headings }: Changelog, version: string): VersionHeading[] {
  const python = parseVersion(version) && normalizePython(version)
  const isPython = (text: string | null) =>
    python !== null && text !== null && parseVersion(text) === null && normalizePython(text) === python
  const exact = headings.filter((each) => each.version === version)
  const found = exact.length > 0 ? exact : headings.filter((each) => isPython(each.version))
  return found.filter((each, index) => index === found.findIndex((other) => other.name === each.name))
}

/**
 * Returns a version's section of a changelog, or null. Brackets and a `v` in the heading do not matter. The sections of
 * several crates or packages become one, below their names.
 * @param version SemVer
 * @param names from `changelogNames`
 */
export function changelogSection(
  text: string,
  version: string,
  names: readonly string[] = [],
): ChangelogSection | null {
  const changelog = parseChangelog(text, names)
  const headings = headingsOf(changelog, version)
  const [heading] = headings
  if (!heading) return null
  const sections = headings
    .map((each) => ({ ...each, body: bodyOf(changelog, each) }))
    .filter(({ body }) => body !== '')
  const named = ({ level, name, body }: (typeof sections)[number]) =>
    name === null ? body : `${'#'.repeat(level)} ${name}\n\n${body}`
  const notes = (headings.length === 1 ? sections.map(({ body }) => body) : sections.map(named)).join('\n\n')
  const used = new Set([...notes.matchAll(/\[([^[\]]+)\]/g)].map(([, label]) => label))
  const definitions = changelog.links.filter(({ label }) => used.has(label))
  return {
    line: heading.line,
    date: /\d{4}-\d{2}-\d{2}/.exec(`${heading.lead?.date} ${heading.rest}`)?.[0] ?? null,
    notes: [
      notes,
      ...(definitions.length > 0 ? [definitions.map(({ line }) => changelog.lines[line - 1]).join('\n')] : []),
    ].join('\n\n'),
  }
}
