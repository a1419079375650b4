import path from 'node:path'
import type { VersionPlace } from '@slipway/core/plan'
import { error, errorsOf, type Problem } from '@slipway/core/problem'
import { fromPython, parseVersion } from '@slipway/core/version'
import type { Crate } from './cargo.ts'
import { fieldOf } from './checks/field.ts'
import { onlyForOthers } from './crate-use.ts'
import type { Project } from './discover.ts'
import { packageSettings } from './settings/existence.ts'

/** The version that is released, where it stands, and the crate or package that has it. */
export interface Lead extends VersionPlace {
  name: string
}

/** The name of the repository that a crate says it is from; null where it says none. */
export function repositoryName(crate: Crate): string | null {
  const { value } = fieldOf(crate, 'repository')
  return typeof value === 'string' ? path.posix.basename(value.replace(/(?:\.git)?\/?$/, '')) : null
}

/**
 * The version that a project is released as: that of the crate that its Python package is built from, else the
 * workspace's, else that of the crate at the top, else of the one that is called as the repository, or of the first that
 * may be published, else the Python package's, at last of one that is not published.
 */
export function leadOf(project: Project): Lead | null {
  const isOwn = (name: string) => packageSettings(project.settings, name).version === 'own'
  const ofRelease = project.packages.filter((each) => !isOwn(each.name))
  const packages = ofRelease.filter((each) => each.reason === undefined)
  const crates = project.crates.filter(
    (each) => each.reason === undefined && project.settings.crates[each.name]?.version !== 'own',
  )
  const versioned = crates.filter((each) => each.place !== null)
  const published = versioned.filter((each) => each.publish !== false)
  const crate =
    versioned.find((each) => each.place?.file !== each.manifest.file) ??
    versioned.find((each) => each.path === '.') ??
    published.find((each) => each.name === repositoryName(each)) ??
    published.find((each) => onlyForOthers(each, project.packages) === null) ??
    published[0]
  const built = packages.flatMap(({ name, crate }) => (crate ? [{ name, place: crate.place }] : []))
  // One that goes nowhere may tell the version of an image.
  const all = [...built, ...(crate ? [crate] : []), ...packages, ...ofRelease]
  return all.flatMap(({ name, place }) => (place ? [{ ...place, name }] : []))[0] ?? null
}

/** The version of a release by the place that decides it: SemVer, also where it is spelt as PEP 440 does. */
export function releaseVersion({ value }: VersionPlace): string {
  return parseVersion(value) ? value : (fromPython(value) ?? value)
}

/** What is not released, each with the reason. */
interface Kept {
  crates: readonly { name: string; reason?: string }[]
  packages: readonly { name: string; reason?: string }[]
}

/** As many of what is not released tell why. */
const MOST_TOLD = 3

/** What stands in the way when nothing is released (`no-project`), with why what is there is not. */
export function nothingToRelease({ crates, packages }: Kept): Problem {
  const kept = [...crates, ...packages].flatMap(({ name, reason }) =>
    reason === undefined ? [] : `${name}: ${reason}`,
  )
  const message = ['Nothing here can be released: there is no crate and no Python package that has a version.']
  const why = kept.length > 0 ? ['Nothing here can be released.', ...kept.slice(0, MOST_TOLD)] : message
  const hint =
    kept.length > 0
      ? 'Correct what keeps it back, or let slipway.toml say `publish = true` of it; or name another folder.'
      : 'Name the folder that holds the Cargo.toml of the workspace, or the pyproject.toml.'
  return error('no-project', why.join(' '), hint)
}

/** What stands in the way when no version is found. */
export function noVersion(project: Project): Problem[] {
  const { problems } = project
  return errorsOf(problems).length > 0 ? problems : [...problems, nothingToRelease(project)]
}
