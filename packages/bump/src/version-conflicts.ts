import { error, type Problem, warning } from '@slipway/core/problem'
import { compareVersions, parseVersion } from '@slipway/core/version'
import type { Project } from '@slipway/project/project'
import { releaseVersion } from '@slipway/project/release-version'
import { CITATION_FILE } from '@slipway/project/version-files'
import { holds } from '@slipway/project/version-place'

/** What would have an older version than it has, of what is released: `bump-not-newer`. @param to SemVer */
export function lowered(project: Project, to: string): Problem[] {
  return project.versions.places.flatMap((place) => {
    const own = releaseVersion(place)
    const isOlder = parseVersion(own) !== null && compareVersions(to, own) < 0
    if (place.apart || !place.owners || !isOlder) return []
    const { file, line, value } = place
    const message = `The version ${to} is older than ${value}, which stands here: who has that would never be offered it.`
    const hint = `Name a newer one, or add --allow-older; where this has versions of its own, say so in slipway.toml: \`version = "own"\`.`
    return [error('bump-not-newer', message, hint, { file, line })]
  })
}

/** That versions which were not the same become one: it may be a repair, or too much. */
export function joined(project: Project, from: string, to: string): Problem[] {
  const others = project.versions.places.filter(
    (place) => !place.apart && place.file !== CITATION_FILE && !holds(place, from) && !holds(place, to),
  )
  const [first] = others
  if (!first) return []
  const { file, line, value } = first
  const count = others.length === 1 ? 'One place' : `${others.length} places`
  const message = `${count} had another version than ${from}, as ${file}:${line} had ${value}, and ${others.length === 1 ? 'gets' : 'get'} ${to} too.`
  const hint = `Where a crate or package has versions of its own, undo that, and say so in slipway.toml: \`version = "own"\`.`
  return [warning('bump-joins-versions', message, hint, { file, line })]
}
