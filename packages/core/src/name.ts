/** The form of a Python project's name that indexes compare by (PEP 503): `Metatron_QSO` becomes `metatron-qso`. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}

/**
 * The name as the file names of wheels and sdists hold it (PyPA specification "Binary distribution format",
 * "Escaping and Unicode"): the normalized name with `_` for `-`.
 */
export function wheelName(name: string): string {
  return normalizeName(name).replaceAll('-', '_')
}
