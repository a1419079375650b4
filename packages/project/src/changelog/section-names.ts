import type { Project } from '../project.ts'
import { isVersionedSeparately } from '../selection.ts'

/** Returns the names that may precede the version in headings: those of the crates and packages that have it. */
export function changelogNames({ selected, crates, packages, settings }: Project): string[] {
  if (selected !== null) return [selected]
  return [...new Set([...crates, ...packages].map((each) => each.name))].filter(
    (each) => !isVersionedSeparately(settings, each),
  )
}
