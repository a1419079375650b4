import { error, type Problem } from '@slipway/core/problem'
import type { Crate } from '@slipway/project/cargo/crate'
import type { Dependency } from '@slipway/project/cargo/dependency'
import { fieldOf } from '@slipway/project/cargo/field'
import { type Check, publishedCrates } from '../check.ts'

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
  if (!toCratesIo || registry === undefined || registry === 'crates-io') return null
  const message = `crates.io refuses ${crate.name}: it depends on ${name} from the registry ${registry}.`
  const hint = `Publish ${name} on crates.io and remove \`registry\`, or publish ${crate.name} to ${registry} only: publish = [${JSON.stringify(registry)}].`
  return error('dependency-from-other-registry', message, hint, where)
}

const DEPENDENCY_CHECKS: readonly DependencyCheck[] = [byPath, byRepository, anyVersion, elsewhere]

const dependencies: Check = ({ project, crates }) =>
  project.crates.flatMap((crate) => {
    const planned = crates.find((each) => each.path === crate.path)
    if (!planned || planned.publish === false) return []
    const published = crate.dependencies.filter((each) => !isStripped(each))
    return published.flatMap((each) =>
      DEPENDENCY_CHECKS.map((check) => check(each, crate, planned.publish === true)).filter((each) => each !== null),
    )
  })

/** Reports dependencies on crates that `publish = false` keeps off every registry, so nobody could build the crates that need them. */
const privateNeeds: Check = (subject) =>
  publishedCrates(subject).flatMap((crate) => {
    return crate.dependencies.flatMap((each) => {
      const sibling = subject.project.crates.find((other) => other.path === each.path)
      if (each.version === undefined || !sibling || fieldOf(sibling, 'publish').value !== false) return []
      const kind = each.kind === 'normal' ? 'dependency' : `${each.kind}-dependency`
      const message = `${crate.name} is published, but its ${kind} ${each.name} is not: it has \`publish = false\`.`
      const hint =
        each.kind === 'dev'
          ? 'Remove its `version`: cargo strips a dev-dependency that has only a path.'
          : `Publish ${each.name} too, or remove the dependency.`
      return [error('private-dependency', message, hint, each.usedAt)]
    })
  })

/** Checks that the dependencies of the crates are available where the crates are published. */
export const CRATE_DEPENDENCY_CHECKS: readonly Check[] = [dependencies, privateNeeds]
