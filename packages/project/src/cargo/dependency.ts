import type { Where } from '@slipway/core/problem'
import { isTable, type TomlDocument, type TomlKey, type TomlTable } from '@slipway/documents/toml'
import { localFolder } from './patch.ts'

/** How a crate uses another. */
export type DependencyKind = 'normal' | 'build' | 'dev'

/** A dependency of a crate, with fields inherited from its workspace. */
export interface Dependency {
  /** The package's name. */
  name: string
  /** The crate's own name for it. */
  alias: string
  kind: DependencyKind
  /** Folder of a local one, by its `path` or a `[patch]`, relative to the project. */
  path?: string
  /** The version requirement, if any. */
  version?: string
  /** Address of the git repository, if it comes from one. */
  git?: string
  /** The registry it names, if not the default one. */
  registry?: string
  features: string[]
  /** Whether only a feature enables it. */
  isOptional: boolean
  /** The line that specifies it, in its crate's manifest or the workspace's. */
  where: Where
  /** The line that uses it, in its crate's manifest. */
  usedAt: Where
}

/** Includes the old spellings, which cargo accepts up to edition 2021. */
const TABLES: [key: string, kind: DependencyKind][] = [
  ['dependencies', 'normal'],
  ['build-dependencies', 'build'],
  ['dev-dependencies', 'dev'],
  ['build_dependencies', 'build'],
  ['dev_dependencies', 'dev'],
]

/** Returns the dependency tables of a manifest, including those for single platforms (the Cargo book, "Specifying dependencies"). */
export function dependencyTables(manifest: TomlDocument): { path: TomlKey[]; kind: DependencyKind }[] {
  const targets = Object.keys(manifest.table('target')).map((target) => ['target', target])
  return [[], ...targets].flatMap((prefix) => TABLES.map(([table, kind]) => ({ path: [...prefix, table], kind })))
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

/** Returns a dependency's entry in a manifest as a table: a bare string is a version. */
export function asTable(entry: unknown): TomlTable {
  return isTable(entry) ? entry : { version: entry }
}

/** Returns the name of a dependency's package, which its own name may hide. */
export function packageName(alias: string, entry: TomlTable): string {
  return typeof entry.package === 'string' ? entry.package : alias
}

/**
 * Returns the dependencies of a manifest.
 * @param workspace the manifest of its workspace, to which `workspace = true` refers
 */
export function readDependencies(manifest: TomlDocument, workspace: TomlDocument): Dependency[] {
  return dependencyTables(manifest).flatMap(({ path: table, kind }) =>
    Object.entries(manifest.table(...table)).map(([alias, entry]): Dependency => {
      const own = asTable(entry)
      const origin = own.workspace === true ? workspace : manifest
      const source = own.workspace === true ? asTable(workspace.get('workspace', 'dependencies', alias)) : own
      const name = packageName(alias, source)
      const path = localFolder(name, source, origin, workspace)
      return {
        name,
        alias,
        kind,
        ...(path !== undefined && { path }),
        ...(typeof source.version === 'string' && { version: source.version }),
        ...(typeof source.git === 'string' && { git: source.git }),
        ...(typeof source.registry === 'string' && { registry: source.registry }),
        features: [...strings(source.features), ...(source === own ? [] : strings(own.features))],
        isOptional: own.optional === true,
        where:
          origin === manifest ? manifest.where(...table, alias) : workspace.where('workspace', 'dependencies', alias),
        usedAt: manifest.where(...table, alias),
      }
    }),
  )
}
