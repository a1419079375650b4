import type { Edit } from '@slipway/documents/edit'
import {
  bodyOf,
  type Changelog,
  headingsOf,
  isDefinition,
  linksOf,
  parseChangelog,
  type VersionHeading,
} from '@slipway/project/changelog/changelog'
import { dateLike } from '@slipway/project/changelog/leading-date'
import { type LinkedTag, linkedTags } from '@slipway/project/changelog/links'

/** A changelog, and the version to release in it. */
export interface RollOver {
  file: string
  text: string
  /** SemVer. */
  version: string
  /** `YYYY-MM-DD`. */
  today: string
  /** The names that may precede versions in headings, from `changelogNames`. */
  names?: readonly string[]
}

/** A line of a text, with its offsets. */
interface Line {
  start: number
  /** Before the line's end characters. */
  end: number
  text: string
}

function linesOf(text: string): Line[] {
  let start = 0
  return text.split('\n').map((raw) => {
    const line = raw.replace(/\r$/, '')
    const at = { start, end: start + line.length, text: line }
    start += raw.length + 1
    return at
  })
}

/** Returns a linked tag with another version. */
function tagFor({ text, version }: LinkedTag, other: string): string {
  return text.replace(version ?? text, () => encodeURIComponent(other))
}

/** Returns the address of a version, modelled on that of another. A comparison begins at the version before. */
function addressFor(address: string, version: string, before: string | null): string | null {
  const tags = linkedTags(address)
  if (!tags) return null
  const { from, to } = tags
  const own = to.version !== null ? tagFor(to, version) : from?.version ? tagFor(from, version) : null
  if (own === null) return null
  if (!from) return address.slice(0, to.range[0]) + own
  const previous = before !== null && from.version !== null ? tagFor(from, before) : from.text
  return address.slice(0, from.range[0]) + previous + address.slice(from.range[1], to.range[0]) + own
}

const CLOSING = new Map([
  ['(', ')'],
  ['[', ']'],
])

/** Returns the date for a heading in the form of another heading: with its punctuation, without its other words. */
function dateFor({ rest }: VersionHeading, today: string): string {
  const form = /^(?<words>.*?)(?<between>\s*[-–—/:,|·~]*\s*(?<open>[([*_]*))(?<!\d)\d{4}-\d{2}-\d{2}/.exec(rest)?.groups
  const { words, between = '', open = '' } = form ?? {}
  // A blank alone after other words is not a form to copy.
  if (words === undefined || (words !== '' && between.trim() === '')) return ` - ${today}`
  const closing = [...open].reverse().map((each) => CLOSING.get(each) ?? each)
  return `${between}${today}${closing.join('')}`
}

/** The sections that a new section is modelled on. */
interface Sections {
  unreleased: VersionHeading
  /** The section of the newest version. */
  model: VersionHeading | undefined
  /** The address in the heading of the new version; null for none. */
  address: string | null
}

/** Returns the heading of a version in the form of the version before, without the marks of its level. */
function titleFor({ unreleased, model, address }: Sections, version: string, today: string): string {
  const link = address === null ? '' : `(${address})`
  if (!model) return `${unreleased.label !== null || link ? `[${version}]${link}` : version} - ${today}`
  const { lead, before, close, tail, label } = model
  const name = link && label === null ? `[${before}${version}${close}]` : `${before}${version}${close}`
  const title = `${name}${link}${tail}`
  return lead ? `${dateLike(lead.date, today)}${lead.between}${title}` : `${title}${dateFor(model, today)}`
}

/** Returns the address for the heading of a new section if the version before, or "Unreleased", has one there; else null. */
function inlineAddress(log: Changelog, unreleased: VersionHeading, model: VersionHeading | undefined, version: string) {
  if (model && model.address !== null) return addressFor(model.address, version, model.version)
  if (unreleased.address === null || (model && linksOf(log)(model))) return null
  const from = linkedTags(unreleased.address)?.from?.version
  return from ? addressFor(unreleased.address, version, from) : null
}

/**
 * Turns the unreleased changes into the section of a version, below an empty "Unreleased"; with an "Unreleased" for each
 * crate, into one section for each. Heading and link take the form of the existing ones. If the version has a section
 * marked as unreleased, that gets the date. Changes nothing if its section is complete, or if there is no "Unreleased".
 */
export function rollOver(release: RollOver): Edit[] {
  const { text, version, names } = release
  const changelog = parseChangelog(text, names)
  const lines = linesOf(text)
  const existing = headingsOf(changelog, version)
  if (existing.length > 0) return existing.flatMap((each) => dateEdits(release, each, lines))
  const all = changelog.headings
    .filter((each) => each.version === null)
    .map((unreleased): Sections => {
      const versioned = changelog.headings.filter((each) => each.version !== null)
      const model = versioned.find((each) => each.name === unreleased.name) ?? versioned[0]
      return { unreleased, model, address: inlineAddress(changelog, unreleased, model, version) }
    })
  const [first] = all
  if (!first) return []
  const edits = all
    .filter((each, index) => index === all.findIndex((other) => other.unreleased.name === each.unreleased.name))
    .map((each) => headingEdit(release, changelog, lines, each))
  return [...edits, ...linkEdits(release, changelog, lines, first)]
}

/** Returns the edit that inserts the heading of a new section. */
function headingEdit(
  { file, text, version, today }: RollOver,
  changelog: Changelog,
  lines: readonly Line[],
  sections: Sections,
): Edit {
  const { unreleased } = sections
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const { end: place } = lines[newSectionAt(changelog, unreleased) - 1] as Line
  const title = titleFor(sections, version, today)
  const heading = unreleased.isUnderlined
    ? `${title}${end}${(unreleased.level === 1 ? '=' : '-').repeat(title.length)}`
    : `${'#'.repeat(unreleased.level)} ${title}`
  return { file, range: [place, place], text: `${end}${end}${heading}` }
}

/** Returns the line after which the new section begins, counted from 1: below "Nothing yet", which stays unreleased. */
function newSectionAt(changelog: Changelog, unreleased: VersionHeading): number {
  const [start, end] = unreleased.body
  if (bodyOf(changelog, unreleased) !== '') return start
  return (
    changelog.lines
      .slice(0, end)
      .findLastIndex((line, index) => index < start || (line.trim() !== '' && !isDefinition(line))) + 1
  )
}

/** Returns the edit that replaces "unreleased" by the date in the heading of a version. */
function dateEdits({ file, today }: RollOver, { line, rest }: VersionHeading, lines: readonly Line[]): Edit[] {
  const word = /(?<![\w-])unreleased(?![\w-])/i.exec(rest)
  const { start, text } = lines[line - 1] as Line
  if (!word || !text.includes(rest)) return []
  const place = start + text.lastIndexOf(rest) + word.index
  return [{ file, range: [place, place + word[0].length], text: today }]
}

/** Returns the edits that link the new heading, and that let "Unreleased" begin at the new version. */
function linkEdits(
  { file, text, version }: RollOver,
  changelog: Changelog,
  lines: readonly Line[],
  { unreleased, model, address: inline }: Sections,
): Edit[] {
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const linkOf = linksOf(changelog)
  const openLink = linkOf(unreleased)
  const lastLink = model && linkOf(model)
  const edits: Edit[] = []
  const from = openLink && linkedTags(openLink.url)?.from
  if (openLink && from?.version) {
    const line = lines[openLink.line - 1] as Line
    const start = line.start + line.text.indexOf(openLink.url) + from.range[0]
    edits.push({ file, range: [start, start + from.text.length], text: tagFor(from, version) })
  }
  const label = model ? model.label?.replace(`${model.version}`, () => version) : unreleased.label && version
  // A heading is linked by a definition only if it is in brackets and has no address itself.
  if (label == null || inline !== null || (model && model.address !== null)) return edits
  const before = model?.version ?? null
  const address =
    openLink && from?.version
      ? addressFor(openLink.url, version, from.version)
      : lastLink && addressFor(lastLink.url, version, before)
  if (address == null) return edits
  const definition = `[${label}]: ${address}`
  if (openLink && unreleased.address === null) {
    const { end: place } = lines[openLink.line - 1] as Line
    edits.push({ file, range: [place, place], text: `${end}${definition}` })
  } else if (lastLink) {
    const { start: place } = lines[lastLink.line - 1] as Line
    edits.push({ file, range: [place, place], text: `${definition}${end}` })
  }
  return edits
}
