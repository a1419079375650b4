import { notice, type Problem, warning } from '@slipway/core/problem'
import { compareVersions, parseVersion } from '@slipway/core/version'
import {
  bodyOf,
  type Changelog,
  headingOf,
  linksOf,
  parseChangelog,
  type VersionHeading,
} from '@slipway/project/changelog/changelog'
import { linkedTags } from '@slipway/project/changelog/links'
import { changelogNames } from '@slipway/project/changelog/section-names'
import type { Check, Subject } from '../check.ts'
import { sectionIsThere } from './section.ts'

/** What the checks below look at: only where the changelog has a section of the version that is released. */
interface Read extends Subject {
  file: string
  log: Changelog
  heading: VersionHeading
}

type SectionCheck = (read: Read) => Problem[]

const DAY = 24 * 60 * 60 * 1000

const dateIsReal: SectionCheck = ({ log, heading, release: { version }, now, file }) => {
  const where = { file, line: heading.line }
  const today = new Date(now).toISOString().slice(0, 10)
  const told = (how: typeof notice, what: string) => [
    how(
      'changelog-date',
      `The section of ${version} ${what}: its readers are misled.`,
      `Write the date of the release, as in ${today}.`,
      where,
    ),
  ]
  const { rest } = heading
  if (/unreleased/i.test(rest)) return told(warning, 'is still called unreleased')
  const [date] = /(?<!\d)\d{4}-\d{1,2}-\d{1,2}(?!\d)/.exec(rest) ?? []
  if (date === undefined) {
    // As its neighbour has it: an author may have left dates out for years.
    const versioned = log.headings.filter((each) => each.version !== null)
    const at = versioned.indexOf(heading)
    const neighbour = versioned[at + 1] ?? versioned[at - 1]
    const isUsual = neighbour !== undefined && /\d{4}-\d{2}-\d{2}/.test(neighbour.rest)
    return isUsual && !/\d/.test(rest) ? told(notice, `has no date, though that of ${neighbour.version} has one`) : []
  }
  const time = Date.parse(`${date}T00:00:00Z`)
  // Date.parse lets 2025-02-30 be a day in March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== date)
    return told(warning, `has the date ${date}, which is none`)
  return time > now + DAY ? told(warning, `has the date ${date}, which is to come`) : []
}

const sectionIsOne: SectionCheck = ({ log, heading, release: { version }, file }) => {
  const second = log.headings.find((each) => each !== heading && each.version === heading.version)
  if (!second) return []
  const message = `The changelog has a second section of ${version}: the notes of the release are those of the first, in line ${heading.line}.`
  const where = { file, line: second.line }
  return [warning('changelog-section-twice', message, 'Make one section of them.', where)]
}

const nothingUnreleased: SectionCheck = ({ log, release: { version }, file }) =>
  log.headings
    .filter((each) => each.version === null && /^\s*([-*+]|\d+[.)])\s/m.test(bodyOf(log, each)))
    .slice(0, 1)
    .map(({ line }) => {
      const message = `"Unreleased" has entries, which the notes of ${version} will not have.`
      const hint = `Move what is in this release to the section of ${version}; what comes later may stay.`
      return notice('changelog-unreleased-left', message, hint, { file, line })
    })

const newestFirst: SectionCheck = ({ log, file }) => {
  const versioned = log.headings.filter((each) => each.version !== null && parseVersion(each.version))
  const pairs = versioned.slice(1).map((below, index) => [versioned[index], below] as [VersionHeading, VersionHeading])
  const dateOf = (each: VersionHeading) => /\d{4}-\d{2}-\d{2}/.exec(each.rest)?.[0]
  const isOlder = (a: VersionHeading, b: VersionHeading) => compareVersions(`${a.version}`, `${b.version}`) < 0
  // Where the oldest is the first throughout, that is the way of its author.
  const ascending = pairs.length > 1 && pairs.every(([above, below]) => isOlder(above, below))
  const wrong = pairs.find(([above, below]) => {
    const [first, second] = [dateOf(above), dateOf(below)]
    // A later release of an older line is above by its date.
    return isOlder(above, below) && !(first !== undefined && second !== undefined && second < first)
  })
  if (ascending || !wrong) return []
  const [above, below] = wrong
  const message = `The section of ${below.version} stands below that of ${above.version}, which is older: readers, and tools, take the first for the newest.`
  return [notice('changelog-order', message, 'Put the newest first.', { file, line: below.line })]
}

const linksAgree: SectionCheck = ({ log, heading, release: { version }, file }) => {
  const linkOf = linksOf(log)
  const own = linkOf(heading)
  const hasOthers = log.headings.some((each) => each !== heading && each.version !== null && linkOf(each))
  const problems: Problem[] = []
  if (!own && hasOthers && heading.label !== null) {
    const message = `The heading of ${version} is to be a link, as the others are, but there is no address for it.`
    const hint = `At the end, write \`[${heading.version}]: …/compare/PREVIOUS...THIS\`, as for the others.`
    problems.push(notice('changelog-link-missing', message, hint, { file, line: heading.line }))
  }
  const differs = (line: number, message: string, hint: string) =>
    problems.push(warning('changelog-link-differs', message, hint, { file, line }))
  const tags = own && linkedTags(own.url)
  if (own && tags?.to.version && tags.to.version !== version) {
    differs(
      own.line,
      `The link of ${version} leads to ${tags.to.text}: readers are shown other changes.`,
      `Let it end with the tag of ${version}.`,
    )
  } else if (own && tags?.from?.version && compareVersions(tags.from.version, version) >= 0) {
    differs(
      own.line,
      `The link of ${version} compares with ${tags.from.text}, which is not older.`,
      'Let it begin with the tag of the release before.',
    )
  }
  const open = log.headings.find((each) => each.version === null)
  const unreleased = open ? linkOf(open) : log.links.find((each) => /^unreleased$/i.test(each.label))
  const from = unreleased && linkedTags(unreleased.url)?.from
  if (unreleased && from?.version && compareVersions(from.version, version) < 0) {
    differs(
      unreleased.line,
      `The link of "Unreleased" compares with ${from.text}, but ${version} is released now: its changes would be shown as unreleased.`,
      `Let it begin with the tag of ${version}.`,
    )
  }
  return problems
}

const SECTION_CHECKS: readonly SectionCheck[] = [dateIsReal, sectionIsOne, nothingUnreleased, newestFirst, linksAgree]

const sectionIsWell: Check = (subject) => {
  const { changelog } = subject.project
  if (!changelog) return []
  const log = parseChangelog(changelog.text, changelogNames(subject.project))
  const heading = headingOf(log, subject.release.version)
  if (!heading) return []
  return SECTION_CHECKS.flatMap((check) => check({ ...subject, file: changelog.file, log, heading }))
}

/** Whether the changelog tells of the release. */
export const CHANGELOG_CHECKS: readonly Check[] = [sectionIsThere, sectionIsWell]
