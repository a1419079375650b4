import type { Project } from '../project.ts'
import { isOwn } from '../selection.ts'

/** What headings of a project's sections may be called by, besides their version: the crates and packages that have it. */
export function changelogNames({ selected, crates, packages, settings }: Project): string[] {
  if (selected !== null) return [selected]
  return [...new Set([...crates, ...packages].map((each) => each.name))].filter((each) => !isOwn(settings, each))
}
