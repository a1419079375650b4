import { error, type Problem, warning } from '@slipway/core/problem'
import { compareVersions, parseVersion } from '@slipway/core/version'
import { folderOf, join } from '@slipway/documents/paths'
import { isTable } from '@slipway/documents/toml'
import type { Project } from '@slipway/project/project'
import { toSemver } from '@slipway/project/release-version'
import { CITATION_FILE } from '@slipway/project/version-files'
import { holds } from '@slipway/project/version-place'

/** Reports the released crates and packages whose version would become older (`bump-not-newer`). @param to SemVer */
export function downgrades(project: Project, to: string): Problem[] {
  return project.versions.places.flatMap((place) => {
    const own = toSemver(place)
    const isOlder = parseVersion(own) !== null && compareVersions(to, own) < 0
    if (place.separate || !place.owners || !isOlder) return []
    const { file, line, value } = place
    const message = `${to} is older than ${value}, which is the version here: users on ${value} would never be upgraded to it.`
    const hint = `Choose a newer version, or add --allow-older. If this one is versioned separately, set \`version = "own"\` in slipway.toml.`
    return [error('bump-not-newer', message, hint, { file, line })]
  })
}

/**
 * Reports crates that a `[replace]` of the project puts in the place of a published version (`bump-replaced-crate`):
 * the name and version of both must be equal (the Cargo book, "The [replace] section").
 */
export function replacedCrates({ crates }: Project): Problem[] {
  const byPath = new Map(crates.map((each) => [each.path, each]))
  const workspaces = new Map(crates.map(({ workspace }) => [workspace.file, workspace]))
  return [...workspaces.values()].flatMap((workspace) =>
    Object.entries(workspace.table('replace')).flatMap(([replaced, entry]) => {
      if (!isTable(entry) || typeof entry.path !== 'string') return []
      const crate = byPath.get(join(folderOf(workspace.file), entry.path))
      if (!crate) return []
      const message = `\`[replace]\` puts ${crate.name} in the place of ${replaced}, so cargo demands that its version stays ${crate.version}.`
      const hint = `Move the line to \`[patch.crates-io]\`: ${crate.name} = { path = "${entry.path}" }.`
      return [error('bump-replaced-crate', message, hint, workspace.where('replace', replaced))]
    }),
  )
}

/** Warns that different versions become one (`bump-joins-versions`), which may be a repair or a mistake. */
export function joinedVersions(project: Project, from: string, to: string): Problem[] {
  const others = project.versions.places.filter(
    (place) => !place.separate && place.file !== CITATION_FILE && !holds(place, from) && !holds(place, to),
  )
  const [first] = others
  if (!first) return []
  const { file, line, value } = first
  const message =
    others.length === 1
      ? `${file}:${line} had another version, ${value} instead of ${from}, and gets ${to} too.`
      : `${others.length} places had another version than ${from}, as ${file}:${line} had ${value}, and get ${to} too.`
  const hint = `If a crate or package is versioned separately, undo its change and set \`version = "own"\` in slipway.toml.`
  return [warning('bump-joins-versions', message, hint, { file, line })]
}
