import { error, type Problem, type Where } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { folderOf, join } from '@slipway/documents/paths'
import type { TomlDocument } from '@slipway/documents/toml'
import type { Crate } from '@slipway/project/cargo/crate'
import type { Dependency } from '@slipway/project/cargo/dependency'
import { fieldOf } from '@slipway/project/cargo/field'
import { MAX_MANIFEST_ENTRIES } from '../../limits.ts'
import { type Check, publishedCrates, type Subject } from '../check.ts'

function refused(message: string, hint: string, where: Where): Problem {
  return error('manifest-refused', message, hint, where)
}

/** The crates that a release builds: those that go out, and the extension modules. */
function builtOf(subject: Subject): Crate[] {
  const { crates, packages } = subject.project
  const published = new Set(publishedCrates(subject))
  const isInWheel = (crate: Crate) =>
    packages.some((each) => each.reason === undefined && each.crate?.path === crate.path)
  return crates.filter((crate) => published.has(crate) || isInWheel(crate))
}

/** Members that are named in full, and not there; of submodules and what git ignores nothing is known. */
async function members(workspace: TomlDocument, folder: Folder): Promise<Problem[]> {
  const top = folderOf(workspace.file)
  const named = workspace.strings('workspace', 'members').slice(0, MAX_MANIFEST_ENTRIES)
  const found = named.map(async (each, index): Promise<Problem[]> => {
    const path = join(top, each)
    if (/[*?[]|^\//.test(each) || path.startsWith('..') || (await folder.isLeftOut(path))) return []
    const file = join(path, 'Cargo.toml')
    if ((await folder.entriesIn(path)).some((entry) => entry.path === file)) return []
    const message = `The workspace has the member ${JSON.stringify(each)}, but there is no ${file}, so cargo refuses all of the workspace.`
    const where = workspace.where('workspace', 'members', index)
    return [refused(message, 'Add the crate, or take it out of `members`.', where)]
  })
  return (await Promise.all(found)).flat()
}

/** An edition that there is not (the Rust edition guide); later ones may come. */
function edition(crate: Crate): Problem[] {
  const { value, where } = fieldOf(crate, 'edition')
  const isNone =
    typeof value === 'number' ||
    (typeof value === 'string' && !/^20(?:15|18|21|24)$/.test(value) && !(/^\d{4}$/.test(value) && value > '2024'))
  if (!isNone) return []
  const message = `${JSON.stringify(value)} is no edition of Rust, so cargo refuses the crate ${crate.name}.`
  return [refused(message, 'Write edition = "2021", say: there are "2015", "2018", "2021" and "2024".', where())]
}

/** What features turn on that is not there (the Cargo book, "Features"). */
function features({ name, manifest, features, dependencies }: Crate): Problem[] {
  const aliases = new Set(dependencies.map((each) => each.alias))
  const wrong = Object.entries(features).flatMap(([feature, values]) =>
    values.flatMap((value, index): Problem[] => {
      const dependency = /^dep:(.+)$/s.exec(value)?.[1] ?? /^([^/]+?)\??\//.exec(value)?.[1]
      if (aliases.has(dependency ?? value) || (dependency === undefined && Object.hasOwn(features, value))) return []
      const what = dependency === undefined ? 'no feature or dependency of that name' : `no dependency ${dependency}`
      const message = `The feature ${feature} of the crate ${name} has ${JSON.stringify(value)}, but there is ${what}, so cargo refuses the crate.`
      return [refused(message, 'Correct the name, or add what it names.', manifest.where('features', feature, index))]
    }),
  )
  return wrong.slice(0, MAX_MANIFEST_ENTRIES)
}

/** A part of a requirement, as far as its form tells (the Cargo book, "Version requirement syntax"). */
const COMPARATOR =
  /^\s*(?:[<>]=?|[=~^])?\s*(?:\d+|[*xX])(?:\.(?:\d+|[*xX])){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?\s*$/

/** A requirement that is none. */
function requirement({ name, version, where }: Dependency, crate: Crate): Problem[] {
  if (version === undefined || version.split(',').every((each) => COMPARATOR.test(each))) return []
  const message = `${JSON.stringify(version)}, what ${crate.name} asks of ${name}, is no version requirement, so cargo refuses the crate.`
  return [refused(message, `Write the version that it was tried with, as in ${name} = "1.2".`, where)]
}

/** Sources that are named, and not there. */
async function sources({ name, path, manifest }: Crate, folder: Folder): Promise<Problem[]> {
  const keys = [
    ['lib', 'path'],
    ['package', 'build'],
  ] as const
  const found = keys.map(async ([table, key]): Promise<Problem[]> => {
    const value = manifest.string(table, key)
    const file = join(path, value ?? '')
    if (value === undefined || /^(?:\/|\.\.(?:\/|$))/.test(file) || (await folder.size(file)) !== null) return []
    const message = `\`${key}\` in [${table}] of the crate ${name} names ${file}, which is not there, so cargo cannot build it.`
    return [refused(message, `Add the file, or correct \`${key}\`.`, manifest.where(table, key))]
  })
  return (await Promise.all(found)).flat()
}

/** A manifest that cargo refuses keeps it from every crate of the workspace. */
const manifests: Check = async (subject) => {
  const built = builtOf(subject)
  const workspaces = [...new Set(built.map((each) => each.workspace))]
  const read = subject.project.crates.filter((crate) => workspaces.includes(crate.workspace))
  const problems = [
    ...(await Promise.all(workspaces.map((each) => members(each, subject.folder)))).flat(),
    ...read.flatMap((crate) => [
      ...edition(crate),
      ...features(crate),
      ...crate.dependencies.flatMap((each) => requirement(each, crate)),
    ]),
    ...(await Promise.all(built.map((each) => sources(each, subject.folder)))).flat(),
  ]
  // What several crates inherit from the workspace is told once.
  return [...new Map(problems.map((each) => [`${each.where?.file}:${each.where?.line} ${each.hint}`, each])).values()]
}

/** Whether cargo reads the manifests at all. */
export const CRATE_MANIFEST_CHECKS: readonly Check[] = [manifests]
