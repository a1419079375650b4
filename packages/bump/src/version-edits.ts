import { normalizePython, toPython } from '@slipway/core/python/version'
import { parseVersion } from '@slipway/core/version'
import type { Edit } from '@slipway/documents/edit'
import type { Project } from '@slipway/project/project'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { holds, type Place, shownAs } from '@slipway/project/version-place'
import { updatedRequirement } from './cargo-requirement.ts'
import { updatedPythonRequirement } from './python-requirement.ts'
import type { UnreleasedReferences } from './unreleased-crates.ts'

/** Spells a version as a place does: in its form; else as PEP 440 if its value is only valid there, or valid in both and the place is Python's. */
function spelledAs(place: Place, version: string): string {
  if (holds(place, version)) return place.value
  if (place.form !== undefined) return shownAs(place.form, version) ?? place.value
  const parsed = parseVersion(place.value)
  const isPython = parsed
    ? place.spelling === 'python' && parsed.prerelease.length === 0
    : normalizePython(place.value) !== null
  return isPython ? (toPython(version) ?? version) : version
}

/**
 * Returns the edits that set a version everywhere the released version is found.
 * @param unreleased the references in manifests and lock files outside of the release
 */
export function versionEdits(project: Project, unreleased: UnreleasedReferences, from: string, to: string): Edit[] {
  const { places, pins, pythonPins, locks, pythonLocked } = project.versions
  // A private crate that has the release's version keeps up with it.
  const isMoved = (place: Place) =>
    !place.separate || (place.separate === 'private' && project.selected === null && holds(place, from))
  const moving = places.filter(isMoved)
  const starts = new Set(moving.map((each) => `${each.file}:${each.range[0]}`))
  const isMovingPlace = ({ file, range }: Place) => starts.has(`${file}:${range[0]}`)
  const crates = project.crates.filter(({ place }) => place && isMovingPlace(place))
  const versions = new Map(crates.map((each) => [each.name, each.version]))
  const paths = new Set(crates.map((each) => each.path))
  const isMoving = ({ place, crate }: DiscoveredPackage) =>
    place ? isMovingPlace(place) : crate !== undefined && paths.has(crate.path)
  const lockEdits = [...locks, ...unreleased.locks].flatMap(({ packages, crates: all }) => {
    const own = packages.filter(({ isForeign, name, version }) => {
      const members = all.filter((each) => each.name === name)
      // A crate of another workspace is recognized by its name and version.
      const isMoving =
        members.length === 0 ? version.value === versions.get(name) : members.some(({ path }) => paths.has(path))
      return !isForeign && versions.has(name) && isMoving
    })
    // If several packages have one name, their dependents name the version too.
    const renamed = new Map(own.map(({ name, version }) => [`${name} ${version.value}`, `${name} ${to}`]))
    const dependencies = packages.flatMap((each) => each.dependencies)
    return [
      ...own.map(({ version: { file, range } }) => ({ file, range, text: to })),
      ...dependencies.map(({ file, range, value }) => ({ file, range, text: renamed.get(value) ?? value })),
    ]
  })
  return [
    ...moving.map((place) => ({ file: place.file, range: place.range, text: spelledAs(place, to) })),
    ...[...pins, ...unreleased.pins]
      .filter(({ sibling }) => paths.has(sibling.path))
      .map(({ file, range, value, sibling }) => ({
        file,
        range,
        text: updatedRequirement(value, sibling.version, to),
      })),
    ...pythonPins
      .filter(({ sibling }) => isMoving(sibling))
      .map((pin) => ({ file: pin.file, range: pin.range, text: updatedPythonRequirement(pin, toPython(to) ?? to) })),
    ...lockEdits,
    ...pythonLocked
      .filter((each) => isMoving(each.of))
      .map(({ file, range }) => ({ file, range, text: toPython(to) ?? to })),
  ]
}
