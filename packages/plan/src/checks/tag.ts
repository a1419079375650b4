import { error } from '@slipway/core/problem'
import { readTag, tagFor, USUAL_TAG } from '@slipway/core/tag'
import { sameVersion } from '@slipway/core/version'
import { nameables } from '@slipway/project/selection'
import type { Check } from './check.ts'

const tagAgrees: Check = ({ project, release: { tag, version }, lead }) => {
  const pattern = project.settings.tag
  const said = readTag(tag, pattern, nameables(project))
  // SemVer's spelling and Python's are one version.
  if (said && sameVersion(said.version, version)) return []
  const owner = [...project.crates, ...project.packages].find(({ place }) => {
    return place?.file === lead.file && place.line === lead.line
  })
  const own = tagFor(version, pattern, project.selected ?? owner?.name)
  if (!said && pattern !== USUAL_TAG) {
    const message = `The tag is ${tag}, which is not of the form ${pattern}, so it names nothing that is here.`
    return [
      error('tag-not-of-pattern', message, `Tag this commit ${own}, or change the pattern.`, project.settingAt('tag')),
    ]
  }
  const message = `The tag is ${tag}, but the version is ${version}: what is published would not be what is tagged.`
  const hint = `Set the version that the tag names, commit, and tag again; or tag this commit ${own}.`
  return [error('tag-differs-from-version', message, hint, { file: lead.file, line: lead.line })]
}

/** Whether the tag is that of the version. */
export const TAG_CHECKS: readonly Check[] = [tagAgrees]
