import { notice, warning } from '@slipway/core/problem'
import { parsePython, sameVersion } from '@slipway/core/python/version'
import { splitTag } from '@slipway/core/tag'
import { changelogFile, parseChangelog } from '@slipway/project/changelog/changelog'
import { changelogNames } from '@slipway/project/changelog/section-names'
import type { Check, Subject } from '../check.ts'

/** A heading with a version, in either Markdown form of headings. */
const VERSION_HEADING = /^ {0,3}#{1,6}\s.*(?:\d\.\d|unreleased)|^ {0,3}\[?v?\d+\.\d.*\r?\n {0,3}[=-]{3,}[ \t]*$/im

const code = 'changelog-section-missing'

/** Returns the changelogs in the folders of the published crates and packages. */
async function nestedChangelogs({ project, crates, folder }: Subject): Promise<string[]> {
  const files = await folder.files()
  const packages = project.packages.filter((each) => each.reason === undefined)
  const released = [...crates.filter((each) => each.publish !== false), ...packages].map((each) => each.path)
  return [...new Set(released)].flatMap((each) => changelogFile(files, each) ?? [])
}

/** Whether a changelog has no section for the releases before, of which there is one at least: nobody keeps it up to date. */
function isNeglected({ project, release }: Subject, text: string): boolean {
  const pattern = `${splitTag(release.tag)?.prefix}{version}`
  const { versions = [] } = project.trains.find((each) => each.pattern === pattern) ?? {}
  const earlier = versions.filter((each) => !sameVersion(each, release.version))
  const { headings } = parseChangelog(text, changelogNames(project))
  const hasSection = (version: string) => headings.some((each) => sameVersion(each.version ?? '', version))
  return earlier.length > 0 && !earlier.some(hasSection)
}

/** Checks that there is a changelog with a non-empty section for the release (`changelog-section-missing`). */
export const sectionExists: Check = async (subject) => {
  const { changelog, unreadChangelog } = subject.project
  const { version } = subject.release
  const hint = `Write a section \`## [${version}] - YYYY-MM-DD\` in ${changelog?.file ?? 'a CHANGELOG.md'} ("Keep a Changelog").`
  if (!changelog && unreadChangelog !== null) {
    const message = `Slipway reads only Markdown, so the GitHub release will have no release notes from ${unreadChangelog}.`
    const hint = 'Write the changelog as Markdown, in CHANGELOG.md.'
    return [notice('changelog-not-markdown', message, hint, { file: unreadChangelog, line: 1 })]
  }
  if (!changelog) {
    const [nested] = await nestedChangelogs(subject)
    const message = `There is no CHANGELOG.md${nested === undefined ? '' : ' at the top'}, so the GitHub release will have no release notes.`
    const or = nested === undefined ? '' : ` Or set one in slipway.toml: \`changelog = ${JSON.stringify(nested)}\`.`
    return [notice(code, message, hint + or)]
  }
  const { section } = subject
  if (section?.notes) return []
  const where = { file: changelog.file, line: section?.line ?? 1 }
  // A changelog without versions links to the real one, or has its own format: it is not meant to be the notes.
  if (changelog.text.trim() !== '' && !VERSION_HEADING.test(changelog.text)) {
    const message = `${changelog.file} has no heading with a version, so the GitHub release will have no release notes.`
    return [notice(code, message, `${hint} Or set the file with them in slipway.toml: \`changelog = "…"\`.`, where)]
  }
  if (!section && isNeglected(subject, changelog.text)) {
    const message = `${changelog.file} has no section for ${version} and the releases before, so the GitHub release will have no release notes.`
    return [notice(code, message, hint, where)]
  }
  const what = section ? `The section of ${version} is empty` : `There is no section for ${version}`
  // Nobody describes a development release: its changes are still unreleased.
  const isDevelopment = parsePython(version)?.dev != null
  const severity = isDevelopment ? notice : warning
  return [severity(code, `${what}, so the GitHub release will have no release notes.`, hint, where)]
}
