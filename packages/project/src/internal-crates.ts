import { isWithin } from '@slipway/documents/paths'
import type { Crate } from './cargo/crate.ts'
import { isDescribed, whyNotForRust } from './cargo/crate-use.ts'
import { internalFolder } from './internal-folders.ts'
import type { PythonPackage } from './python/package.ts'
import type { Settings } from './settings/settings.ts'

/** Whether a crate lies below another without being a member of its workspace. */
function isAside({ path, manifest, workspace }: Crate, crates: readonly Crate[]): boolean {
  const isBelow = crates.some((each) => each.path !== path && isWithin(path, each.path))
  return isBelow && workspace.file === manifest.file
}

/** Returns why a crate is internal to the project; null if it is not. */
function whyInternal(crate: Crate, crates: readonly Crate[]): string | null {
  const folder = internalFolder(crate.path)
  if (folder !== null) return `It is in the folder ${folder}.`
  const isTool = isAside(crate, crates) && !isDescribed(crate)
  return isTool ? 'It is outside of the workspace and has no description or license, which crates.io requires.' : null
}

/**
 * Marks the internal crates as not published: those in folders such as `tests` and `examples`, and tools. An internal crate is
 * still published if the settings or its own `publish` say so, or if a published crate needs it on the registry.
 */
export function withInternalCrates(
  crates: readonly Crate[],
  packages: readonly Pick<PythonPackage, 'name' | 'maturin'>[],
  settings: Settings,
): Crate[] {
  const isPublishedExplicitly = ({ name, manifest }: Crate) =>
    settings.crates[name]?.publish === true ||
    manifest.get('package', 'publish') === true ||
    Array.isArray(manifest.get('package', 'publish'))
  const internal = new Map(
    crates
      .filter((each) => each.publish !== false && whyInternal(each, crates) !== null && !isPublishedExplicitly(each))
      .map((each) => [each.path, each]),
  )
  const queue = crates.filter(
    (each) =>
      each.publish !== false &&
      !internal.has(each.path) &&
      (whyNotForRust(each, packages) === null || settings.crates[each.name]?.publish === true),
  )
  for (const { dependencies } of queue) {
    for (const { path = '', kind, version } of dependencies) {
      // cargo strips dev-dependencies that have no version.
      const needed = kind === 'dev' && version === undefined ? undefined : internal.get(path)
      if (needed && internal.delete(path)) queue.push(needed)
    }
  }
  return crates.map((each) => {
    if (!internal.has(each.path)) return each
    return { ...each, publish: false, reason: whyInternal(each, crates) ?? '' }
  })
}
