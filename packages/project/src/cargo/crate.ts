import type { Folder } from '@slipway/documents/folder'
import { globMatcher } from '@slipway/documents/ignore/glob'
import { folderOf, isWithin, join } from '@slipway/documents/paths'
import type { ReadToml, TomlDocument } from '@slipway/documents/toml'
import { type Place, placeAt } from '../version-place.ts'
import { type Dependency, readDependencies } from './dependency.ts'

/** A crate of the project. */
export interface Crate {
  name: string
  version: string
  /** The place of the version, in its own manifest or the workspace's; null for none. */
  place: Place | null
  /** Its folder, relative to the project. */
  path: string
  manifest: TomlDocument
  /** The manifest of its workspace, or its own. */
  workspace: TomlDocument
  /** As in the manifest, or `false` by the settings. true: anywhere; false: nowhere; names: only these registries. */
  publish: boolean | string[]
  /** Why it is not part of the release; absent if it is. */
  reason?: string
  /** Whether it is not part of this release because other tags release it. */
  isOfOtherTag?: true
  /** What shows that it is released: `tags demo-v1.2.0`; absent if only the manifests say so. */
  because?: string
  /** Whether a command of the project's own workflows publishes it, as it would an extension module too. */
  isPublishedByWorkflow?: true
  /** For a crate that is not released for want of evidence, which a registry may have: what speaks against it. */
  unproven?: 'workflows' | 'manifest'
  /** Whether its library is a `cdylib`, as Python's extension modules are. */
  isExtension: boolean
  /** Whether it builds a library for Rust beside that `cdylib`. */
  isLibraryToo: boolean
  /** Whether a crate that is published needs it on the registry. */
  isNeeded?: true
  /** Whether it builds libraries for other languages (`cdylib`, `staticlib`) and nothing else. */
  isForeign: boolean
  /** The name of its library in code. */
  libName: string
  dependencies: Dependency[]
  /** `[features]`, each with those it enables. */
  features: Record<string, string[]>
}

/** Cargo's name for crates.io in `publish` and `registry`. */
export const CRATES_IO = 'crates-io'

/** Returns the registries that a value of `publish` allows: true for any, false for none (the Cargo book, "The publish field"). */
export function allowedRegistries(value: unknown): boolean | string[] {
  if (!Array.isArray(value)) return value !== false
  const names = value.filter((each) => typeof each === 'string')
  if (names.length === 1 && names[0] === CRATES_IO) return true
  return names.length > 0 && names
}

/** Whether a crate has a program, in its manifest or where cargo finds one (the Cargo book, "Target auto-discovery"). */
function hasProgram(manifest: TomlDocument, files: readonly string[]): boolean {
  const sources = join(folderOf(manifest.file), 'src')
  return (
    manifest.get('bin') !== undefined ||
    files.some((each) => each === join(sources, 'main.rs') || each.startsWith(`${join(sources, 'bin')}/`))
  )
}

function readCrate(manifest: TomlDocument, workspace: TomlDocument, files: readonly string[]): Crate | null {
  const name = manifest.string('package', 'name')
  if (name === undefined) return null
  const kinds = [...manifest.strings('lib', 'crate-type'), ...manifest.strings('lib', 'crate_type')]
  const isForeign = kinds.length > 0 && kinds.every((each) => each === 'cdylib' || each === 'staticlib')
  const inherits = (key: string) => manifest.get('package', key, 'workspace') === true
  const source = inherits('version') ? workspace : manifest
  const key = inherits('version') ? ['workspace', 'package', 'version'] : ['package', 'version']
  const version = source.string(...key)
  const publish = inherits('publish')
    ? workspace.get('workspace', 'package', 'publish')
    : manifest.get('package', 'publish')
  return {
    name,
    // A crate without a version has 0.0.0 and cannot be published (the Cargo book, "The version field").
    version: version ?? '0.0.0',
    place: placeAt(source, 'semver', ...key),
    path: folderOf(manifest.file),
    manifest,
    workspace,
    publish: version !== undefined && allowedRegistries(publish),
    isExtension: kinds.includes('cdylib'),
    isLibraryToo: kinds.includes('cdylib') && kinds.some((each) => /^(?:lib|rlib|dylib)$/.test(each)),
    isForeign: isForeign && !hasProgram(manifest, files),
    libName: manifest.string('lib', 'name') ?? name.replaceAll('-', '_'),
    dependencies: readDependencies(manifest, workspace),
    features: Object.fromEntries(
      Object.keys(manifest.table('features')).map((feature) => [feature, manifest.strings('features', feature)]),
    ),
  }
}

/** Returns the manifests that `members` names, without those of `exclude`. A member named in full stays (the Cargo book, "Workspaces"). */
function memberFiles(workspace: TomlDocument, files: readonly string[]): string[] {
  const top = folderOf(workspace.file)
  const patterns = (key: string) => workspace.strings('workspace', key).map((each) => join(top, each))
  const members = new Set(patterns('members'))
  // Names without a pattern are looked up directly.
  const globs = [...members].filter((each) => /[*?[]/.test(each)).map(globMatcher)
  const excluded = patterns('exclude')
  return files.filter((file) => {
    const folder = folderOf(file)
    if (!/(^|\/)Cargo\.toml$/.test(file) || file === workspace.file) return false
    if (members.has(folder)) return true
    return globs.some((matches) => matches(folder)) && !excluded.some((each) => isWithin(folder, each))
  })
}

/**
 * Reads the crates of a workspace, or the one crate of a manifest without `[workspace]`, in any order.
 * Local dependencies below the workspace's folder are members too (the Cargo book, "The members and exclude fields").
 * @param root path of the manifest
 */
export async function readCrates(folder: Folder, read: ReadToml, root: string): Promise<Crate[]> {
  const workspace = await read(root)
  if (!workspace) return []
  const isWorkspace = workspace.get('workspace') !== undefined
  const top = folderOf(root)
  const excluded = workspace.strings('workspace', 'exclude').map((each) => join(top, each))
  const files = await folder.files()
  const queue = [root, ...(isWorkspace ? memberFiles(workspace, files) : [])]
  const crates = new Map<string, Crate>()
  for (const file of queue) {
    const manifest = crates.has(file) ? null : await read(file)
    const crate = manifest && readCrate(manifest, workspace, files)
    if (!crate) continue
    crates.set(file, crate)
    if (!isWorkspace) break
    for (const { path } of crate.dependencies) {
      if (path === undefined || !isWithin(path, top) || excluded.some((each) => isWithin(path, each))) continue
      if (!(await folder.isLeftOut(path))) queue.push(join(path, 'Cargo.toml'))
    }
  }
  return [...crates.values()]
}
