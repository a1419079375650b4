import { PLAN_SCHEMA, type Plan } from '@slipway/core/plan'
import { error, type Problem } from '@slipway/core/problem'
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

/** The parts of a plan that the files of a project do not contain. */
export const UNKNOWN_FROM_FILES = {
  destinations: [],
  logins: [],
  trains: [],
  matrix: [],
  makeLatest: false,
  notChecked: [],
  gate: [],
}

/** Returns the plan of a project without a version, which has only problems. */
export function emptyPlan(
  { tag, commit }: { tag?: string | undefined; commit?: string | null },
  problems: Problem[],
): Plan {
  const release = { version: '', pythonVersion: null, tag: tag ?? '', commit: commit ?? null, prerelease: false }
  const nothing = { crates: [], packages: [], images: [], docs: [], versions: [], ...UNKNOWN_FROM_FILES, notes: null }
  return { schema: PLAN_SCHEMA, ...release, ...nothing, problems }
}
