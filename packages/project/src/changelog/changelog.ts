import { normalizePython, parseVersion } from '@slipway/core/version'
import { type Heading, headingsIn } from '@slipway/documents/markdown-headings'
import { titleReader, type VersionTitle } from './version-title.ts'

/** A version's section of a changelog. */
export interface ChangelogSection {
  /** Line of its heading, counted from 1. */
  line: number
  /** `YYYY-MM-DD` as in its heading, or null. */
  date: string | null
  /** What stands below the heading, as Markdown, with the link definitions that it uses. */
  notes: string
}

/** A heading of a changelog that begins a section of a version, or that of what is not released yet. */
export interface VersionHeading extends VersionTitle, Pick<Heading, 'title' | 'level' | 'isUnderlined'> {
  /** Of the heading, counted from 1. */
  line: number
  /** The lines below it, up to the next heading that ends the section: first and one past the last, from 0. */
  body: readonly [start: number, end: number]
}

/** The definition of a link: `[1.2.3]: https://…`. */
export interface LinkDefinition {
  label: string
  url: string
  line: number
}

/** A changelog, taken apart. */
export interface Changelog {
  /** Without their ends. */
  lines: readonly string[]
  headings: VersionHeading[]
  links: LinkDefinition[]
}

const NAMES = ['changelog', 'changes', 'history', 'releases', 'release_notes', 'news']

/**
 * The changelog among a project's files: `CHANGELOG.md`, or what else it is called, in any case.
 * @param folder of what alone is released; where that has none, and by default, it is at the top
 */
export function changelogFile(files: readonly string[], folder = '.'): string | null {
  const prefix = folder === '.' ? '' : `${folder}/`
  const own = files.filter((file) => file.startsWith(prefix))
  const lower = new Map(own.map((file) => [file.slice(prefix.length).toLowerCase(), file]))
  const found = NAMES.flatMap((name) => lower.get(`${name}.md`) ?? [])[0]
  return found ?? (folder === '.' ? null : changelogFile(files))
}

/** A file that is a changelog by its name, but not in Markdown. */
export function unreadChangelog(files: readonly string[]): string | null {
  const form = new RegExp(`^(${NAMES.join('|')})\\.(rst|txt|adoc)$`, 'i')
  return files.find((file) => form.test(file)) ?? null
}

const DEFINITION = /^ {0,3}\[([^\]]+)\]:\s+<?([^\s>]+)/

/**
 * Takes a changelog in the form of "Keep a Changelog" apart.
 * @param names what may stand before a version in its heading; a section of anything else is none of the project's
 */
export function parseChangelog(text: string, names: readonly string[] = []): Changelog {
  // A byte order mark becomes a blank, so that positions stay right.
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

/** Gives what finds the link that a heading is: in itself, or by a definition. */
export function linksOf({ links }: Changelog): (heading: VersionHeading) => LinkDefinition | undefined {
  const key = (label: string) => label.toLowerCase().replace(/^v/, '')
  const defined = new Map(links.map((each) => [key(each.label), each]))
  return ({ address, label, version, line }) => {
    const name = label ?? version ?? 'unreleased'
    return address === null ? defined.get(key(name)) : { label: name, url: address, line }
  }
}

/** What a section says, without definitions of links. */
export function bodyOf({ lines }: Changelog, { body: [start, end] }: VersionHeading): string {
  return lines
    .slice(start, end)
    .filter((line) => !DEFINITION.test(line))
    .join('\n')
    .trim()
}

/** The heading of a version: as SemVer spells it, else as PEP 440 does. */
export function headingOf({ headings }: Changelog, version: string): VersionHeading | undefined {
  const python = parseVersion(version) && normalizePython(version)
  const isPython = (text: string | null) =>
    python !== null && text !== null && parseVersion(text) === null && normalizePython(text) === python
  return headings.find((each) => each.version === version) ?? headings.find((each) => isPython(each.version))
}

/**
 * A version's section of a changelog, or null. Brackets and a `v` do not matter.
 * @param version SemVer
 * @param names as `changelogNames` gives them
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
