import path from 'node:path'
import { normalizeName } from '@slipway/core/name'
import { type Problem, type Where, warning } from '@slipway/core/problem'
import { nearest } from '@slipway/documents/nearest-word'
import { isForUsers } from '@slipway/project/internal-folders'
import type { Project } from '@slipway/project/project'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { repositoryName } from '@slipway/project/repository'
import { MAX_NAMES_SHOWN } from '../../limits.ts'
import type { Check, Subject } from '../check.ts'
import { type Mention, mentionsIn } from './mentions.ts'

/** Names that people may take for those under which a project's parts are published. */
interface Names {
  /** Of the crates that are published. */
  crates: string[]
  /** Of the Python packages that are published. */
  packages: string[]
  /** Why crates and packages of the project are not published, by their names. */
  kept: Record<Mention['kind'], Map<string, string>>
  /** All that the project's parts are called anywhere, normalized. */
  known: Set<string>
  /** What the project needs of others, normalized: a text that names it means that. */
  foreign: Record<Mention['kind'], Set<string>>
}

/** Names of the packages that a pyproject.toml requires (PyPA specification "Dependency specifiers"), normalized. */
function requiredBy({ document }: DiscoveredPackage): string[] {
  const tables = [['project', 'optional-dependencies'], ['dependency-groups']].flatMap((table) =>
    Object.keys(document.table(...table)).map((key) => [...table, key]),
  )
  const lists = [['project', 'dependencies'], ['build-system', 'requires'], ...tables]
  const poetry = Object.keys(document.table('tool', 'poetry', 'dependencies'))
  const required = lists.flatMap((list) => document.strings(...list))
  return [...required, ...poetry].flatMap((each) => /^\s*([A-Za-z0-9][\w.-]*)/.exec(each)?.[1] ?? []).map(normalizeName)
}

/** What crates of the project depend on, or Cargo.lock holds, and is none of the project's, normalized. */
function foreignCrates({ crates, versions }: Project): string[] {
  const paths = new Set(crates.map((each) => each.path))
  const needed = crates.flatMap((each) =>
    each.dependencies.filter(({ path }) => path === undefined || !paths.has(path)),
  )
  const locked = versions.locks.flatMap((each) => each.packages.filter(({ isForeign }) => isForeign))
  return [...needed, ...locked].map((each) => normalizeName(each.name))
}

function namesOf({ project, crates }: Subject): Names {
  const packages = project.packages.filter((each) => each.reason === undefined)
  const known = [
    ...project.crates.flatMap((each) => [each.name, each.libName, path.posix.basename(each.path)]),
    ...project.packages.flatMap((each) => [each.name, ...each.imports.map(({ name }) => name)]),
    ...project.crates.flatMap((each) => repositoryName(each) ?? []),
  ]
  const reasons = (all: readonly { name: string; reason?: string }[]) =>
    new Map(all.flatMap(({ name, reason }) => (reason === undefined ? [] : [[normalizeName(name), reason] as const])))
  return {
    crates: crates.filter((each) => each.publish !== false).map((each) => each.name),
    packages: packages.map((each) => each.name),
    kept: { crate: reasons(crates), package: reasons(project.packages) },
    known: new Set(known.map(normalizeName)),
    foreign: {
      crate: new Set(foreignCrates(project)),
      package: new Set(project.packages.flatMap(requiredBy)),
    },
  }
}

/** What to write in place of a name: the one that is published, or of several the one that is spelt most like it. */
function meant(name: string, published: readonly string[]): string {
  const [only] = published
  const near = published.length === 1 ? only : nearest(name, published)
  if (near !== undefined) return `Write ${near}.`
  const rest = published.length - MAX_NAMES_SHOWN
  const all = [...published.slice(0, MAX_NAMES_SHOWN), ...(rest > 0 ? [`${rest} others`] : [])]
  return `Write which is meant: ${all.slice(0, -1).join(', ')} or ${all.at(-1)}.`
}

function judge({ name, kind, isLink, isForPoetry }: Mention, names: Names, where: Where): Problem[] {
  const published = kind === 'crate' ? names.crates : names.packages
  const own = normalizeName(name)
  const isSame = (each: string) => each === name || ((isLink || kind === 'package') && normalizeName(each) === own)
  // Another project's, as far as one can tell; one that publishes no Python package sends nobody to its own.
  const isAnothers = !names.known.has(own) || names.foreign[kind].has(own)
  const isPackage = isForPoetry && names.packages.some((each) => normalizeName(each) === own)
  if (published.some(isSame) || isAnothers || isPackage || (kind === 'package' && published.length === 0)) return []
  const what = kind === 'crate' ? 'crate' : 'Python package'
  const code = `docs-${kind}-name-differs`
  const reason = names.kept[kind].get(own)
  if (reason !== undefined) {
    const message = `Readers are sent to the ${what} ${name}, which is not published: ${reason}`
    return [warning(code, message, `Say how it is got instead, or publish the ${what}.`, where)]
  }
  const [right] = published
  if (right === undefined) {
    const message = `Readers are sent to the ${what} ${name}, but this project publishes no ${what}.`
    return [warning(code, message, `Say what it is got by instead, or publish the ${what}.`, where)]
  }
  const is = published.length === 1 ? `it is published as ${right}` : `this project publishes no ${what} of that name`
  return [warning(code, `Readers are sent to the ${what} ${name}, but ${is}.`, meant(name, published), where)]
}

/** Whether a file tells people how to use the project. */
function isGuide(file: string, changelog: string | undefined): boolean {
  return /\.(?:md|rst)$/i.test(file) && file !== changelog && isForUsers(file)
}

/** What is told once for all mentions that have it in common. */
function keyOf({ name, kind, line }: Mention, { kept }: Names): string {
  return `${kept[kind].has(normalizeName(name)) ? '' : line} ${kind} ${name}`
}

const guides: Check = async (subject) => {
  const names = namesOf(subject)
  const files = (await subject.folder.files()).filter((each) => isGuide(each, subject.project.changelog?.file))
  const found = files.map(async (file) => {
    const mentions = mentionsIn((await subject.folder.read(file)) ?? '')
    // A badge is a link in a link, to one crate; that one is not published is told once a file.
    const once = new Map(mentions.map((each) => [keyOf(each, names), each] as const).reverse())
    return [...once.values()].reverse().flatMap((each) => judge(each, names, { file, line: each.line }))
  })
  return (await Promise.all(found)).flat()
}

/** Whether what the documents tell people to install is what is released. */
export const DOCS_CHECKS: readonly Check[] = [guides]
