import type { Crate } from './cargo.ts'
import { onlyForOthers } from './crate-use.ts'
import type { PythonPackage } from './pyproject.ts'
import { helperFolder } from './released.ts'
import type { Settings } from './settings/settings.ts'

/**
 * The crates, those that lie in folders for the project's own use (`tests`, `examples`) as part of no release. One is
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
      .filter((each) => each.publish !== false && helperFolder(each.path) !== null && !saysSo(each))
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
    return { ...each, publish: false, reason: `It lies in the folder ${helperFolder(each.path)}.` }
  })
}
