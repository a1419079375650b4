import { normalizeName } from '@slipway/core/name'
import { error, type Problem, type Where } from '@slipway/core/problem'
import { type Check, publishedCrates } from './check.ts'

/** A published crate or package. */
interface Named {
  name: string
  /** The name as the registry normalizes it. */
  compared: string
  where: Where
}

/** Reports each crate or package whose name an earlier one has. */
function duplicates(all: readonly Named[], what: string, registry: string): Problem[] {
  return all.flatMap(({ name, compared, where }, index) => {
    const other = all.slice(0, index).find((each) => each.compared === compared)
    if (!other) return []
    const place = `${other.where.file}:${other.where.line}`
    const message = `${registry} cannot publish the ${what} ${name}: ${other.name} in ${place} has the same name there.`
    return [error('name-twice', message, 'Rename one of them, or set `publish = false` for it.', where)]
  })
}

const crateNames: Check = (subject) => {
  const named = publishedCrates(subject).map(({ name, manifest }) => {
    // crates.io, `canon_crate_name`.
    return { name, compared: name.toLowerCase().replaceAll('-', '_'), where: manifest.where('package', 'name') }
  })
  return duplicates(named, 'crate', 'crates.io')
}

const packageNames: Check = ({ project }) => {
  const published = project.packages.filter((each) => each.reason === undefined)
  const named = published.map(({ name, document }) => {
    const table = document.get('project') === undefined ? ['tool', 'poetry'] : ['project']
    return { name, compared: normalizeName(name), where: document.where(...table, 'name') }
  })
  return duplicates(named, 'Python package', 'PyPI')
}

/** Checks that no two crates, and no two packages, have the same name for their registry. */
export const NAME_CHECKS: readonly Check[] = [crateNames, packageNames]
