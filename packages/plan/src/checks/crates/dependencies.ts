import { error, type Problem } from '@slipway/core/problem'
import type { Crate } from '@slipway/project/cargo/crate'
import type { Dependency } from '@slipway/project/cargo/dependency'
import { fieldOf } from '@slipway/project/cargo/field'
import { type Check, publishedCrates } from '../check.ts'

/** Looks at one dependency of a crate that is published. */
type Look = (dependency: Dependency, crate: Crate, toCratesIo: boolean) => Problem | null

/** cargo strips dev-dependencies that have no version. */
function isStripped({ kind, version }: Dependency): boolean {
  return kind === 'dev' && version === undefined
}

const byPath: Look = ({ name, alias, path, version, where }, crate) => {
  if (path === undefined || version !== undefined) return null
  const message = `${crate.name} depends on ${name} by path only, so it cannot be published.`
  const hint = `Add a version to it: ${alias} = { path = "…", version = "…" }.`
  return error('path-dependency-without-version', message, hint, where)
}

const byRepository: Look = ({ name, alias, git, path, version, where }, crate) => {
  if (git === undefined || path !== undefined || version !== undefined) return null
  const message = `${crate.name} depends on ${name} from a git repository, which no registry can follow, so it cannot be published.`
  const hint = `Depend on a published version: ${alias} = "…"; with \`git\` beside \`version\`, the version is what users get.`
  return error('git-dependency', message, hint, where)
}

/** The Cargo book, "Specifying dependencies", "Wildcard requirements"; crates.io, `validate_dependency`. */
const anyVersion: Look = ({ name, version, where }, crate, toCratesIo) => {
  if (!toCratesIo || version?.trim() !== '*') return null
  const message = `${crate.name} depends on any version of ${name} (\`*\`), which crates.io refuses.`
  return error('wildcard-dependency', message, `Name the version that it was tried with: ${name} = "1.2".`, where)
}

/** cargo, `verify_dependencies`. */
const elsewhere: Look = ({ name, registry, where }, crate, toCratesIo) => {
  if (!toCratesIo || registry === undefined || registry === 'crates-io') return null
  const message = `${crate.name} depends on ${name} from the registry ${registry}: crates on crates.io may need only crates that are there.`
  const hint = `Publish ${name} on crates.io and leave \`registry\` out, or publish ${crate.name} to ${registry} only: publish = [${JSON.stringify(registry)}].`
  return error('dependency-from-other-registry', message, hint, where)
}

const LOOKS: readonly Look[] = [byPath, byRepository, anyVersion, elsewhere]

const dependencies: Check = ({ project, crates }) =>
  project.crates.flatMap((crate) => {
    const planned = crates.find((each) => each.path === crate.path)
    if (!planned || planned.publish === false) return []
    const kept = crate.dependencies.filter((each) => !isStripped(each))
    return kept.flatMap((each) =>
      LOOKS.map((look) => look(each, crate, planned.publish === true)).filter((each) => each !== null),
    )
  })

/** A crate whose own manifest keeps it from every registry is on none, so nobody could build what needs it. */
const privateNeeds: Check = (subject) =>
  publishedCrates(subject).flatMap((crate) => {
    return crate.dependencies.flatMap((each) => {
      const sibling = subject.project.crates.find((other) => other.path === each.path)
      if (each.version === undefined || !sibling || fieldOf(sibling, 'publish').value !== false) return []
      const kind = each.kind === 'normal' ? 'dependency' : `${each.kind}-dependency`
      const message = `${crate.name} is published, but its ${kind} ${each.name} is not: \`publish = false\` keeps that from every registry.`
      const hint =
        each.kind === 'dev'
          ? 'Leave its `version` out: cargo strips a dev-dependency that has only a path.'
          : `Let ${each.name} be published, or do without it.`
      return [error('private-dependency', message, hint, each.usedAt)]
    })
  })

/** Whether the crates' dependencies can be had from where the crates will be. */
export const CRATE_DEPENDENCY_CHECKS: readonly Check[] = [dependencies, privateNeeds]
