import { normalizeName } from '@slipway/core/name'
import type { PlannedImage } from '@slipway/core/plan'
import { type Nameable, readTag } from '@slipway/core/tag'
import { folderOf } from '@slipway/documents/paths'
import type { Crate } from './cargo/crate.ts'
import type { DiscoveredPackage } from './python/discovered-package.ts'
import { packageSettings } from './settings/existence.ts'
import type { Settings } from './settings/settings.ts'

/** What a repository holds, some of which a tag may select. */
export interface Holding {
  crates: Crate[]
  packages: DiscoveredPackage[]
  images: PlannedImage[]
}

function versionsOf({ crates, packages }: Holding): Set<string> {
  const released = crates.filter((each) => each.publish !== false || packages.some(({ crate }) => crate === each))
  return new Set([...released, ...packages].flatMap((each) => each.place?.value ?? []))
}

/** What tags may name: a crate that a package is built from does not go by its folder, for the package may lie there too. */
export function nameables({ crates, packages }: Pick<Holding, 'crates' | 'packages'>): Nameable[] {
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
 * Which crate or package alone a tag releases; null when it releases all. That is so by a pattern of tags with `{name}`,
 * or where a tag begins with a name (`demo-v1.2.3`) and not everything has one version, or is to keep it.
 */
export function nameInTag(tag: string | undefined, settings: Settings, holding: Holding): string | null {
  if (tag === undefined) return null
  const hasOwn = [settings.crates, settings.packages].some((said) =>
    Object.values(said).some((each) => each.version === 'own'),
  )
  const isNamed = settings.tag.includes('{name}') || hasOwn || versionsOf(holding).size > 1
  return isNamed ? (readTag(tag, settings.tag, nameables(holding))?.name ?? null) : null
}

/** Whether what is selected has a version that is not that of all others. @param selected null for nothing */
export function isOwn(settings: Settings, selected: string | null): boolean {
  if (selected === null) return false
  return settings.crates[selected]?.version === 'own' || packageSettings(settings, selected).version === 'own'
}

/** The settings where one thing alone is released: nothing else is in that release, so nothing needs to be apart from it. */
export function settingsOfOne(settings: Settings): Settings {
  const together = (said: Settings['crates']): Settings['crates'] =>
    Object.fromEntries(Object.entries(said).map(([name, { version: _, ...rest }]) => [name, rest]))
  return { ...settings, crates: together(settings.crates), packages: together(settings.packages) }
}

/** Leaves in a release what has a name, the crate that its package is built from, and the images in their folders, or of its name. */
export function select(holding: Holding, name: string): Holding {
  const isNamed = (each: { name: string }) => normalizeName(each.name) === normalizeName(name)
  const reason = `The tag releases ${name} alone.`
  const chosen = holding.packages.filter(isNamed)
  const crates = new Map(
    holding.crates.map((crate): [Crate, Crate] => {
      const isKept = crate.name === name || chosen.some((each) => each.crate === crate)
      return [crate, isKept ? crate : { ...crate, reason, publish: false }]
    }),
  )
  const packages = holding.packages.map((each) => {
    const crate = each.crate && crates.get(each.crate)
    return { ...each, ...(crate && { crate }), ...(!isNamed(each) && { reason: each.reason ?? reason }) }
  })
  const all = [...crates.values(), ...packages]
  const depth = (path: string) => (path === '.' ? 0 : path.split('/').length)
  const images = holding.images.filter(({ name: image, file }) => {
    const around = all.filter(({ path }) => path === '.' || `${folderOf(file)}/`.startsWith(`${path}/`))
    if (around.length === 0) return isNamed({ name: image.split('/').at(-1) ?? '' })
    const most = Math.max(...around.map(({ path }) => depth(path)))
    return around.some((each) => depth(each.path) === most && each.reason === undefined)
  })
  return { crates: [...crates.values()], packages, images }
}
