/** Normalizes the name of a Python project, as indexes do to compare names (PEP 503): `Metatron_QSO` becomes `metatron-qso`. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}

/**
 * Returns a project's name as in the file names of wheels and sdists (PyPA specification "Binary distribution format",
 * "Escaping and Unicode"): the normalized name with `_` for `-`.
 */
export function wheelName(name: string): string {
  return normalizeName(name).replaceAll('-', '_')
}
