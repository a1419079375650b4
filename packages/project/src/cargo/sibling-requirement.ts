import { folderOf, join } from '@slipway/documents/paths'
import { isTable, type TomlDocument } from '@slipway/documents/toml'
import { type Place, placeAt } from '../version-place.ts'
import type { Crate } from './crate.ts'
import { dependencyTables } from './dependency.ts'

/** A manifest's requirement for a sibling crate: `demo = { path = "core", version = "1.2.3" }`. */
export interface Pin extends Omit<Place, 'spelling'> {
  spelling: 'requirement'
  /** The required crate. */
  sibling: Crate
  /** Whether a crate uses it: one in `[workspace.dependencies]` may be unused. */
  used: boolean
}

/**
 * Returns the requirements of manifests for crates, each place once.
 * @param used the places that crates use or inherit: `FILE:LINE`
 */
export function pinsIn(
  manifests: Iterable<TomlDocument>,
  crates: readonly Crate[],
  used: ReadonlySet<string> = new Set(),
): Pin[] {
  const byPath = new Map(crates.map((each) => [each.path, each]))
  return [...manifests].flatMap((manifest) =>
    [['workspace', 'dependencies'], ...dependencyTables(manifest).map((each) => each.path)].flatMap((table) =>
      Object.entries(manifest.table(...table)).flatMap(([alias, entry]): Pin[] => {
        if (!isTable(entry) || typeof entry.path !== 'string') return []
        const sibling = byPath.get(join(folderOf(manifest.file), entry.path))
        const place = placeAt(manifest, 'semver', ...table, alias, 'version')
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
  return pinsIn(new Set(crates.flatMap((each) => [each.workspace, each.manifest])), crates, used)
}
