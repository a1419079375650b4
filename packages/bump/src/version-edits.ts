import { normalizePython, parseVersion, toPython } from '@slipway/core/version'
import type { Edit } from '@slipway/documents/edit'
import type { Project } from '@slipway/project/project'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { holds, type Place } from '@slipway/project/version-place'
import { requirementAt } from './cargo-requirement.ts'
import { pythonRequirementAt } from './python-requirement.ts'
import type { Bystanders } from './unreleased-crates.ts'

/** A version as a place spells its own: as PEP 440 does where only that accepts it, or where it does not tell and is Python's. */
function spelled(place: Place, version: string): string {
  if (holds(place, version)) return place.value
  const parsed = parseVersion(place.value)
  const isPython = parsed
    ? place.spelling === 'python' && parsed.prerelease.length === 0
    : normalizePython(place.value) !== null
  return isPython ? (toPython(version) ?? version) : version
}

/**
 * The edits that set a version in all that has the one that is released.
 * @param beside what names it besides
 */
export function versionEdits(project: Project, beside: Bystanders, from: string, to: string): Edit[] {
  const { places, pins, pythonPins, locks, pythonLocked } = project.versions
  // What goes nowhere may have the same version all the same, and then keeps up with it.
  const isMoved = (place: Place) =>
    !place.apart || (place.apart === 'private' && project.selected === null && holds(place, from))
  const moving = places.filter(isMoved)
  const starts = new Set(moving.map((each) => `${each.file}:${each.range[0]}`))
  const isStart = ({ file, range }: Place) => starts.has(`${file}:${range[0]}`)
  const crates = project.crates.filter(({ place }) => place && isStart(place))
  const versions = new Map(crates.map((each) => [each.name, each.version]))
  const paths = new Set(crates.map((each) => each.path))
  const isMoving = ({ place, crate }: DiscoveredPackage) =>
    place ? isStart(place) : crate !== undefined && paths.has(crate.path)
  const ofLocks = [...locks, ...beside.locks].flatMap(({ packages, crates: all }) => {
    const own = packages.filter(({ isForeign, name, version }) => {
      const members = all.filter((each) => each.name === name)
      // What is no member lies elsewhere, and is known by its name and version alone.
      const isMoving =
        members.length === 0 ? version.value === versions.get(name) : members.some(({ path }) => paths.has(path))
      return !isForeign && versions.has(name) && isMoving
    })
    // Where several packages have one name, those that depend on one name its version, too.
    const before = new Map(own.map(({ name, version }) => [`${name} ${version.value}`, `${name} ${to}`]))
    const dependencies = packages.flatMap((each) => each.dependencies)
    return [
      ...own.map(({ version: { file, range } }) => ({ file, range, text: to })),
      ...dependencies.map(({ file, range, value }) => ({ file, range, text: before.get(value) ?? value })),
    ]
  })
  return [
    ...moving.map((place) => ({ file: place.file, range: place.range, text: spelled(place, to) })),
    ...[...pins, ...beside.pins]
      .filter(({ sibling }) => paths.has(sibling.path))
      .map(({ file, range, value, sibling }) => ({ file, range, text: requirementAt(value, sibling.version, to) })),
    ...pythonPins
      .filter(({ sibling }) => isMoving(sibling))
      .map((pin) => ({ file: pin.file, range: pin.range, text: pythonRequirementAt(pin, toPython(to) ?? to) })),
    ...ofLocks,
    ...pythonLocked
      .filter((each) => isMoving(each.of))
      .map(({ file, range }) => ({ file, range, text: toPython(to) ?? to })),
  ]
}
