import { error } from '@slipway/core/problem'
import { sameVersion } from '@slipway/core/python/version'
import { readTag, tagFor, USUAL_TAG } from '@slipway/core/tag'
import { nameables } from '@slipway/project/selection'
import type { Check } from './check.ts'

const tagMatchesVersion: Check = ({ project, release: { tag, version }, versionPlace }) => {
  const pattern = project.settings.tag
  const parsed = readTag(tag, pattern, nameables(project))
  // SemVer and Python spell the same version differently.
  if (parsed && sameVersion(parsed.version, version)) return []
  const owner = [...project.crates, ...project.packages].find(({ place }) => {
    return place?.file === versionPlace.file && place.line === versionPlace.line
  })
  const expected = tagFor(version, pattern, project.selected ?? owner?.name)
  if (!parsed && pattern !== USUAL_TAG) {
    const message = `The tag ${tag} does not match the pattern ${pattern}, so it names no crate or package of this project.`
    return [
      error(
        'tag-not-of-pattern',
        message,
        `Tag this commit ${expected}, or change the pattern.`,
        project.settingAt('tag'),
      ),
    ]
  }
  const message = `The tag is ${tag}, but the version is ${version}, so the published version would differ from the tag.`
  const hint = `Set the version of the tag, commit, and tag again; or tag this commit ${expected}.`
  return [error('tag-differs-from-version', message, hint, { file: versionPlace.file, line: versionPlace.line })]
}

/** Checks that the tag names the version. */
export const TAG_CHECKS: readonly Check[] = [tagMatchesVersion]
