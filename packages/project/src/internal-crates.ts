import { isWithin } from '@slipway/documents/paths'
import type { Crate } from './cargo/crate.ts'
import { isDescribed, onlyForOthers } from './cargo/crate-use.ts'
import { internalFolder } from './internal-folders.ts'
import type { PythonPackage } from './python/package.ts'
import type { Settings } from './settings/settings.ts'

/** Whether a crate lies below another, and is no member of its workspace. */
function isAside({ path, manifest, workspace }: Crate, crates: readonly Crate[]): boolean {
  const isBelow = crates.some((each) => each.path !== path && isWithin(path, each.path))
  return isBelow && workspace.file === manifest.file
}

/** Why a crate is there for the project's own use; null when it is not. */
function whyHelper(crate: Crate, crates: readonly Crate[]): string | null {
  const folder = internalFolder(crate.path)
  if (folder !== null) return `It lies in the folder ${folder}.`
  const isTool = isAside(crate, crates) && !isDescribed(crate)
  return isTool ? 'It lies beside the workspace, and lacks the description or license that crates.io asks for.' : null
}

/**
 * The crates, those for the project's own use as part of no release: in folders as `tests` and `examples`, or tools. One is
 * published all the same that the settings or its own `publish` name, or that a published crate needs on the registry.
 */
export function withHelpers(
  crates: readonly Crate[],
  packages: readonly Pick<PythonPackage, 'name' | 'maturin'>[],
  settings: Settings,
): Crate[] {
  const saysSo = ({ name, manifest }: Crate) =>
    settings.crates[name]?.publish === true ||
    manifest.get('package', 'publish') === true ||
    Array.isArray(manifest.get('package', 'publish'))
  const helpers = new Map(
    crates
      .filter((each) => each.publish !== false && whyHelper(each, crates) !== null && !saysSo(each))
      .map((each) => [each.path, each]),
  )
  const queue = crates.filter(
    (each) =>
      each.publish !== false &&
      !helpers.has(each.path) &&
      (onlyForOthers(each, packages) === null || settings.crates[each.name]?.publish === true),
  )
  for (const { dependencies } of queue) {
    for (const { path = '', kind, version } of dependencies) {
      // cargo strips dev-dependencies that have no version.
      const needed = kind === 'dev' && version === undefined ? undefined : helpers.get(path)
      if (needed && helpers.delete(path)) queue.push(needed)
    }
  }
  return crates.map((each) => {
    if (!helpers.has(each.path)) return each
    return { ...each, publish: false, reason: whyHelper(each, crates) ?? '' }
  })
}
