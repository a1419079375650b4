import { normalizeName } from '@slipway/core/name'
import type { TomlDocument, TomlKey } from '../toml.ts'
import type { Place } from './place.ts'

/** A requirement of one version exactly (PyPA specification "Dependency specifiers"): `name[extra] == 1.2.3; marker`. */
const EXACT = /^\s*(?<name>[A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\]\s*)?\(?\s*==\s*(?<version>[\w.+!-]+)\s*\)?\s*(?:;|$)/d

/**
 * Where a pyproject.toml requires exactly one version of a package: as packages of one release require each other.
 * @param names of those packages, normalized
 * @returns by the name of the one that is required
 */
export function exactRequirements(document: TomlDocument, names: ReadonlySet<string>): [name: string, Place][] {
  const extras = Object.keys(document.table('project', 'optional-dependencies'))
  const lists: TomlKey[][] = [
    ['project', 'dependencies'],
    ...extras.map((each) => ['project', 'optional-dependencies', each]),
  ]
  return lists.flatMap((list) =>
    document.strings(...list).flatMap((text, index): [string, Place][] => {
      const groups = EXACT.exec(text)
      const name = normalizeName(groups?.groups?.name ?? '')
      const within = groups?.indices?.groups?.version
      const range = document.range(...list, index)
      if (!within || !range || !names.has(name)) return []
      // An escape in the string would put the version elsewhere; nobody writes one.
      const start = range[0] + document.text.slice(...range).indexOf(text) + within[0]
      const value = text.slice(...within)
      if (document.text.slice(start, start + value.length) !== value) return []
      const where = document.where(...list, index)
      return [[name, { ...where, value, range: [start, start + value.length], spelling: 'python' }]]
    }),
  )
}
