import { headingOf, parseChangelog, type VersionHeading } from '../changelog.ts'
import { type LinkedTag, linkedTags } from '../changelog-links.ts'
import type { Edit } from './edit.ts'

/** What a changelog is to be told. */
export interface RollOver {
  file: string
  text: string
  /** SemVer. */
  version: string
  /** `YYYY-MM-DD`. */
  today: string
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

/** `[v1.2.3](…) - 2025-01-01` in its parts. */
const TITLE =
  /^(?<open>\[?)(?<word>(?:version |release )?v?)(?<version>\d[^\s\](,:]*)(?<close>\]?)(?:\((?<address>[^)\s]*)\))?(?<between>[^\d]*)(?:\d{4}-\d{2}-\d{2}(?<after>\)?))?/i

/** The heading of a version, in the form of the one of the version before. */
function headingAt(
  model: VersionHeading | undefined,
  unreleased: VersionHeading,
  { version, today }: RollOver,
): string {
  const parts = model && TITLE.exec(model.title)?.groups
  const hashes = '#'.repeat(unreleased.level)
  if (!parts)
    return unreleased.title.startsWith('[') ? `${hashes} [${version}] - ${today}` : `${hashes} ${version} - ${today}`
  const { open, word, close, address, between, after } = parts
  const link = address === undefined ? null : addressAt(address, version, model.version)
  const name = `${open}${word}${version}${close}${link === null ? '' : `(${link})`}`
  return `${hashes} ${name}${after === undefined ? ` - ${today}` : `${between}${today}${after}`}`
}

/**
 * Makes of what is unreleased the section of a version, below an empty "Unreleased": its heading and its link in the
 * form of those that are there. Changes nothing where the version has a section, or where nothing is called unreleased.
 */
export function rollOver(what: RollOver): Edit[] {
  const { file, text, version } = what
  const changelog = parseChangelog(text)
  const unreleased = changelog.headings.find((each) => each.version === null)
  if (!unreleased || headingOf(changelog, version)) return []
  const lines = linesOf(text)
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const at = lines[unreleased.line - 1] as Line
  const model = changelog.headings.find((each) => each.version !== null)
  const heading = headingAt(model, unreleased, what)
  const edits: Edit[] = [{ file, range: [at.end, at.end], text: `${end}${end}${heading}` }]
  return [...edits, ...linkEdits(what, lines, end, heading, model)]
}

/** The link of a new heading, and that of what is unreleased from now on. */
function linkEdits(
  { file, text, version }: RollOver,
  lines: readonly Line[],
  end: string,
  heading: string,
  model: VersionHeading | undefined,
): Edit[] {
  const { links } = parseChangelog(text)
  const open = links.find((each) => /^unreleased$/i.test(each.label))
  const last = links.find((each) => each.label.replace(/^v/i, '') === model?.version)
  const before = model?.version ?? null
  const edits: Edit[] = []
  const from = open && linkedTags(open.url)?.from
  if (open && from?.version) {
    const line = lines[open.line - 1] as Line
    const start = line.start + line.text.indexOf(open.url) + from.range[0]
    edits.push({ file, range: [start, start + from.text.length], text: tagAt(from, version) })
  }
  // Only a heading in brackets without an address of its own is a link.
  const label = /^#+ \[([^\]]+)\](?!\()/.exec(heading)?.[1]
  const address =
    open && from?.version ? addressAt(open.url, version, from.version) : last && addressAt(last.url, version, before)
  if (label === undefined || address == null) return edits
  const definition = `[${label}]: ${address}`
  if (open) {
    const { end: place } = lines[open.line - 1] as Line
    edits.push({ file, range: [place, place], text: `${end}${definition}` })
  } else if (last) {
    const { start: place } = lines[last.line - 1] as Line
    edits.push({ file, range: [place, place], text: `${definition}${end}` })
  }
  return edits
}
