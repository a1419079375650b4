import { normalizeName } from '@slipway/core/name'
import { ProblemError } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { folderOf } from '@slipway/documents/paths'
import { parseToml, type TomlDocument } from '@slipway/documents/toml'
import { internalFolder, isReleased } from './internal-folders.ts'
import type { PythonPackage } from './python/package.ts'
import type { Settings } from './settings/settings.ts'

/** The files of a name, wherever they lie. */
export function filesNamed(name: string, files: readonly string[]): string[] {
  return files.filter((file) => file === name || file.endsWith(`/${name}`))
}

/** Whether a manifest gives a name to something that is wanted. */
function names(text: string, wanted: ReadonlySet<string>): boolean {
  const given = [...text.matchAll(/^[ \t]*name[ \t]*=[ \t]*["']([^"'\n]*)["']/gm)]
  return given.some(([, name = '']) => wanted.has(normalizeName(name)))
}

/** Of the manifests in folders for the project's own use, those that name what the settings publish. */
async function named(
  folder: Folder,
  files: readonly string[],
  said: Settings['crates'] | Settings['packages'],
): Promise<string[]> {
  const published = Object.keys(said).filter((name) => said[name]?.publish === true)
  if (published.length === 0) return []
  const wanted = new Set(published.map(normalizeName))
  const found = await Promise.all(files.map(async (file) => names((await folder.read(file)) ?? '', wanted)))
  return files.filter((_, index) => found[index])
}

/** Reads what is no matter of the release; null for what is not there or is no TOML, a template of it say. */
export async function readLeniently(folder: Folder, file: string): Promise<TomlDocument | null> {
  const text = await folder.read(file)
  try {
    return text === null ? null : parseToml(file, text)
  } catch (cause) {
    if (cause instanceof ProblemError) return null
    throw cause
  }
}

/** Of the manifests in folders for the project's own use, those in `test-*` that describe a package that could be built. */
async function buildable(folder: Folder, files: readonly string[]): Promise<string[]> {
  const inTests = files.filter((each) => internalFolder(folderOf(each)) === null)
  const read = await Promise.all(inTests.map((each) => readLeniently(folder, each)))
  return inTests.filter((_, index) => read[index]?.get('build-system') !== undefined)
}

/**
 * The pyproject.toml files that may describe something to release: none in folders as `tests` and `examples`, but where
 * the settings publish by name what is there; in `test-*`, which a library for tests may be called, those that could be.
 */
export async function packageManifests(
  folder: Folder,
  files: readonly string[],
  { packages }: Settings,
): Promise<string[]> {
  const all = filesNamed('pyproject.toml', files)
  const helpers = all.filter((each) => !isReleased(each))
  const more = [...(await named(folder, helpers, packages)), ...(await buildable(folder, helpers))]
  return [...all.filter(isReleased), ...new Set(more)]
}

/**
 * The Cargo.toml files to begin from, each where none before it has it as a member: the topmost ones first, then those
 * below (a workspace may exclude them, or not reach them), those that maturin builds from, and those in folders as `tests`
 * and `examples` whose crate the settings publish by name.
 */
export async function rootManifests(
  folder: Folder,
  files: readonly string[],
  packages: readonly PythonPackage[],
  { crates }: Settings,
): Promise<string[]> {
  const all = filesNamed('Cargo.toml', files)
  const depth = (file: string) => file.split('/').length
  const helpers = all.filter((each) => !isReleased(each))
  const built = packages.flatMap(({ reason, maturin }) => (reason === undefined && maturin ? [maturin.manifest] : []))
  return [
    ...all.filter(isReleased).sort((a, b) => depth(a) - depth(b)),
    ...built,
    ...(await named(folder, helpers, crates)),
  ]
}
