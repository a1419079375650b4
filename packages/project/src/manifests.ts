import { normalizeName } from '@slipway/core/name'
import { ProblemError } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { folderOf } from '@slipway/documents/paths'
import { parseToml, type TomlDocument } from '@slipway/documents/toml'
import { internalFolder, isReleased } from './internal-folders.ts'
import type { PythonPackage } from './python/package.ts'
import { isIncluded } from './settings/folders.ts'
import type { Settings } from './settings/settings.ts'

/** Returns the files with a name, in any folder. */
export function filesNamed(name: string, files: readonly string[]): string[] {
  return files.filter((file) => file === name || file.endsWith(`/${name}`))
}

/** Returns the manifests with a name: those that may be released, and those in internal folders. */
function manifestsNamed(name: string, files: readonly string[], settings: Settings) {
  const all = filesNamed(name, files)
  const isWanted = (file: string) => isReleased(file) || isIncluded(settings, folderOf(file))
  return { released: all.filter(isWanted), internal: all.filter((each) => !isWanted(each)) }
}

/** Whether a manifest has a `name` among the wanted ones, normalized. */
function hasName(text: string, wanted: ReadonlySet<string>): boolean {
  const found = [...text.matchAll(/^[ \t]*name[ \t]*=[ \t]*["']([^"'\n]*)["']/gm)]
  return found.some(([, name = '']) => wanted.has(normalizeName(name)))
}

/** Returns the manifests that name a crate or package the settings publish. */
async function publishedByName(
  folder: Folder,
  files: readonly string[],
  settings: Settings['crates'] | Settings['packages'],
): Promise<string[]> {
  const published = Object.keys(settings).filter((name) => settings[name]?.publish === true)
  if (published.length === 0) return []
  const wanted = new Set(published.map(normalizeName))
  const found = await Promise.all(files.map(async (file) => hasName((await folder.read(file)) ?? '', wanted)))
  return files.filter((_, index) => found[index])
}

/** Reads a manifest outside of the release; null if it is missing or not TOML, as a template may be. */
export async function readLeniently(folder: Folder, file: string): Promise<TomlDocument | null> {
  const text = await folder.read(file)
  try {
    return text === null ? null : parseToml(file, text)
  } catch (cause) {
    if (cause instanceof ProblemError) return null
    throw cause
  }
}

/** Returns the manifests in `test-*`, but in no internal folder, that have a `[build-system]`. */
async function buildable(folder: Folder, files: readonly string[]): Promise<string[]> {
  const inTests = files.filter((each) => internalFolder(folderOf(each)) === null)
  const read = await Promise.all(inTests.map((each) => readLeniently(folder, each)))
  return inTests.filter((_, index) => read[index]?.get('build-system') !== undefined)
}

/**
 * Returns the pyproject.toml files that may describe a package to release. Internal folders count only for packages that
 * the settings publish by name; `test-*` counts for those that could be built, since a library for tests may be there.
 */
export async function packageManifests(
  folder: Folder,
  files: readonly string[],
  settings: Settings,
): Promise<string[]> {
  const { released, internal } = manifestsNamed('pyproject.toml', files, settings)
  const more = [...(await publishedByName(folder, internal, settings.packages)), ...(await buildable(folder, internal))]
  return [...released, ...new Set(more)]
}

/**
 * Returns the Cargo.toml files to begin from: the topmost first, then those below (a workspace may exclude or miss them),
 * those that maturin builds from, and those in internal folders whose crate the settings publish by name. A reader skips
 * each that an earlier one has as a member.
 */
export async function rootManifests(
  folder: Folder,
  files: readonly string[],
  packages: readonly PythonPackage[],
  settings: Settings,
): Promise<string[]> {
  const { released, internal } = manifestsNamed('Cargo.toml', files, settings)
  const depth = (file: string) => file.split('/').length
  const built = packages.flatMap(({ reason, maturin }) => (reason === undefined && maturin ? [maturin.manifest] : []))
  return [
    ...released.sort((a, b) => depth(a) - depth(b)),
    ...built,
    ...(await publishedByName(folder, internal, settings.crates)),
  ]
}
