import type { Where } from '@slipway/core/problem'
import { folderOf, join } from '@slipway/documents/paths'
import { isTable, type TomlDocument, type TomlKey, type TomlTable } from '@slipway/documents/toml'

/** How a crate uses another. */
export type DependencyKind = 'normal' | 'build' | 'dev'

/** What a crate depends on, with what it inherits from its workspace in place. */
export interface Dependency {
  /** Name of the package, not what the crate calls it. */
  name: string
  /** What the crate calls it. */
  alias: string
  kind: DependencyKind
  /** Folder, relative to the project, when it is a local one. */
  path?: string
  /** The version requirement, when there is one. */
  version?: string
  /** Address of the repository, when it comes from one. */
  git?: string
  /** The registry that it is named to be from, when it is not the default one. */
  registry?: string
  features: string[]
  /** Where it is specified: in its crate's manifest, or the workspace's. */
  where: Where
  /** Where its crate names it. */
  usedAt: Where
}

/** With the old spellings, which cargo takes up to edition 2021. */
const TABLES: [key: string, kind: DependencyKind][] = [
  ['dependencies', 'normal'],
  ['build-dependencies', 'build'],
  ['dev-dependencies', 'dev'],
  ['build_dependencies', 'build'],
  ['dev_dependencies', 'dev'],
]

/** The tables of a manifest that hold dependencies, those for single platforms included (the Cargo book, "Specifying dependencies"). */
export function dependencyTables(manifest: TomlDocument): { path: TomlKey[]; kind: DependencyKind }[] {
  const targets = Object.keys(manifest.table('target')).map((target) => ['target', target])
  return [[], ...targets].flatMap((prefix) => TABLES.map(([table, kind]) => ({ path: [...prefix, table], kind })))
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

/** A dependency's entry as a table: a bare string is a version. */
function asTable(entry: unknown): TomlTable {
  return isTable(entry) ? entry : { version: entry }
}

/**
 * The dependencies of a manifest.
 * @param workspace the manifest of its workspace, that `workspace = true` refers to
 */
export function readDependencies(manifest: TomlDocument, workspace: TomlDocument): Dependency[] {
  return dependencyTables(manifest).flatMap(({ path, kind }) =>
    Object.entries(manifest.table(...path)).map(([alias, entry]): Dependency => {
      const own = asTable(entry)
      const from = own.workspace === true ? workspace : manifest
      const source = own.workspace === true ? asTable(workspace.get('workspace', 'dependencies', alias)) : own
      return {
        name: typeof source.package === 'string' ? source.package : alias,
        alias,
        kind,
        ...(typeof source.path === 'string' && { path: join(folderOf(from.file), source.path) }),
        ...(typeof source.version === 'string' && { version: source.version }),
        ...(typeof source.git === 'string' && { git: source.git }),
        ...(typeof source.registry === 'string' && { registry: source.registry }),
        features: [...strings(source.features), ...(source === own ? [] : strings(own.features))],
        where: from === manifest ? manifest.where(...path, alias) : workspace.where('workspace', 'dependencies', alias),
        usedAt: manifest.where(...path, alias),
      }
    }),
  )
}
