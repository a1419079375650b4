import { error, errorsOf, type Problem } from '@slipway/core/problem'
import type { Project } from '@slipway/project/project'
import { computed } from '@slipway/project/release-version'
import { MAX_REASONS_SHOWN } from './limits.ts'

/** What is not released, each with the reason. */
interface Kept {
  crates: readonly { name: string; reason?: string }[]
  packages: readonly { name: string; reason?: string }[]
}

/** What stands in the way when nothing is released (`no-project`), with why what is there is not. */
export function nothingToRelease({ crates, packages }: Kept): Problem {
  const kept = [...crates, ...packages].flatMap(({ name, reason }) =>
    reason === undefined ? [] : `${name}: ${reason}`,
  )
  const message = ['Nothing here can be released: there is no crate and no Python package that has a version.']
  const why = kept.length > 0 ? ['Nothing here can be released.', ...kept.slice(0, MAX_REASONS_SHOWN)] : message
  const hint =
    kept.length > 0
      ? 'Correct what keeps it back, or let slipway.toml say `publish = true` of it; or name another folder.'
      : 'Name the folder that holds the Cargo.toml of the workspace, or the pyproject.toml.'
  return error('no-project', why.join(' '), hint)
}

/** What stands in the way when no version is found. */
export function noVersion(project: Project): Problem[] {
  const { problems } = project
  if (errorsOf(problems).length > 0) return problems
  const [first] = computed(project)
  if (!first) return [...problems, nothingToRelease(project)]
  const message = `The version of ${first.name} is computed by its build backend, from git's tags mostly, and no tag is named: which version is released is not known.`
  const hint = 'Name the tag that is released: `--tag`, or the input `tag`; a workflow that a tag started knows it.'
  return [...problems, error('version-computed', message, hint, first.where)]
}
