import { error, errorsOf, type Problem } from '@slipway/core/problem'
import type { Project } from '@slipway/project/project'
import { computedVersions } from '@slipway/project/release-version'
import { nothingToRelease } from './no-project.ts'

/** Returns the problems of a project in which no version is found. */
export function noVersion(project: Project): Problem[] {
  const { problems } = project
  if (errorsOf(problems).length > 0) return problems
  const [first] = computedVersions(project)
  if (!first) return [...problems, nothingToRelease(project)]
  const message = `The build backend computes the version of ${first.name}, mostly from git tags, and no tag is given, so the version to release is unknown.`
  const hint = 'Pass the tag to release: `--tag`, or the input `tag`; a workflow started by a tag knows it.'
  return [...problems, error('version-computed', message, hint, first.where)]
}
