/**
 * Returns the path of a crate's file in a registry index (cargo reference, "Registry Index", section "Index files").
 * Ignores the name's case.
 */
export function indexPath(name: string): string {
  const lower = name.toLowerCase()
  if (lower.length <= 2) return `${lower.length}/${lower}`
  if (lower.length === 3) return `3/${lower[0]}/${lower}`
  return `${lower.slice(0, 2)}/${lower.slice(2, 4)}/${lower}`
}
