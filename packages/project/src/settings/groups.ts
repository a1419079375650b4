import { error, type Problem, placeText, type Where } from '@slipway/core/problem'
import { USUAL_TAG } from '@slipway/core/tag'
import type { Member, Train } from '../evidence/trains.ts'
import { matchesName } from './by-name.ts'
import type { ReadSettings } from './read.ts'
import { quoted } from './reading.ts'
import type { Settings, VersionGroup } from './settings.ts'

/** Returns the group of a crate or Python package; null if it is in none. */
export function groupOf({ groups }: Settings, name: string): VersionGroup | null {
  return groups.find(({ members }) => members.some((glob) => matchesName(glob, name))) ?? null
}

/** Returns the pattern of a group's tags. */
export function groupTag({ name, tag }: VersionGroup): string {
  return tag ?? `${name}-v{version}`
}

/** Returns a release train for each group. */
export function groupTrains(
  { settings, where }: Pick<ReadSettings, 'settings' | 'where'>,
  all: readonly Member[],
): Train[] {
  return settings.groups.map((group) => {
    const own = all.filter(({ name }) => groupOf(settings, name) === group)
    const names = (kind: Member['kind']) => own.filter((each) => each.kind === kind).map((each) => each.name)
    return {
      pattern: groupTag(group),
      subject: group.name,
      crates: names('crate'),
      packages: names('package'),
      separate: [],
      versions: [],
      because: placeText(where('groups', group.name)),
    }
  })
}

/** Reports a crate or package in two groups, and a group whose tags also release something else. */
export function checkGroups({ settings, where }: Pick<ReadSettings, 'settings' | 'where'>, names: readonly string[]) {
  const problem = (message: string, hint: string, at: Where): Problem => error('settings-bad-value', message, hint, at)
  const tags = new Map([[settings.tag ?? USUAL_TAG, 'the release without a group']])
  const found: Problem[] = []
  for (const group of settings.groups) {
    const [tag, name] = [groupTag(group), quoted(group.name)]
    const holder = tags.get(tag)
    if (holder !== undefined) {
      const message = `Tags of the group ${name} are also those of ${holder}, so they select nothing.`
      found.push(problem(message, 'Set another `tag`.', where('groups', group.name, ...(group.tag ? ['tag'] : []))))
    }
    tags.set(tag, `the group ${name}`)
    for (const each of names) {
      const first = groupOf(settings, each)
      const index = group.members.findIndex((glob) => matchesName(glob, each))
      if (first === null || first === group || index === -1) continue
      const message = `${each} is in the groups ${quoted(first.name)} and ${name}, so it has no certain version.`
      const hint = 'Narrow the pattern of one of them.'
      found.push(problem(message, hint, where('groups', group.name, 'members', index)))
    }
  }
  return found
}
