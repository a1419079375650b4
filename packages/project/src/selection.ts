import { normalizeName } from '@slipway/core/name'
import type { PlannedImage } from '@slipway/core/plan'
import { type Nameable, readTag } from '@slipway/core/tag'
import { folderOf } from '@slipway/documents/paths'
import type { Crate } from './cargo/crate.ts'
import type { DiscoveredPackage } from './python/discovered-package.ts'
import { packageSettings } from './settings/existence.ts'
import type { Settings } from './settings/settings.ts'

/** The contents of a repository that a tag may select from. */
export interface Releasable {
  crates: Crate[]
  packages: DiscoveredPackage[]
  images: PlannedImage[]
}

function versionsOf({ crates, packages }: Releasable): Set<string> {
  const released = crates.filter((each) => each.publish !== false || packages.some(({ crate }) => crate === each))
  return new Set([...released, ...packages].flatMap((each) => each.place?.value ?? []))
}

/** Returns the names that tags may use. A crate that a package is built from cannot go by its folder, which the package may share. */
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

/**
 * Returns the only crate or package that a tag releases; null if it releases all. A tag selects by the `{name}` of the tag
 * pattern, or by a name in front (`demo-v1.2.3`) if versions differ or a setting makes one separate.
 */
export function selectedByTag(tag: string | undefined, settings: Settings, contents: Releasable): string | null {
  if (tag === undefined) return null
  const hasSeparate = [settings.crates, settings.packages].some((table) =>
    Object.values(table).some((each) => each.version === 'own'),
  )
  const isNamed = settings.tag.includes('{name}') || hasSeparate || versionsOf(contents).size > 1
  return isNamed ? (readTag(tag, settings.tag, nameables(contents))?.name ?? null) : null
}

/** Whether the selected crate or package is versioned separately (`version = "own"`). @param selected null for nothing */
export function isVersionedSeparately(settings: Settings, selected: string | null): boolean {
  if (selected === null) return false
  return settings.crates[selected]?.version === 'own' || packageSettings(settings, selected).version === 'own'
}

/** Returns the settings without `version = "own"`: a release of one crate or package has no other versions to be separate from. */
export function settingsForSelected(settings: Settings): Settings {
  const withoutVersion = (table: Settings['crates']): Settings['crates'] =>
    Object.fromEntries(Object.entries(table).map(([name, { version: _, ...rest }]) => [name, rest]))
  return { ...settings, crates: withoutVersion(settings.crates), packages: withoutVersion(settings.packages) }
}

/** Limits a release to the crate or package of a name, its package's crate, and the images in their folders or of its name. */
export function select(contents: Releasable, name: string): Releasable {
  const isNamed = (each: { name: string }) => normalizeName(each.name) === normalizeName(name)
  const reason = `The tag releases ${name} alone.`
  const selected = contents.packages.filter(isNamed)
  const crates = new Map(
    contents.crates.map((crate): [Crate, Crate] => {
      const isSelected = crate.name === name || selected.some((each) => each.crate === crate)
      return [crate, isSelected ? crate : { ...crate, reason, publish: false }]
    }),
  )
  const packages = contents.packages.map((each) => {
    const crate = each.crate && crates.get(each.crate)
    return { ...each, ...(crate && { crate }), ...(!isNamed(each) && { reason: each.reason ?? reason }) }
  })
  const all = [...crates.values(), ...packages]
  const depth = (path: string) => (path === '.' ? 0 : path.split('/').length)
  const images = contents.images.filter(({ name: image, file }) => {
    const around = all.filter(({ path }) => path === '.' || `${folderOf(file)}/`.startsWith(`${path}/`))
    if (around.length === 0) return isNamed({ name: image.split('/').at(-1) ?? '' })
    const deepest = Math.max(...around.map(({ path }) => depth(path)))
    return around.some((each) => depth(each.path) === deepest && each.reason === undefined)
  })
  return { crates: [...crates.values()], packages, images }
}
