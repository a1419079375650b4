import type { VersionPlace } from '@slipway/core/plan'
import { versionInTag } from '@slipway/core/tag'
import { fromPython, parseVersion } from '@slipway/core/version'
import type { Crate } from './cargo/crate.ts'
import { onlyForOthers } from './cargo/crate-use.ts'
import type { Project } from './project.ts'
import type { DiscoveredPackage } from './python/discovered-package.ts'
import { repositoryName } from './repository.ts'
import { packageSettings } from './settings/existence.ts'

/** The version that is released, where it stands, and the crate or package that has it. */
export interface Lead extends VersionPlace {
  name: string
}

/** Of several crates, the one that tells a version, if any: that has it from its workspace, lies at the top, or is called as the repository. */
function foremost(crates: readonly Crate[]): Crate[] {
  const found =
    crates.find((each) => each.place?.file !== each.manifest.file) ??
    crates.find((each) => each.path === '.') ??
    crates.find((each) => each.name === repositoryName(each)) ??
    crates[0]
  return found ? [found] : []
}

/**
 * The version that a project is released as: that of its Python package where one is built from a crate, else of a crate
 * that is published, else of a Python package that is, and only then of what goes nowhere: that may tell an image's.
 * Of several Python packages the one at the top comes first, then one that is built from a crate, whose version it has.
 */
export function leadOf({ settings, ...project }: Project): Lead | null {
  const rank = ({ path, crate }: DiscoveredPackage) => (path === '.' ? 0 : crate ? 1 : 2)
  const ofRelease = project.packages
    .filter((each) => packageSettings(settings, each.name).version !== 'own')
    .sort((a, b) => rank(a) - rank(b))
    .map((each) => ({ ...each, place: each.crate?.place ?? each.place }))
  const packages = ofRelease.filter((each) => each.reason === undefined)
  const built = packages.some((each) => each.crate) ? packages : []
  const crates = project.crates.filter(
    (each) => each.reason === undefined && each.place !== null && settings.crates[each.name]?.version !== 'own',
  )
  const publishable = crates.filter((each) => each.publish !== false)
  const published = publishable.filter(
    (each) => settings.crates[each.name]?.publish === true || onlyForOthers(each, project.packages) === null,
  )
  const all: Pick<Crate, 'name' | 'place'>[] = [
    ...built,
    ...foremost(published),
    ...packages,
    ...foremost(publishable),
    ...foremost(crates),
    ...ofRelease,
  ]
  return all.flatMap(({ name, place }) => (place ? [{ ...place, name }] : []))[0] ?? null
}

/** The Python packages whose version their build backends compute, from git's tags mostly. */
export function computed({ packages }: Project) {
  return packages.flatMap(({ name, reason, place, crate, dynamicVersion: where }) => {
    return where && reason === undefined && place === null && !crate ? [{ name, where }] : []
  })
}

/** The version of a project that has none of its own, by the tag that its backend reads; null where there is none. */
export function leadByTag(project: Project, tag: string | undefined): Lead | null {
  const [first] = computed(project)
  const value = tag === undefined ? null : versionInTag(tag)
  return first && value !== null ? { ...first.where, name: first.name, value } : null
}

/** The version of a release by the place that decides it: SemVer, also where it is spelt as PEP 440 does. */
export function releaseVersion({ value }: VersionPlace): string {
  return parseVersion(value) ? value : (fromPython(value) ?? value)
}
