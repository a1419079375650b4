import type { Project } from '../project.ts'
import { selectedNames } from '../selection.ts'
import { packageSettings } from '../settings/existence.ts'

/** Returns the names that may precede the version in headings: those of the crates and packages that have it. */
export function changelogNames({
  selected,
  crates,
  packages,
  settings,
}: Pick<Project, 'selected' | 'crates' | 'packages' | 'settings'>): string[] {
  if (selected !== null) return selectedNames(selected)
  const shared = [
    ...crates.filter((each) => settings.crates[each.name]?.version !== 'own'),
    ...packages.filter((each) => packageSettings(settings, each.name).version !== 'own'),
  ]
  return [...new Set(shared.map((each) => each.name))]
}
