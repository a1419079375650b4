import { folderOf, join } from '@slipway/documents/paths'
import { isTable, type TomlDocument, type TomlTable } from '@slipway/documents/toml'

/** Returns the name of the source of a dependency, as `[patch.NAME]` spells it. */
function sourceOf({ git, registry }: TomlTable): string {
  const named = git ?? registry
  return typeof named === 'string' ? named : 'crates-io'
}

/**
 * Returns the folder of a dependency, relative to the project: its `path`, or the one that a `[patch]` puts in the place
 * of its version (the Cargo book, "Overriding dependencies"). Undefined if it is not local.
 * @param entry the dependency, from `manifest`
 * @param workspace the manifest of the workspace: patches in others have no effect
 */
export function localFolder(
  name: string,
  entry: TomlTable,
  manifest: TomlDocument,
  workspace: TomlDocument,
): string | undefined {
  if (typeof entry.path === 'string') return join(folderOf(manifest.file), entry.path)
  if (typeof entry.version !== 'string') return undefined
  const patches = Object.entries(workspace.table('patch', sourceOf(entry)))
  const paths = patches.flatMap(([alias, patch]) => {
    const isOfName = isTable(patch) && (patch.package ?? alias) === name
    return isOfName && typeof patch.path === 'string' ? [patch.path] : []
  })
  return paths.map((each) => join(folderOf(workspace.file), each))[0]
}
