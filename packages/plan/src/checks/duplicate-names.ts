import { normalizeName } from '@slipway/core/name'
import { error, type Problem, type Where } from '@slipway/core/problem'
import { type Check, publishedCrates } from './check.ts'

/** Something that is published under a name. */
interface Named {
  name: string
  /** The name as a registry compares it. */
  compared: string
  where: Where
}

/** What is published under a name that something else is published under. */
function taken(all: readonly Named[], what: string, registry: string): Problem[] {
  return all.flatMap(({ name, compared, where }, index) => {
    const other = all.slice(0, index).find((each) => each.compared === compared)
    if (!other) return []
    const there = `${other.where.file}:${other.where.line}`
    const message = `The ${what} ${name} has the name of that of ${there}, ${other.name}: ${registry} takes one of them only.`
    return [error('name-twice', message, 'Rename one of them, or keep it from being published.', where)]
  })
}

const crateNames: Check = (subject) => {
  const named = publishedCrates(subject).map(({ name, manifest }) => {
    // crates.io, `canon_crate_name`.
    return { name, compared: name.toLowerCase().replaceAll('-', '_'), where: manifest.where('package', 'name') }
  })
  return taken(named, 'crate', 'crates.io')
}

const packageNames: Check = ({ project }) => {
  const published = project.packages.filter((each) => each.reason === undefined)
  const named = published.map(({ name, document }) => {
    const table = document.get('project') === undefined ? ['tool', 'poetry'] : ['project']
    return { name, compared: normalizeName(name), where: document.where(...table, 'name') }
  })
  return taken(named, 'Python package', 'PyPI')
}

/** Whether each thing that is published has a name of its own. */
export const NAME_CHECKS: readonly Check[] = [crateNames, packageNames]
