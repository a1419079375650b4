import { normalizeName } from '@slipway/core/name'
import { parseRequirement } from '@slipway/core/python/requirement'
import { toPython } from '@slipway/core/python/version'
import { isTable, type TomlDocument } from '@slipway/documents/toml'
import { type Place, placeAt } from '../version-place.ts'
import type { DiscoveredPackage } from './discovered-package.ts'
import { poetrySpecifier } from './poetry-constraint.ts'
import { requirementLists } from './requirement-lists.ts'

/** A Python package's requirement for a sibling package, unless it is for exactly one version. */
export interface PythonPin extends Omit<Place, 'spelling'> {
  spelling: 'requirement'
  sibling: DiscoveredPackage
  /** Converts such a requirement to a version specifier; null if that is not possible. */
  specifierOf(text: string): string | null
}

/** A requirement with the place of its version, or of its whole specifier. */
interface Found {
  /** The name of the required package, normalized. */
  name: string
  place: Place
  /** Whether it is for exactly one version, `==1.2.3`; then the place is the version's. */
  isExact: boolean
}

/** Returns the requirements with a specifier in a pyproject.toml. */
function requirementsIn(document: TomlDocument): Found[] {
  return requirementLists(document).flatMap((list) =>
    document.strings(...list).flatMap((text, index): Found[] => {
      const requirement = parseRequirement(text)
      const range = document.range(...list, index)
      if (!requirement || requirement.specifier === '' || !range) return []
      const { clauses, specifier, start: offset } = requirement
      const [only] = clauses.length === 1 ? clauses : []
      const isExact = only?.operator === '==' && !only.isPrefix
      const [from, to] = isExact ? only.range : [0, specifier.length]
      const value = specifier.slice(from, to)
      // An escape in the string would shift the version. Nobody writes one.
      const start = range[0] + document.text.slice(...range).indexOf(text) + offset + from
      if (document.text.slice(start, start + value.length) !== value) return []
      const place: Place = {
        ...document.where(...list, index),
        value,
        range: [start, start + value.length],
        spelling: 'python',
      }
      return [{ name: normalizeName(requirement.name), place, isExact }]
    }),
  )
}

/**
 * Returns the requirements for exactly one version of a package, as packages of one release have for each other.
 * @param names of those packages, normalized
 * @returns each with the name of the required package
 */
export function exactRequirements(document: TomlDocument, names: ReadonlySet<string>): [name: string, Place][] {
  return requirementsIn(document).flatMap(({ name, place, isExact }) =>
    isExact && names.has(name) ? [[name, place]] : [],
  )
}

/** Returns the requirements in Poetry's own table: strings, or `version` in tables. */
function poetryRequirements(document: TomlDocument): [name: string, Place][] {
  const table = ['tool', 'poetry', 'dependencies']
  return Object.entries(document.table(...table)).flatMap(([name, entry]): [string, Place][] => {
    const place = placeAt(document, 'python', ...table, name, ...(isTable(entry) ? ['version'] : []))
    return place ? [[normalizeName(name), place]] : []
  })
}

/** Returns the requirements of a project's Python packages for each other, except those for exactly one version. */
export function pythonPinsOf(packages: readonly DiscoveredPackage[]): PythonPin[] {
  const byName = new Map(packages.map((each) => [normalizeName(each.name), each]))
  return packages.flatMap(({ document }) => {
    const pinned = (found: [string, Place][], specifierOf: PythonPin['specifierOf']) =>
      found.flatMap(([name, place]): PythonPin[] => {
        const sibling = byName.get(name)
        return sibling ? [{ ...place, spelling: 'requirement', sibling, specifierOf }] : []
      })
    // Exact requirements are places of the version.
    const ranges = requirementsIn(document).flatMap(({ name, place, isExact }): [string, Place][] =>
      isExact ? [] : [[name, place]],
    )
    return [...pinned(ranges, (text) => text), ...pinned(poetryRequirements(document), poetrySpecifier)]
  })
}

/** Returns the version of a Python package; null if only its backend knows it. */
export function versionOfPackage({ place, crate }: DiscoveredPackage): string | null {
  return place?.value ?? (crate ? toPython(crate.version) : null)
}
