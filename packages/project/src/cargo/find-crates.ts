import type { Folder } from '@slipway/documents/folder'
import { folderOf, join } from '@slipway/documents/paths'
import type { ReadToml } from '@slipway/documents/toml'
import type { Evidence } from '../evidence/evidence.ts'
import { withReleasedCrates } from '../evidence/released-crates.ts'
import { rootManifests } from '../manifests.ts'
import type { PythonPackage } from '../python/package.ts'
import { whyKept } from '../settings/by-name.ts'
import type { Settings } from '../settings/settings.ts'
import { type Crate, readCrates } from './crate.ts'
import { withNeeds } from './crate-use.ts'

/**
 * Finds the crates of a project, by folder: those of its workspaces, those that packages are built from, and the path
 * dependencies of both. A crate that is not released has `publish: false` and a reason.
 * @param files every file of the project
 */
export async function findCrates(
  folder: Folder,
  files: readonly string[],
  read: ReadToml,
  known: { packages: readonly PythonPackage[]; settings: Settings; evidence: Evidence },
): Promise<Map<string, Crate>> {
  const found = new Map<string, Crate>()
  const { packages, settings } = known
  const roots = await rootManifests(folder, files, packages, settings)
  for (const root of roots) {
    // A member is read with its workspace, not alone.
    if (found.has(folderOf(root))) continue
    for (const crate of await readCrates(folder, read, root)) {
      const isPrivate = whyKept(settings, crate.name, settings.crates[crate.name]?.publish) !== null
      found.set(crate.path, isPrivate ? { ...crate, publish: false } : crate)
      for (const { path } of crate.dependencies) {
        const isInProject = path !== undefined && !path.startsWith('..') && !(await folder.isLeftOut(path))
        if (isInProject) roots.push(join(path, 'Cargo.toml'))
      }
    }
  }
  const crates = withNeeds([...found.values()], packages)
  return new Map(withReleasedCrates({ ...known, crates }).map((each) => [each.path, each]))
}
