import { isTable, type TomlDocument, type TomlKey } from '@slipway/documents/toml'
import { type Place, placeAt } from '../version-place.ts'
import type { Crate } from './crate.ts'
import { asTable, dependencyTables, packageName } from './dependency.ts'
import { localFolder } from './patch.ts'

/** A manifest's requirement for a sibling crate: `demo = { path = "core", version = "1.2.3" }`. */
export interface Pin extends Omit<Place, 'spelling'> {
  spelling: 'requirement'
  /** The required crate. */
  sibling: Crate
  /** Whether a crate uses it: one in `[workspace.dependencies]` may be unused. */
  used: boolean
}

/** A manifest, and that of its workspace or itself. */
export type WorkspaceManifest = Pick<Crate, 'manifest' | 'workspace'>

/** Returns the tables of a manifest that may require a sibling. */
function requiringTables(manifest: TomlDocument): TomlKey[][] {
  const patches = Object.keys(manifest.table('patch')).map((source) => ['patch', source])
  return [['workspace', 'dependencies'], ...dependencyTables(manifest).map((each) => each.path), ...patches]
}

/**
 * Returns the requirements of manifests for crates, each place once.
 * @param used the places that crates use or inherit: `FILE:LINE`
 */
export function pinsIn(
  manifests: Iterable<WorkspaceManifest>,
  crates: readonly Crate[],
  used: ReadonlySet<string> = new Set(),
): Pin[] {
  const byPath = new Map(crates.map((each) => [each.path, each]))
  return [...manifests].flatMap(({ manifest, workspace }) =>
    requiringTables(manifest).flatMap((table) =>
      Object.entries(manifest.table(...table)).flatMap(([alias, entry]): Pin[] => {
        const fields = asTable(entry)
        const sibling = byPath.get(localFolder(packageName(alias, fields), fields, manifest, workspace) ?? '')
        const key = isTable(entry) ? [alias, 'version'] : [alias]
        const place = placeAt(manifest, 'semver', ...table, ...key)
        const { file, line } = manifest.where(...table, alias)
        return sibling && place
          ? [{ ...place, spelling: 'requirement', sibling, used: used.has(`${file}:${line}`) }]
          : []
      }),
    ),
  )
}

/** Returns the requirements of a project's crates for each other, each place once. */
export function pinsOf(crates: readonly Crate[]): Pin[] {
  const used = new Set(crates.flatMap((each) => each.dependencies.map(({ where }) => `${where.file}:${where.line}`)))
  const manifests = new Map<string, WorkspaceManifest>()
  for (const { manifest, workspace } of crates) {
    manifests.set(workspace.file, { manifest: workspace, workspace })
    manifests.set(manifest.file, { manifest, workspace })
  }
  return pinsIn(manifests.values(), crates, used)
}
