import type { GitHistory } from '@slipway/core/git-history'
import { nameMeantBy, splitTag, tagSubject, USUAL_TAG } from '@slipway/core/tag'
import type { Evidence } from './evidence/evidence.ts'
import { isMember, isNamedBy, type Train, trainsOf } from './evidence/trains.ts'
import type { DiscoveredPackage } from './python/discovered-package.ts'
import {
  membersOf,
  nameables,
  patternNaming,
  type Releasable,
  type Selected,
  select,
  selectedByName,
  selectedByTag,
} from './selection.ts'
import { packageSettings } from './settings/existence.ts'
import { groupTrains } from './settings/groups.ts'
import type { ReadSettings } from './settings/read.ts'
import type { Settings } from './settings/settings.ts'

/** What limits a release. */
export interface ScopeOptions {
  /** The tag of the release, which may select some of the crates and packages. */
  tag?: string | undefined
  /** The only crate or package to release. */
  only?: string | undefined
  /** Earlier releases; absent outside a repository. */
  history?: GitHistory | undefined
}

/** The part of a project that a release is of. */
export interface Scope {
  /** The release trains of the project, from git's tags and the groups in the settings. */
  trains: Train[]
  /** What the release is limited to; null for everything. */
  selected: Selected | null
  /** The project's contents; what is not part of the release has a reason. */
  contents: Releasable
}

/** Marks a package that none of the project's tags releases, by its version and name, as not released. */
function withTrain(
  found: DiscoveredPackage,
  trains: readonly Train[],
  { tag = '', only }: ScopeOptions,
  settings: Settings,
): DiscoveredPackage {
  const { name, path, place } = found
  const [train] = trains.filter((each) => each.subject === '')
  const isInTrain = trains.some((each) => each.packages.includes(name))
  const isNamed = isNamedBy(tagSubject(splitTag(tag)?.prefix ?? ''), { kind: 'package', name, path }) || only === name
  const isDecided =
    found.reason !== undefined || settings.publish !== null || packageSettings(settings, name).publish === true
  if (!train || isInTrain || isNamed || isDecided) return found
  return { ...found, reason: `No tag releases it: ${place?.value ?? 'its version'} does not follow ${train.because}.` }
}

/** Returns what a release is limited to; null for everything. */
function selectionOf(
  { tag, only }: ScopeOptions,
  settings: Settings,
  trains: readonly Train[],
  all: Releasable,
): Selected | null {
  if (only === undefined) return selectedByTag(tag, settings, trains, all)
  const name = nameMeantBy(only, nameables(all))
  if (name === null) return null
  const train = trains.find((each) => each.crates.includes(name) || each.packages.includes(name))
  return selectedByName(name, train?.pattern ?? patternNaming(settings.tag ?? USUAL_TAG, name), all)
}

/** Finds the release trains of a project, and the part of it that is released. */
export async function scopeOf(
  all: Releasable,
  read: Pick<ReadSettings, 'settings' | 'where'>,
  { series }: Evidence,
  options: ScopeOptions,
): Promise<Scope> {
  const { settings } = read
  const members = membersOf(all)
  const groups = groupTrains(read, members)
  const ungrouped = members.filter((each) => !groups.some((one) => isMember(each, one)))
  const shown = settings.tag === null ? await trainsOf(ungrouped, series, options.history) : []
  const trains = [...shown, ...groups]
  const packages = all.packages.map((each) => withTrain(each, trains, options, settings))
  const released = { ...all, packages }
  const selected = selectionOf(options, settings, trains, released)
  return { trains, selected, contents: selected === null ? released : select(released, selected) }
}
