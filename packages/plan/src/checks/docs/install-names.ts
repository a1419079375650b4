import path from 'node:path'
import { few } from '@slipway/core/counted'
import { normalizeName } from '@slipway/core/name'
import { nearest } from '@slipway/core/nearest-word'
import type { PlannedCrate } from '@slipway/core/plan'
import { type Problem, placeText, type Where, warning } from '@slipway/core/problem'
import { parseRequirement } from '@slipway/core/python/requirement'
import type { Crate } from '@slipway/project/cargo/crate'
import { isForUsers } from '@slipway/project/internal-folders'
import { type Mention, mentionsIn } from '@slipway/project/mentions'
import type { Project } from '@slipway/project/project'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { requirementLists } from '@slipway/project/python/requirement-lists'
import { repositoryName } from '@slipway/project/repository'
import { MAX_NAMES_SHOWN } from '../../limits.ts'
import type { Check, Subject } from '../check.ts'

/** A mention and its place. */
type PlacedMention = Omit<Mention, 'line'> & { where: Where }

/** Names that readers may confuse with those of the published crates and packages. */
interface Names {
  /** Names of the published crates. */
  crates: string[]
  /** Names of the published Python packages. */
  packages: string[]
  /** Why crates and packages of the project are not published, by normalized name. */
  reasons: Record<Mention['kind'], Map<string, string>>
  /** All names of the project's crates and packages, their folders and modules, normalized. */
  own: Set<string>
  /** Dependencies of the project, normalized: a text with such a name means the dependency. */
  foreign: Record<Mention['kind'], Set<string>>
}

/** Returns the normalized names of the packages that a pyproject.toml requires (PyPA specification "Dependency specifiers"). */
function requiredBy({ document }: DiscoveredPackage): string[] {
  const groups = Object.keys(document.table('dependency-groups')).map((each) => ['dependency-groups', each])
  const lists = [...requirementLists(document), ['build-system', 'requires'], ...groups]
  const poetry = Object.keys(document.table('tool', 'poetry', 'dependencies'))
  const required = lists.flatMap((list) => document.strings(...list))
  const names = required.flatMap((each) => parseRequirement(each)?.name ?? [])
  return [...names, ...poetry].map(normalizeName)
}

/** Returns the normalized names of crates of others that the project depends on, or that its Cargo.lock contains. */
function foreignCrates({ crates, versions }: Project): string[] {
  const paths = new Set(crates.map((each) => each.path))
  const dependencies = crates.flatMap((each) =>
    each.dependencies.filter(({ path }) => path === undefined || !paths.has(path)),
  )
  const locked = versions.locks.flatMap((each) => each.packages.filter(({ isForeign }) => isForeign))
  return [...dependencies, ...locked].map((each) => normalizeName(each.name))
}

function namesOf({ project, crates }: Pick<Subject, 'project' | 'crates'>): Names {
  // What other tags release can be installed too, and perhaps what somebody publishes by hand.
  const packages = project.packages.filter((each) => each.reason === undefined || each.isOfOtherTag)
  const isElsewhere = (each: Crate) => each.isOfOtherTag || each.unproven === 'workflows'
  const elsewhere = new Set(project.crates.filter(isElsewhere).map((each) => each.name))
  const isOut = ({ name, publish }: PlannedCrate) => publish !== false || elsewhere.has(name)
  const own = [
    ...project.crates.flatMap((each) => [each.name, each.libName, path.posix.basename(each.path)]),
    ...project.packages.flatMap((each) => [each.name, ...each.imports.map(({ name }) => name)]),
    ...project.crates.flatMap((each) => repositoryName(each) ?? []),
  ]
  const reasons = (all: readonly { name: string; reason?: string }[]) =>
    new Map(all.flatMap(({ name, reason }) => (reason === undefined ? [] : [[normalizeName(name), reason] as const])))
  return {
    crates: crates.filter(isOut).map((each) => each.name),
    packages: packages.map((each) => each.name),
    reasons: {
      crate: reasons(crates.filter((each) => !isOut(each))),
      package: reasons(project.packages.filter((each) => !packages.includes(each))),
    },
    own: new Set(own.map(normalizeName)),
    foreign: {
      crate: new Set(foreignCrates(project)),
      package: new Set(project.packages.flatMap(requiredBy)),
    },
  }
}

/** Returns the hint for a wrong name: the published name, or of several the one with the nearest spelling. */
function nameHint(name: string, published: readonly string[]): string {
  const meant = published.length === 1 ? published[0] : nearest(name, published)
  if (meant !== undefined) return `Write ${meant}.`
  const rest = published.length - MAX_NAMES_SHOWN
  const all = [...published.slice(0, MAX_NAMES_SHOWN), ...(rest > 0 ? [`${rest} others`] : [])]
  return `Write the name you mean: ${all.slice(0, -1).join(', ')} or ${all.at(-1)}.`
}

/** Returns the problem of a mention that readers cannot install. @param others that are reported with it */
function mentionProblems(
  { name, kind, isLink, isForPoetry, where }: PlacedMention,
  others: readonly PlacedMention[],
  names: Names,
): Problem[] {
  const published = kind === 'crate' ? names.crates : names.packages
  const normalized = normalizeName(name)
  const isSame = (each: string) =>
    each === name || ((isLink || kind === 'package') && normalizeName(each) === normalized)
  // A name that is not the project's means another project, and so does any package name if it publishes no package.
  const isForeign = !names.own.has(normalized) || names.foreign[kind].has(normalized)
  const isPackage = isForPoetry && names.packages.some((each) => normalizeName(each) === normalized)
  if (published.some(isSame) || isForeign || isPackage || (kind === 'package' && published.length === 0)) return []
  const what = kind === 'crate' ? 'crate' : 'Python package'
  const code = `docs-${kind}-name-differs`
  const reason = names.reasons[kind].get(normalized)
  if (reason !== undefined) {
    const message = `Readers cannot install the ${what} ${name}, which is not published: ${reason}`
    const files = new Set(others.map((each) => each.where.file).filter((each) => each !== where.file))
    const also = files.size > 0 ? ` Other files name it too: ${few([...files])}.` : ''
    return [warning(code, message, `Describe how to get it, or publish the ${what}.${also}`, where)]
  }
  const [right] = published
  if (right === undefined) {
    const message = `Readers cannot install the ${what} ${name}: this project publishes no ${what}.`
    return [warning(code, message, `Describe how to get it, or publish the ${what}.`, where)]
  }
  const is = published.length === 1 ? `it is published as ${right}` : `this project publishes no ${what} of that name`
  return [warning(code, `Readers cannot install the ${what} ${name}: ${is}.`, nameHint(name, published), where)]
}

/** Whether a file documents how to use the project. */
function isGuide(file: string, changelog: string | undefined): boolean {
  return /\.(?:md|rst)$/i.test(file) && file !== changelog && isForUsers(file)
}

/** Returns the key of mentions that are reported together: all of an unpublished crate or package, else those of a line. */
function keyOf({ name, kind, where }: PlacedMention, { reasons }: Names): string {
  return reasons[kind].has(normalizeName(name)) ? `${kind} ${name}` : `${kind} ${name} ${placeText(where)}`
}

const guides: Check = async ({ folder, ...subject }) => {
  const names = namesOf(subject)
  const files = (await folder.files()).filter((each) => isGuide(each, subject.project.changelog?.file))
  const read = files.map(async (file): Promise<PlacedMention[]> => {
    const mentions = mentionsIn((await folder.read(file)) ?? '')
    return mentions.map(({ line, ...each }) => ({ ...each, where: { file, line } }))
  })
  const groups = new Map<string, PlacedMention[]>()
  for (const each of (await Promise.all(read)).flat()) {
    const key = keyOf(each, names)
    const group = groups.get(key)
    if (group) group.push(each)
    else groups.set(key, [each])
  }
  return [...groups.values()].flatMap(([first, ...others]) => (first ? mentionProblems(first, others, names) : []))
}

/** Checks that the documentation installs crates and packages by their published names. */
export const DOCS_CHECKS: readonly Check[] = [guides]
