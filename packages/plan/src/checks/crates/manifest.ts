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

/** Returns the crates that a release builds: the published ones, and those in wheels. */
function builtOf(subject: Subject): Crate[] {
  const { crates, packages } = subject.project
  const published = new Set(publishedCrates(subject))
  const isInWheel = (crate: Crate) =>
    packages.some((each) => each.reason === undefined && each.crate?.path === crate.path)
  return crates.filter((crate) => published.has(crate) || isInWheel(crate))
}

/** Reports missing workspace members without wildcards; submodules and ignored folders are unknown. */
async function members(workspace: TomlDocument, folder: Folder): Promise<Problem[]> {
  const top = folderOf(workspace.file)
  const named = workspace.strings('workspace', 'members').slice(0, MAX_MANIFEST_ENTRIES)
  const found = named.map(async (each, index): Promise<Problem[]> => {
    const path = join(top, each)
    if (/[*?[]|^\//.test(each) || path.startsWith('..') || (await folder.isLeftOut(path))) return []
    const file = join(path, 'Cargo.toml')
    if ((await folder.entriesIn(path)).some((entry) => entry.path === file)) return []
    const message = `cargo refuses the workspace: its member ${JSON.stringify(each)} has no ${file}.`
    const where = workspace.where('workspace', 'members', index)
    return [refused(message, 'Add the crate, or remove it from `members`.', where)]
  })
  return (await Promise.all(found)).flat()
}

/** Reports an edition that does not exist (the Rust edition guide); later ones may come. */
function edition(crate: Crate): Problem[] {
  const { value, where } = fieldOf(crate, 'edition')
  const isInvalid =
    typeof value === 'number' ||
    (typeof value === 'string' && !/^20(?:15|18|21|24)$/.test(value) && !(/^\d{4}$/.test(value) && value > '2024'))
  if (!isInvalid) return []
  const message = `cargo refuses the crate ${crate.name}: ${JSON.stringify(value)} is not a Rust edition.`
  return [refused(message, 'Set edition to "2015", "2018", "2021" or "2024".', where())]
}

/** Reports features that enable a feature or dependency that does not exist (the Cargo book, "Features"). */
function features({ name, manifest, features, dependencies }: Crate): Problem[] {
  const aliases = new Set(dependencies.map((each) => each.alias))
  const wrong = Object.entries(features).flatMap(([feature, values]) =>
    values.flatMap((value, index): Problem[] => {
      const dependency = /^dep:(.+)$/s.exec(value)?.[1] ?? /^([^/]+?)\??\//.exec(value)?.[1]
      if (aliases.has(dependency ?? value) || (dependency === undefined && Object.hasOwn(features, value))) return []
      const what = dependency === undefined ? 'no such feature or dependency' : `no dependency ${dependency}`
      const message = `cargo refuses the crate ${name}: its feature ${feature} enables ${JSON.stringify(value)}, but there is ${what}.`
      return [
        refused(
          message,
          'Correct the name, or add the feature or dependency.',
          manifest.where('features', feature, index),
        ),
      ]
    }),
  )
  return wrong.slice(0, MAX_MANIFEST_ENTRIES)
}

/** One comparator of a requirement (the Cargo book, "Version requirement syntax"). */
const COMPARATOR =
  /^\s*(?:[<>]=?|[=~^])?\s*(?:\d+|[*xX])(?:\.(?:\d+|[*xX])){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?\s*$/

/** Reports an invalid version requirement. */
function requirement({ name, version, where }: Dependency, crate: Crate): Problem[] {
  if (version === undefined || version.split(',').every((each) => COMPARATOR.test(each))) return []
  const message = `cargo refuses the crate ${crate.name}: ${JSON.stringify(version)} is not a version requirement for ${name}.`
  return [refused(message, `Set the version you tested with, as in ${name} = "1.2".`, where)]
}

/** Reports source files that a manifest names and that do not exist. */
async function sources({ name, path, manifest }: Crate, folder: Folder): Promise<Problem[]> {
  const keys = [
    ['lib', 'path'],
    ['package', 'build'],
  ] as const
  const found = keys.map(async ([table, key]): Promise<Problem[]> => {
    const value = manifest.string(table, key)
    const file = join(path, value ?? '')
    if (value === undefined || /^(?:\/|\.\.(?:\/|$))/.test(file) || (await folder.size(file)) !== null) return []
    const message = `cargo cannot build the crate ${name}: \`${key}\` in [${table}] names ${file}, which does not exist.`
    return [refused(message, `Add the file, or correct \`${key}\`.`, manifest.where(table, key))]
  })
  return (await Promise.all(found)).flat()
}

/** Checks all manifests of the built workspaces: cargo builds no crate of a workspace that has an invalid one. */
const manifests: Check = async (subject) => {
  const built = builtOf(subject)
  const workspaces = [...new Set(built.map((each) => each.workspace))]
  const inWorkspaces = subject.project.crates.filter((crate) => workspaces.includes(crate.workspace))
  const problems = [
    ...(await Promise.all(workspaces.map((each) => members(each, subject.folder)))).flat(),
    ...inWorkspaces.flatMap((crate) => [
      ...edition(crate),
      ...features(crate),
      ...crate.dependencies.flatMap((each) => requirement(each, crate)),
    ]),
    ...(await Promise.all(built.map((each) => sources(each, subject.folder)))).flat(),
  ]
  // A problem that several crates inherit from the workspace is reported once.
  return [...new Map(problems.map((each) => [`${each.where?.file}:${each.where?.line} ${each.hint}`, each])).values()]
}

/** Checks that cargo can read the manifests. */
export const CRATE_MANIFEST_CHECKS: readonly Check[] = [manifests]
