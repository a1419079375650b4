import { error, errorsOf, type Problem } from '@slipway/core/problem'
import type { Project } from '@slipway/project/project'
import { computedVersions } from '@slipway/project/release-version'
import { MAX_REASONS_SHOWN } from './limits.ts'

/** The crates and packages of a project; those that are not released have a reason. */
interface Releasables {
  crates: readonly { name: string; reason?: string }[]
  packages: readonly { name: string; reason?: string }[]
}

/** Returns the problem of a project without anything to release (`no-project`), with the first reasons. */
export function nothingToRelease({ crates, packages }: Releasables): Problem {
  const reasons = [...crates, ...packages].flatMap(({ name, reason }) =>
    reason === undefined ? [] : `${name}: ${reason}`,
  )
  if (reasons.length === 0) {
    const message = 'Nothing here can be released: there is no crate, and no Python package with a version.'
    return error('no-project', message, "Name the folder of the workspace's Cargo.toml, or of the pyproject.toml.")
  }
  const message = ['Nothing here can be released.', ...reasons.slice(0, MAX_REASONS_SHOWN)].join(' ')
  const hint = 'Fix the reason, or set `publish = true` for it in slipway.toml; or name another folder.'
  return error('no-project', message, hint)
}

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
