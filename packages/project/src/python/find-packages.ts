import type { Folder } from '@slipway/documents/folder'
import { folderOf, join } from '@slipway/documents/paths'
import type { ReadToml, TomlDocument } from '@slipway/documents/toml'
import type { Crate } from '../cargo/crate.ts'
import { internalFolder, internalOrTestFolder } from '../internal-folders.ts'
import { packageManifests } from '../manifests.ts'
import { whyKept } from '../settings/by-name.ts'
import { packageSettings } from '../settings/existence.ts'
import { isIncluded } from '../settings/folders.ts'
import { withFeatures } from '../settings/package-build.ts'
import type { Settings } from '../settings/settings.ts'
import type { DiscoveredPackage } from './discovered-package.ts'
import { withDynamicVersion } from './dynamic-version.ts'
import { importsOf } from './import-names.ts'
import { manifestOfUnnamed, type PythonPackage, readPackage } from './package.ts'
import { whyVirtual } from './virtual-project.ts'

/**
 * Finds the Python packages of a project by their pyproject.toml files. One in a test folder has a `reason`,
 * unless the settings publish it or include the folder.
 * @param files every file of the project
 */
export async function findPackages(
  folder: Folder,
  files: readonly string[],
  read: ReadToml,
  settings: Settings,
): Promise<PythonPackage[]> {
  const packages: PythonPackage[] = []
  for (const file of await packageManifests(folder, files, settings)) {
    const document = await read(file)
    const written = document && (await readNamed(document, read))
    const found = written && (await withDynamicVersion(folder, written))
    if (!found) continue
    const isWanted = packageSettings(settings, found.name).publish === true || isIncluded(settings, folderOf(file))
    if (!isWanted && internalFolder(folderOf(file)) !== null) continue
    const internal = isWanted ? null : internalOrTestFolder(folderOf(file))
    packages.push(internal === null ? found : { ...found, reason: `It is in the folder ${internal}.` })
  }
  return packages
}

/** Reads a package, named by its crate if its pyproject.toml does not name it. */
async function readNamed(document: TomlDocument, read: ReadToml): Promise<PythonPackage | null> {
  const manifest = manifestOfUnnamed(document)
  const crate = manifest === null ? null : await read(manifest)
  return readPackage(document, crate?.string('package', 'name'))
}

/** Returns why a Python package is not published, by the settings or its own files. */
function whyNotPublished(
  { name, path, document, reason }: PythonPackage,
  settings: Settings,
  files: readonly string[],
): string | undefined {
  const { publish } = packageSettings(settings, name)
  const kept = whyKept(settings, name, publish)
  if (kept !== null) return kept
  if (publish || reason !== undefined) return reason
  const hasSetup = ['setup.py', 'setup.cfg'].some((each) => files.includes(join(path, each)))
  return whyVirtual(document, hasSetup)
}

/**
 * Adds to each package the crate it is built from, its import names, and why it is not published.
 * @param crates by folder
 * @param files every file of the project
 */
export function withCratesAndImports(
  packages: readonly PythonPackage[],
  crates: ReadonlyMap<string, Crate>,
  files: readonly string[],
  settings: Settings,
): DiscoveredPackage[] {
  return packages.map((each) => {
    const crate = each.maturin ? crates.get(folderOf(each.maturin.manifest)) : undefined
    const own = packageSettings(settings, each.name)
    const reason = whyNotPublished(each, settings, files)
    return {
      ...each,
      maturin: each.maturin && withFeatures(each.maturin, own),
      ...(crate && { crate }),
      ...(reason !== undefined && { reason }),
      imports: importsOf(each, crate, files, own.imports),
    }
  })
}
