import { error, type Problem } from '@slipway/core/problem'
import { allowedRegistries, CRATES_IO, type Crate } from '@slipway/project/cargo/crate'
import type { Dependency } from '@slipway/project/cargo/dependency'
import { fieldOf } from '@slipway/project/cargo/field'
import type { Check } from '../check.ts'

/** Checks one dependency of a published crate. */
type DependencyCheck = (dependency: Dependency, crate: Crate, toCratesIo: boolean) => Problem | null

/** cargo strips dev-dependencies that have no version. */
function isStripped({ kind, version }: Dependency): boolean {
  return kind === 'dev' && version === undefined
}

const byPath: DependencyCheck = ({ name, alias, path, version, where }, crate) => {
  if (path === undefined || version !== undefined) return null
  const message = `${crate.name} depends on ${name} without a \`version\`, so cargo cannot publish ${crate.name}.`
  const hint = `Add a version: ${alias} = { path = "…", version = "…" }.`
  return error('path-dependency-without-version', message, hint, where)
}

const byRepository: DependencyCheck = ({ name, alias, git, path, version, where }, crate) => {
  if (git === undefined || path !== undefined || version !== undefined) return null
  const message = `${crate.name} depends on ${name} from a git repository, so cargo cannot publish ${crate.name}.`
  const hint = `Depend on a published version: ${alias} = "…"; users get the version even if \`git\` is set beside it.`
  return error('git-dependency', message, hint, where)
}

/** The Cargo book, "Specifying dependencies", "Wildcard requirements"; crates.io, `validate_dependency`. */
const anyVersion: DependencyCheck = ({ name, version, where }, crate, toCratesIo) => {
  if (!toCratesIo || version?.trim() !== '*') return null
  const message = `crates.io refuses ${crate.name}: it depends on any version (\`*\`) of ${name}.`
  return error('wildcard-dependency', message, `Set the version you tested with: ${name} = "1.2".`, where)
}

/** cargo, `verify_dependencies`. */
const elsewhere: DependencyCheck = ({ name, registry, where }, crate, toCratesIo) => {
  if (!toCratesIo || registry === undefined || registry === CRATES_IO) return null
  const message = `crates.io refuses ${crate.name}: it depends on ${name} from the registry ${registry}.`
  const hint = `Publish ${name} on crates.io and remove \`registry\`, or publish ${crate.name} to ${registry} only: publish = [${JSON.stringify(registry)}].`
  return error('dependency-from-other-registry', message, hint, where)
}

const DEPENDENCY_CHECKS: readonly DependencyCheck[] = [byPath, byRepository, anyVersion, elsewhere]

/**
 * Reports a dependency on a crate of the project whose own `publish` keeps it off the registry, so nobody could build the
 * crate that needs it there.
 */
function byPrivateSibling(
  { name, kind, registry, usedAt }: Dependency,
  crate: Crate,
  sibling: Crate,
  toCratesIo: boolean,
): Problem | null {
  const { value } = fieldOf(sibling, 'publish')
  const allowed = allowedRegistries(value)
  const isElsewhere = toCratesIo && Array.isArray(allowed) && !allowed.includes(CRATES_IO) && registry === undefined
  if (allowed !== false && !isElsewhere) return null
  const what = kind === 'normal' ? 'dependency' : `${kind}-dependency`
  const message = `${crate.name} is published${isElsewhere ? ' on crates.io' : ''}, but its ${what} ${name} is not: it has \`publish = ${JSON.stringify(value)}\`.`
  const hint =
    kind === 'dev'
      ? 'Remove its `version`: cargo strips a dev-dependency that has only a path.'
      : `Publish ${name} too, or remove the dependency.`
  return error('private-dependency', message, hint, usedAt)
}

const dependencies: Check = ({ project, crates }) =>
  project.crates.flatMap((crate) => {
    const planned = crates.find((each) => each.path === crate.path)
    if (!planned || planned.publish === false) return []
    const toCratesIo = planned.publish === true
    return crate.dependencies.flatMap((each) => {
      if (isStripped(each)) return []
      const sibling = project.crates.find(({ path }) => path === each.path)
      const kept = sibling ? byPrivateSibling(each, crate, sibling, toCratesIo) : null
      // A version alone would not help then.
      if (kept) return [kept]
      return DEPENDENCY_CHECKS.map((check) => check(each, crate, toCratesIo)).filter((found) => found !== null)
    })
  })

/** Checks that the dependencies of the crates are available where the crates are published. */
export const CRATE_DEPENDENCY_CHECKS: readonly Check[] = [dependencies]
