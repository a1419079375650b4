import type { VersionPlace } from '@slipway/core/plan'
import { fromPython } from '@slipway/core/python/version'
import { versionInTag } from '@slipway/core/tag'
import { parseVersion } from '@slipway/core/version'
import type { Crate } from './cargo/crate.ts'
import { whyNotForRust } from './cargo/crate-use.ts'
import { isMember, type Train } from './evidence/trains.ts'
import type { Project } from './project.ts'
import type { DiscoveredPackage } from './python/discovered-package.ts'
import { repositoryName } from './repository.ts'
import { packageSettings } from './settings/existence.ts'

/** The version of a release, with its place and the crate or package that has it. */
export interface ReleaseVersion extends VersionPlace {
  kind: 'crate' | 'package'
  name: string
}

/** Returns the crate whose version counts, if any: one that inherits it, lies at the top or is named like the repository; else the first. */
function leadingCrate(crates: readonly Crate[]): Crate[] {
  const leading =
    crates.find((each) => each.place?.file !== each.manifest.file) ??
    crates.find((each) => each.path === '.') ??
    crates.find((each) => each.name === repositoryName(each)) ??
    crates[0]
  return leading ? [leading] : []
}

/**
 * Returns the place of a package's version: its pyproject.toml, which maturin prefers, or its crate's manifest, also if
 * crates that are published with it have their version from there.
 */
function placeOf(
  { name, place, crate }: DiscoveredPackage,
  published: readonly Crate[],
  trains: readonly Train[],
): Crate['place'] {
  const train = trains.find((each) => isMember({ kind: 'package', name }, each))
  const isShared = published.some(
    (each) =>
      each.place?.file === crate?.place?.file &&
      each.place?.line === crate?.place?.line &&
      trains.find((one) => isMember({ kind: 'crate', name: each.name }, one)) === train,
  )
  return isShared ? (crate?.place ?? place) : (place ?? crate?.place ?? null)
}

/**
 * Returns the version under which a project is released: that of a Python package built from a crate, else of a
 * published crate, else of a published Python package, else of a private crate or package, since an image may have its
 * version. Among Python packages, the one at the top comes first, then one built from a crate.
 */
export function findReleaseVersion({ settings, ...project }: Project): ReleaseVersion | null {
  const rank = ({ path, crate }: DiscoveredPackage) => (path === '.' ? 0 : crate ? 1 : 2)
  const crates = project.crates.filter(
    (each) => each.reason === undefined && each.place !== null && settings.crates[each.name]?.version !== 'own',
  )
  const publishable = crates.filter((each) => each.publish !== false)
  const published = publishable.filter(
    (each) => settings.crates[each.name]?.publish === true || whyNotForRust(each, project.packages) === null,
  )
  const inRelease = project.packages
    .filter((each) => packageSettings(settings, each.name).version !== 'own')
    .sort((a, b) => rank(a) - rank(b))
    .map((each) => ({ ...each, place: placeOf(each, published, project.trains) }))
  const packages = inRelease.filter((each) => each.reason === undefined)
  const built = packages.some((each) => each.crate) ? packages : []
  const of = (kind: ReleaseVersion['kind'], all: readonly Pick<Crate, 'name' | 'place'>[]) =>
    all.flatMap(({ name, place }): ReleaseVersion[] => (place ? [{ ...place, kind, name }] : []))
  const candidates = [
    ...of('package', built),
    ...of('crate', leadingCrate(published)),
    ...of('package', packages),
    ...of('crate', leadingCrate(publishable)),
    ...of('crate', leadingCrate(crates)),
    ...of('package', inRelease),
  ]
  return candidates[0] ?? null
}

/** Returns the Python packages whose build backend computes the version, mostly from git's tags. */
export function computedVersions({ packages }: Project) {
  return packages.flatMap(({ name, reason, place, crate, dynamicVersion: where }) => {
    return where && reason === undefined && place === null && !crate ? [{ name, where }] : []
  })
}

/** Returns the version that a build backend computes from a tag; null if there is no such package or version. */
export function releaseVersionByTag(project: Project, tag: string | undefined): ReleaseVersion | null {
  const [first] = computedVersions(project)
  const value = tag === undefined ? null : versionInTag(tag)
  return first && value !== null ? { ...first.where, kind: 'package', name: first.name, value } : null
}

/** Returns the version at a place as SemVer, even if it is spelled as in PEP 440. */
export function toSemver({ value }: VersionPlace): string {
  return parseVersion(value) ? value : (fromPython(value) ?? value)
}
