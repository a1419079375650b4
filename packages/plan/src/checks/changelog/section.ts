import { notice, warning } from '@slipway/core/problem'
import { changelogFile } from '@slipway/project/changelog/changelog'
import type { Check, Subject } from '../check.ts'

/** A heading that has a version in it, in either form that Markdown has for headings. */
const VERSION_HEADING = /^ {0,3}#{1,6}\s.*(?:\d\.\d|unreleased)|^ {0,3}\[?v?\d+\.\d.*\r?\n {0,3}[=-]{3,}[ \t]*$/im

const code = 'changelog-section-missing'

/** Where the crates and packages that are released have changelogs, when there is none at the top. */
async function changelogsBelow({ project, crates, folder }: Subject): Promise<string[]> {
  const files = await folder.files()
  const packages = project.packages.filter((each) => each.reason === undefined)
  const released = [...crates.filter((each) => each.publish !== false), ...packages].map((each) => each.path)
  return [...new Set(released)].flatMap((each) => changelogFile(files, each) ?? [])
}

/** Whether there is a changelog, and in it a section of the release that says something (`changelog-section-missing`). */
export const sectionIsThere: Check = async (subject) => {
  const { changelog, unreadChangelog } = subject.project
  const { version } = subject.release
  const hint = `In ${changelog?.file ?? 'a CHANGELOG.md'}, write a section \`## [${version}] - YYYY-MM-DD\` ("Keep a Changelog").`
  if (!changelog && unreadChangelog !== null) {
    const message = `${unreadChangelog} is not read, since it is not Markdown: the GitHub release will have no notes of your own.`
    const how = 'Write the changelog as Markdown, in CHANGELOG.md.'
    return [notice('changelog-not-markdown', message, how, { file: unreadChangelog, line: 1 })]
  }
  if (!changelog) {
    const [below] = await changelogsBelow(subject)
    const message = `There is no CHANGELOG.md${below === undefined ? '' : ' at the top'}, so the GitHub release will have no notes of your own.`
    const or = below === undefined ? '' : ` Or name one in slipway.toml: \`changelog = ${JSON.stringify(below)}\`.`
    return [notice(code, message, hint + or)]
  }
  const { section } = subject
  if (section?.notes) return []
  const where = { file: changelog.file, line: section?.line ?? 1 }
  // One that only says where the changes are told, or has a form of its own, was never meant to be the notes.
  if (changelog.text.trim() !== '' && !VERSION_HEADING.test(changelog.text)) {
    const message = `${changelog.file} has no heading of any version, so the GitHub release will have no notes of your own.`
    return [
      notice(code, message, `${hint} Or name in slipway.toml the file that has them: \`changelog = "…"\`.`, where),
    ]
  }
  const what = section ? `The section of ${version} is empty` : `There is no section for ${version}`
  return [warning(code, `${what}, so the GitHub release will have no notes of your own.`, hint, where)]
}
