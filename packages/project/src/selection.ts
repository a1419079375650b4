import { normalizeName } from '@slipway/core/name'
import type { PlannedImage } from '@slipway/core/plan'
import type { Crate } from './cargo.ts'
import type { DiscoveredPackage } from './discover.ts'
import { folderOf } from './folder.ts'
import { readTag } from './tag.ts'

/** What a repository holds, some of which a tag may select. */
interface Holding {
  crates: Crate[]
  packages: DiscoveredPackage[]
  images: PlannedImage[]
}

function versionsOf({ crates, packages }: Holding): Set<string> {
  const released = crates.filter((each) => each.publish !== false || packages.some(({ crate }) => crate === each))
  return new Set([...released, ...packages].flatMap((each) => each.place?.value ?? []))
}

/**
 * Which crate or package alone a tag releases; null when it releases all. That is so by a pattern of tags with `{name}`,
 * or where a tag begins with a name (`demo-v1.2.3`) and not everything has one version.
 */
export function nameInTag(tag: string | undefined, pattern: string, holding: Holding): string | null {
  if (tag === undefined) return null
  const names = [...holding.crates, ...holding.packages].map((each) => each.name)
  const isNamed = pattern.includes('{name}') || versionsOf(holding).size > 1
  return isNamed ? (readTag(tag, pattern, names)?.name ?? null) : null
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
