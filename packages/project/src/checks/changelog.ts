import { notice, warning } from '@slipway/core/problem'
import type { Check } from './check.ts'

const changelogTells: Check = ({ project: { changelog }, release: { version }, section }) => {
  const code = 'changelog-section-missing'
  const hint = `In ${changelog?.file ?? 'a CHANGELOG.md'}, write a section \`## [${version}] - YYYY-MM-DD\` ("Keep a Changelog").`
  if (!changelog) {
    const message = 'There is no CHANGELOG.md, so the GitHub release will have no notes of your own.'
    return [notice(code, message, hint)]
  }
  if (section?.notes) return []
  const where = { file: changelog.file, line: section?.line ?? 1 }
  const what = section ? `The section of ${version} is empty` : `There is no section for ${version}`
  return [warning(code, `${what}, so the GitHub release will have no notes of your own.`, hint, where)]
}

/** Whether the changelog tells of the release. */
export const CHANGELOG_CHECKS: readonly Check[] = [changelogTells]
