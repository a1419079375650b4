import { notice, type Problem, warning } from '@slipway/core/problem'
import { compareVersions, parseVersion } from '@slipway/core/version'
import {
  bodyOf,
  type Changelog,
  headingsOf,
  linksOf,
  parseChangelog,
  type VersionHeading,
} from '@slipway/project/changelog/changelog'
import { linkedTags } from '@slipway/project/changelog/links'
import { changelogNames } from '@slipway/project/changelog/section-names'
import type { Check, Subject } from '../check.ts'
import { sectionExists } from './section.ts'

/** The input of the checks below, which run if the changelog has a section for the released version. */
interface ReleaseSection extends Subject {
  file: string
  log: Changelog
  heading: VersionHeading
}

type SectionCheck = (section: ReleaseSection) => Problem[]

const DAY = 24 * 60 * 60 * 1000

/** Returns the words of a heading beside its version, the date among them. */
function wordsBeside({ lead, rest }: VersionHeading): string {
  return `${lead?.date ?? ''}${rest}`
}

const dateIsValid: SectionCheck = ({ log, heading, release: { version }, now, file }) => {
  const where = { file, line: heading.line }
  const today = new Date(now).toISOString().slice(0, 10)
  const misleading = (severity: typeof notice, what: string) => [
    severity(
      'changelog-date',
      `The section of ${version} ${what}, which misleads readers.`,
      `Write the release date, as in ${today}.`,
      where,
    ),
  ]
  const rest = wordsBeside(heading)
  if (/unreleased/i.test(rest)) return misleading(warning, 'is still called unreleased')
  const [date] = /(?<!\d)\d{4}-\d{1,2}-\d{1,2}(?!\d)/.exec(rest) ?? []
  if (date === undefined) {
    // Only the neighbour counts: some authors stopped writing dates years ago.
    const versioned = log.headings.filter((each) => each.version !== null)
    const at = versioned.indexOf(heading)
    const neighbour = versioned[at + 1] ?? versioned[at - 1]
    const isUsual = neighbour !== undefined && /\d{4}-\d{2}-\d{2}/.test(wordsBeside(neighbour))
    return isUsual && !/\d/.test(rest) ? misleading(notice, `has no date, unlike that of ${neighbour.version}`) : []
  }
  const time = Date.parse(`${date}T00:00:00Z`)
  // Date.parse reads 2025-02-30 as a day in March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== date)
    return misleading(warning, `has the invalid date ${date}`)
  return time > now + DAY ? misleading(warning, `has the future date ${date}`) : []
}

const sectionIsUnique: SectionCheck = ({ log, heading, release: { version }, file }) => {
  const second = log.headings.find(
    (each) => each !== heading && each.version === heading.version && each.name === heading.name,
  )
  if (!second) return []
  const message = `The changelog has a second section of ${version}; the release notes are the first one, in line ${heading.line}.`
  const where = { file, line: second.line }
  return [warning('changelog-section-twice', message, 'Merge the two sections.', where)]
}

const nothingUnreleased: SectionCheck = ({ log, release: { version }, file }) =>
  log.headings
    .filter((each) => each.version === null && /^\s*([-*+]|\d+[.)])\s/m.test(bodyOf(log, each)))
    .slice(0, 1)
    .map(({ line }) => {
      const message = `"Unreleased" has entries, which the notes of ${version} will not contain.`
      const hint = `Move the entries of this release to the section of ${version}; later ones may stay.`
      return notice('changelog-unreleased-left', message, hint, { file, line })
    })

const newestFirst: SectionCheck = ({ log, file }) => {
  const versioned = log.headings.filter((each) => each.version !== null && parseVersion(each.version))
  const pairs = versioned.slice(1).map((below, index) => [versioned[index], below] as [VersionHeading, VersionHeading])
  const dateOf = (each: VersionHeading) => /\d{4}-\d{2}-\d{2}/.exec(wordsBeside(each))?.[0]
  const isOlder = (a: VersionHeading, b: VersionHeading) => compareVersions(`${a.version}`, `${b.version}`) < 0
  // A changelog that has the oldest version first throughout is meant to.
  const ascending = pairs.length > 1 && pairs.every(([above, below]) => isOlder(above, below))
  const misplaced = pairs.find(([above, below]) => {
    const [first, second] = [dateOf(above), dateOf(below)]
    // A patch release of an older line may be above, by its date.
    return isOlder(above, below) && !(first !== undefined && second !== undefined && second < first)
  })
  if (ascending || !misplaced) return []
  const [above, below] = misplaced
  const message = `The section of ${below.version} is below the older ${above.version}; readers and tools expect the newest first.`
  return [notice('changelog-order', message, 'Put the newest section first.', { file, line: below.line })]
}

const linksAgree: SectionCheck = ({ log, heading, release: { version }, file }) => {
  const linkOf = linksOf(log)
  const own = linkOf(heading)
  const hasOthers = log.headings.some((each) => each !== heading && each.version !== null && linkOf(each))
  const problems: Problem[] = []
  if (!own && hasOthers && heading.label !== null) {
    const message = `The heading of ${version} has no link target, unlike the others.`
    const hint = `Add \`[${heading.version}]: …/compare/PREVIOUS...THIS\` at the end, like for the others.`
    problems.push(notice('changelog-link-missing', message, hint, { file, line: heading.line }))
  }
  const differs = (line: number, message: string, hint: string) =>
    problems.push(warning('changelog-link-differs', message, hint, { file, line }))
  const tags = own && linkedTags(own.url)
  if (own && tags?.to.version && tags.to.version !== version) {
    differs(
      own.line,
      `The link of ${version} leads to ${tags.to.text}, so it shows the changes of another version.`,
      `End it with the tag of ${version}.`,
    )
  } else if (own && tags?.from?.version && compareVersions(tags.from.version, version) >= 0) {
    differs(
      own.line,
      `The link of ${version} compares with ${tags.from.text}, which is not older.`,
      'Begin it with the tag of the previous release.',
    )
  }
  const open = log.headings.find((each) => each.version === null)
  const unreleased = open ? linkOf(open) : log.links.find((each) => /^unreleased$/i.test(each.label))
  const from = unreleased && linkedTags(unreleased.url)?.from
  if (unreleased && from?.version && compareVersions(from.version, version) < 0) {
    differs(
      unreleased.line,
      `The link of "Unreleased" compares with ${from.text}, so it shows the changes of ${version} as unreleased.`,
      `Begin it with the tag of ${version}.`,
    )
  }
  return problems
}

const SECTION_CHECKS: readonly SectionCheck[] = [
  dateIsValid,
  sectionIsUnique,
  nothingUnreleased,
  newestFirst,
  linksAgree,
]

const sectionIsValid: Check = (subject) => {
  const { changelog } = subject.project
  if (!changelog) return []
  const log = parseChangelog(changelog.text, changelogNames(subject.project))
  const [heading] = headingsOf(log, subject.release.version)
  if (!heading) return []
  return SECTION_CHECKS.flatMap((check) => check({ ...subject, file: changelog.file, log, heading }))
}

/** Checks the changelog's section of the release, and what surrounds it. */
export const CHANGELOG_CHECKS: readonly Check[] = [sectionExists, sectionIsValid]
