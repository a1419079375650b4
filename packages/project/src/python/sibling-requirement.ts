import { normalizeName } from '@slipway/core/name'
import { toPython } from '@slipway/core/version'
import { isTable, type TomlDocument, type TomlKey } from '@slipway/documents/toml'
import { MAX_REQUIREMENT_CHARACTERS } from '../limits.ts'
import { type Place, placeAt } from '../version-place.ts'
import type { DiscoveredPackage } from './discovered-package.ts'
import { poetrySpecifier } from './poetry-constraint.ts'

/** A requirement for exactly one version (PyPA specification "Dependency specifiers"): `name[extra] == 1.2.3; marker`. */
const EXACT = /^\s*(?<name>[A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\]\s*)?\(?\s*==\s*(?<version>[\w.+!-]+)\s*\)?\s*(?:;|$)/d

/** A requirement for a range of versions: `name[extra] >=1.2,<2; marker`. */
const RANGE =
  /^\s*(?<name>[A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\]\s*)?\(?\s*(?<version>(?:~=|[=!<>]=|[<>])[^;@()]*?)\s*\)?\s*(?:;|$)/d

/** A Python package's requirement for a sibling package, unless it is for exactly one version. */
export interface PythonPin extends Omit<Place, 'spelling'> {
  spelling: 'requirement'
  sibling: DiscoveredPackage
  /** Converts such a requirement to a version specifier; null if that is not possible. */
  specifierOf(text: string): string | null
}

/** Returns the requirements of a form in a pyproject.toml, with the normalized names of the packages. */
function requirementsIn(document: TomlDocument, form: RegExp): [name: string, Place][] {
  const extras = Object.keys(document.table('project', 'optional-dependencies'))
  const lists: TomlKey[][] = [
    ['project', 'dependencies'],
    ...extras.map((each) => ['project', 'optional-dependencies', each]),
  ]
  return lists.flatMap((list) =>
    document.strings(...list).flatMap((text, index): [string, Place][] => {
      const groups = text.length > MAX_REQUIREMENT_CHARACTERS ? null : form.exec(text)
      const name = normalizeName(groups?.groups?.name ?? '')
      const within = groups?.indices?.groups?.version
      const range = document.range(...list, index)
      if (!within || !range) return []
      // An escape in the string would shift the version. Nobody writes one.
      const start = range[0] + document.text.slice(...range).indexOf(text) + within[0]
      const value = text.slice(...within)
      if (document.text.slice(start, start + value.length) !== value) return []
      const where = document.where(...list, index)
      return [[name, { ...where, value, range: [start, start + value.length], spelling: 'python' }]]
    }),
  )
}

/**
 * Returns the requirements for exactly one version of a package, as packages of one release have for each other.
 * @param names of those packages, normalized
 * @returns each with the name of the required package
 */
export function exactRequirements(document: TomlDocument, names: ReadonlySet<string>): [name: string, Place][] {
  return requirementsIn(document, EXACT).filter(([name]) => names.has(name))
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
    // Exact requirements are places of the version.
    const ends = new Set(requirementsIn(document, EXACT).map(([, { range }]) => range[1]))
    const pinned = (found: [string, Place][], specifierOf: PythonPin['specifierOf']) =>
      found.flatMap(([name, place]): PythonPin[] => {
        const sibling = byName.get(name)
        return sibling ? [{ ...place, spelling: 'requirement', sibling, specifierOf }] : []
      })
    const ranges = requirementsIn(document, RANGE).filter(([, { range }]) => !ends.has(range[1]))
    return [...pinned(ranges, (text) => text), ...pinned(poetryRequirements(document), poetrySpecifier)]
  })
}

/** Returns the version of a Python package; null if only its backend knows it. */
export function versionOfPackage({ place, crate }: DiscoveredPackage): string | null {
  return place?.value ?? (crate ? toPython(crate.version) : null)
}
