import type { Edit } from '@slipway/documents/edit'
import {
  type Changelog,
  headingOf,
  linksOf,
  parseChangelog,
  type VersionHeading,
} from '@slipway/project/changelog/changelog'
import { type LinkedTag, linkedTags } from '@slipway/project/changelog/links'

/** What a changelog is to be told. */
export interface RollOver {
  file: string
  text: string
  /** SemVer. */
  version: string
  /** `YYYY-MM-DD`. */
  today: string
  /** What stands before versions in headings, as `changelogNames` gives it. */
  names?: readonly string[]
}

/** A line of a text and where it stands. */
interface Line {
  start: number
  /** Before its end. */
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

/** A tag with another version in the place of its own. */
function tagAt({ text, version }: LinkedTag, other: string): string {
  return text.replace(version ?? text, () => encodeURIComponent(other))
}

/** The address of a version, by that of another: compared with the version before where both are compared. */
function addressAt(address: string, version: string, before: string | null): string | null {
  const tags = linkedTags(address)
  if (!tags) return null
  const { from, to } = tags
  const own = to.version !== null ? tagAt(to, version) : from?.version ? tagAt(from, version) : null
  if (own === null) return null
  if (!from) return address.slice(0, to.range[0]) + own
  const previous = before !== null && from.version !== null ? tagAt(from, before) : from.text
  return address.slice(0, from.range[0]) + previous + address.slice(from.range[1], to.range[0]) + own
}

const CLOSING = new Map([
  ['(', ')'],
  ['[', ']'],
])

/** The date below a version, in the form that it has in a heading: its punctuation, not what else is said there. */
function dateAt({ rest }: VersionHeading, today: string): string {
  const form = /^(?<said>.*?)(?<between>\s*[-–—/:,|·~]*\s*(?<open>[([*_]*))(?<!\d)\d{4}-\d{2}-\d{2}/.exec(rest)?.groups
  const { said, between = '', open = '' } = form ?? {}
  // After other words a blank alone is no form.
  if (said === undefined || (said !== '' && between.trim() === '')) return ` - ${today}`
  const closing = [...open].reverse().map((each) => CLOSING.get(each) ?? each)
  return `${between}${today}${closing.join('')}`
}

/** What of a changelog a new section is made from. */
interface Sections {
  unreleased: VersionHeading
  /** The newest version that has one. */
  model: VersionHeading | undefined
  /** The address of the new version, where that stands in its heading. */
  address: string | null
}

/** The heading of a version, in the form of the one of the version before, without marks of its level. */
function titleAt({ unreleased, model, address }: Sections, version: string, today: string): string {
  const link = address === null ? '' : `(${address})`
  if (!model) return `${unreleased.label !== null || link ? `[${version}]${link}` : version} - ${today}`
  const { before, close, tail, label } = model
  const name = link && label === null ? `[${before}${version}${close}]` : `${before}${version}${close}`
  return `${name}${link}${tail}${dateAt(model, today)}`
}

/** The address that a new section has in its heading, as the one before has, or "Unreleased": null where it has none. */
function inlineAddress(log: Changelog, unreleased: VersionHeading, model: VersionHeading | undefined, version: string) {
  if (model && model.address !== null) return addressAt(model.address, version, model.version)
  if (unreleased.address === null || (model && linksOf(log)(model))) return null
  const from = linkedTags(unreleased.address)?.from?.version
  return from ? addressAt(unreleased.address, version, from) : null
}

/**
 * Makes of what is unreleased the section of a version, below an empty "Unreleased": its heading and its link in the
 * form of those that are there. Where the version has a section that is called unreleased, that gets the date. Changes
 * nothing where its section is complete, or where nothing is called unreleased.
 */
export function rollOver(what: RollOver): Edit[] {
  const { file, text, version, today, names } = what
  const changelog = parseChangelog(text, names)
  const lines = linesOf(text)
  const there = headingOf(changelog, version)
  if (there) return dateEdits(what, there, lines)
  const unreleased = changelog.headings.find((each) => each.version === null)
  if (!unreleased) return []
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const { end: place } = lines[unreleased.body[0] - 1] as Line
  const model = changelog.headings.find((each) => each.version !== null)
  const address = inlineAddress(changelog, unreleased, model, version)
  const title = titleAt({ unreleased, model, address }, version, today)
  const heading = unreleased.isUnderlined
    ? `${title}${end}${(unreleased.level === 1 ? '=' : '-').repeat(title.length)}`
    : `${'#'.repeat(unreleased.level)} ${title}`
  const edits: Edit[] = [{ file, range: [place, place], text: `${end}${end}${heading}` }]
  return [...edits, ...linkEdits(what, changelog, lines, { unreleased, model, address })]
}

/** Puts the date in the place of "unreleased" in the heading of a version. */
function dateEdits({ file, today }: RollOver, { line, rest }: VersionHeading, lines: readonly Line[]): Edit[] {
  const word = /(?<![\w-])unreleased(?![\w-])/i.exec(rest)
  const { start, text } = lines[line - 1] as Line
  if (!word || !text.includes(rest)) return []
  const place = start + text.lastIndexOf(rest) + word.index
  return [{ file, range: [place, place + word[0].length], text: today }]
}

/** The link of a new heading, and that of what is unreleased from now on. */
function linkEdits(
  { file, text, version }: RollOver,
  changelog: Changelog,
  lines: readonly Line[],
  { unreleased, model, address: inline }: Sections,
): Edit[] {
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const linkOf = linksOf(changelog)
  const open = linkOf(unreleased)
  const last = model && linkOf(model)
  const edits: Edit[] = []
  const from = open && linkedTags(open.url)?.from
  if (open && from?.version) {
    const line = lines[open.line - 1] as Line
    const start = line.start + line.text.indexOf(open.url) + from.range[0]
    edits.push({ file, range: [start, start + from.text.length], text: tagAt(from, version) })
  }
  const label = model ? model.label?.replace(`${model.version}`, () => version) : unreleased.label && version
  // Only a heading in brackets without an address of its own is a link by a definition.
  if (label == null || inline !== null || (model && model.address !== null)) return edits
  const before = model?.version ?? null
  const address =
    open && from?.version ? addressAt(open.url, version, from.version) : last && addressAt(last.url, version, before)
  if (address == null) return edits
  const definition = `[${label}]: ${address}`
  if (open && unreleased.address === null) {
    const { end: place } = lines[open.line - 1] as Line
    edits.push({ file, range: [place, place], text: `${end}${definition}` })
  } else if (last) {
    const { start: place } = lines[last.line - 1] as Line
    edits.push({ file, range: [place, place], text: `${definition}${end}` })
  }
  return edits
}
