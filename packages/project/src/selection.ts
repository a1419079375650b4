import { normalizeName } from '@slipway/core/name'
import type { PlannedImage } from '@slipway/core/plan'
import { type Nameable, readTag, splitTag, tagSubject } from '@slipway/core/tag'
import { folderOf } from '@slipway/documents/paths'
import type { Crate } from './cargo/crate.ts'
import { isMember, isNamedBy, type Member, type Train } from './evidence/trains.ts'
import type { DiscoveredPackage } from './python/discovered-package.ts'
import { packageSettings } from './settings/existence.ts'
import { groupOf, groupTag } from './settings/groups.ts'
import type { Settings } from './settings/settings.ts'

/** The contents of a repository that a tag may select from. */
export interface Releasable {
  crates: Crate[]
  packages: DiscoveredPackage[]
  images: PlannedImage[]
}

/** The crates and packages that a release is limited to. */
export interface Selected {
  crates: readonly string[]
  packages: readonly string[]
  /** Pattern of its tags. */
  pattern: string
}

/** Returns the names of the selected crates and packages, each once. */
export function selectedNames({ crates, packages }: Pick<Selected, 'crates' | 'packages'>): string[] {
  return [...new Set([...crates, ...packages])]
}

/** Returns the crates and packages that may be released. A crate that a package is built from goes by its name only. */
export function membersOf({ crates, packages }: Pick<Releasable, 'crates' | 'packages'>): Member[] {
  const built = (crate: Crate) => packages.some((each) => each.crate === crate)
  return [
    ...crates
      .filter((each) => each.publish !== false)
      .map(
        (each): Member => ({ kind: 'crate', name: each.name, path: built(each) ? '' : each.path, place: each.place }),
      ),
    ...packages
      .filter((each) => each.reason === undefined)
      .map((each): Member => {
        return { kind: 'package', name: each.name, path: each.path, place: each.place ?? each.crate?.place ?? null }
      }),
  ]
}

/** Returns the names that tags may use. */
export function nameables({ crates, packages }: Pick<Releasable, 'crates' | 'packages'>): Nameable[] {
  const folder = ({ path }: { path: string }) => (path === '.' ? null : (path.split('/').at(-1) ?? null))
  return [
    ...crates.map((each) => ({
      name: each.name,
      folder: packages.some(({ crate }) => crate === each) ? null : folder(each),
    })),
    ...packages.map((each) => ({ name: each.name, folder: folder(each) })),
  ]
}

function among(members: readonly Member[], pattern: string): Selected {
  const names = (kind: Member['kind']) => members.filter((each) => each.kind === kind).map((each) => each.name)
  return { crates: names('crate'), packages: names('package'), pattern }
}

/** Selects the crate and the package of a name, which may be built from one another. */
export function selectedByName(name: string, pattern: string, { crates, packages }: Releasable): Selected {
  const isNamed = (each: { name: string }) => normalizeName(each.name) === normalizeName(name)
  const named = packages.filter(isNamed)
  const built = crates.filter((each) => named.some(({ crate }) => crate === each))
  const own = [...crates.filter((each) => each.name === name), ...built]
  return { crates: own.map((each) => each.name), packages: named.map((each) => each.name), pattern }
}

/**
 * Returns the crates and packages that a tag releases; null if it releases all. With a pattern in the settings, `{name}`
 * selects; else the train of git's tags that has the tag's form, or what the tag names (`python-v1.2.3`).
 */
export function selectedByTag(
  tag: string | undefined,
  settings: Settings,
  trains: readonly Train[],
  contents: Releasable,
): Selected | null {
  if (tag === undefined) return null
  const members = membersOf(contents)
  const group = settings.groups.find((each) => readTag(tag, groupTag(each), []) !== null)
  const ofGroup = group && trains.find((each) => each.pattern === groupTag(group))
  if (ofGroup)
    return among(
      members.filter((each) => isMember(each, ofGroup)),
      ofGroup.pattern,
    )
  if (settings.groups.length > 0) {
    const outside = members.filter(({ name }) => groupOf(settings, name) === null)
    return among(outside, settings.tag ?? patternOf(tag))
  }
  if (settings.tag !== null) {
    const name = readTag(tag, settings.tag, nameables(contents))?.name ?? null
    return name === null ? null : selectedByName(name, patternNaming(settings.tag, name), contents)
  }
  const split = splitTag(tag)
  if (split === null) return null
  const pattern = `${split.prefix}{version}`
  const train = trains.find((each) => each.pattern === pattern)
  const subject = tagSubject(split.prefix)
  const chosen = train
    ? members.filter((each) => isMember(each, train))
    : subject === ''
      ? members.filter((each) => !trains.some((other) => other.subject !== '' && isMember(each, other)))
      : members.filter((each) => isNamedBy(subject, each))
  return chosen.length === 0 || chosen.length === members.length ? null : among(chosen, pattern)
}

/** Returns the pattern of tags that differ from one only in their version. */
function patternOf(tag: string): string {
  return `${splitTag(tag)?.prefix ?? ''}{version}`
}

/** Returns the pattern of the tags of one crate or package: with its name filled in, or in front. */
export function patternNaming(pattern: string, name: string): string {
  return pattern.includes('{name}') ? pattern.replace('{name}', () => name) : `${name}-${pattern}`
}

/** Whether the selection is versioned separately (`version = "own"`). @param selected null for everything */
export function isVersionedSeparately(settings: Settings, selected: Selected | null): boolean {
  if (selected === null) return false
  return (
    selected.crates.some((each) => settings.crates[each]?.version === 'own') ||
    selected.packages.some((each) => packageSettings(settings, each).version === 'own')
  )
}

/**
 * Returns the settings of a release: without `version = "own"` if it is limited, since it has no other versions to be
 * separate from; with it for the members of its train that have always had separate versions.
 */
export function settingsOfRelease(settings: Settings, selected: Selected | null, trains: readonly Train[]): Settings {
  const isOwn = (kind: Member['kind'], name: string) =>
    trains.some(({ separate, pattern }) => {
      const isOfRelease = selected === null || selected.pattern === pattern
      return isOfRelease && separate.some((each) => each.kind === kind && each.name === name)
    })
  const table = (kind: Member['kind'], all: Settings['crates'], names: readonly string[]): Settings['crates'] => {
    const kept = Object.entries(all).map(([name, { version, ...rest }]) => {
      return [name, { ...rest, ...(selected === null && version !== undefined && { version }) }] as const
    })
    const own = names
      .filter((each) => isOwn(kind, each))
      .map((each) => [each, { ...all[each], version: 'own' }] as const)
    return Object.fromEntries([...kept, ...own])
  }
  const separate = trains.flatMap((each) => each.separate)
  const named = (kind: Member['kind']) => separate.filter((each) => each.kind === kind).map((each) => each.name)
  return {
    ...settings,
    crates: table('crate', settings.crates, named('crate')),
    packages: table('package', settings.packages, named('package')),
  }
}

/** Limits a release to the selected crates and packages, and the images in their folders or of their names. */
export function select(contents: Releasable, selected: Selected): Releasable {
  const names = selectedNames(selected).map(normalizeName)
  const isSelected = (each: { name: string }) => selected.packages.includes(each.name)
  const [name = '', ...others] = selectedNames(selected)
  const reason =
    others.length === 0 ? `The tag releases ${name} alone.` : `Tags like ${selected.pattern} do not release it.`
  const crates = new Map(
    contents.crates.map((crate): [Crate, Crate] => {
      const isReleased = selected.crates.includes(crate.name) || crate.publish === false
      return [crate, isReleased ? crate : { ...crate, reason, publish: false, isOfOtherTag: true }]
    }),
  )
  const packages = contents.packages.map((each) => {
    const crate = each.crate && crates.get(each.crate)
    return {
      ...each,
      ...(crate && { crate }),
      ...(!isSelected(each) && each.reason === undefined && { reason, isOfOtherTag: true as const }),
    }
  })
  const all = [...crates.values(), ...packages]
  const depth = (path: string) => (path === '.' ? 0 : path.split('/').length)
  const images = contents.images.filter(({ name: image, file }) => {
    const around = all.filter(({ path }) => path === '.' || `${folderOf(file)}/`.startsWith(`${path}/`))
    if (around.length === 0) return names.includes(normalizeName(image.split('/').at(-1) ?? ''))
    const deepest = Math.max(...around.map(({ path }) => depth(path)))
    return around.some((each) => depth(each.path) === deepest && each.reason === undefined)
  })
  return { crates: [...crates.values()], packages, images }
}
