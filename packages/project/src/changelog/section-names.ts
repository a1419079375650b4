import { tagSubject } from '@slipway/core/tag'
import type { Project } from '../project.ts'
import { selectedNames } from '../selection.ts'
import { packageSettings } from '../settings/existence.ts'

/** Returns the names that may precede the version in headings: those of the crates and packages that have it, and what their tags name. */
export function changelogNames({
  selected,
  crates,
  packages,
  settings,
}: Pick<Project, 'selected' | 'crates' | 'packages' | 'settings'>): string[] {
  if (selected !== null) {
    const subject = tagSubject(selected.pattern.replace(/\{version\}.*/, ''))
    return [...new Set([...selectedNames(selected), ...(subject === '' ? [] : [subject])])]
  }
  const shared = [
    ...crates.filter((each) => settings.crates[each.name]?.version !== 'own'),
    ...packages.filter((each) => packageSettings(settings, each.name).version !== 'own'),
  ]
  return [...new Set(shared.map((each) => each.name))]
}
