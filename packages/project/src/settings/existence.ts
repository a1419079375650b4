import { normalizeName } from '@slipway/core/name'
import { nearest } from '@slipway/core/nearest-word'
import { error, type Problem, type Where } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { folderOf } from '@slipway/documents/paths'
import type { TomlKey } from '@slipway/documents/toml'
import type { Crate } from '../cargo/crate.ts'
import { MAX_LISTED_NAMES } from '../limits.ts'
import { matchesName } from './by-name.ts'
import { covering } from './folders.ts'
import { checkGroups } from './groups.ts'
import type { ReadSettings } from './read.ts'
import { quoted } from './reading.ts'
import type { Settings } from './settings.ts'

/** The crates and packages that settings may name. */
interface Known {
  crates: readonly Pick<Crate, 'name' | 'publish'>[]
  packages: readonly { name: string }[]
}

/** Makes the problem of a setting for a crate or package that the project does not have. */
export function unknownName(kind: string, name: string, known: readonly string[], where: Where | undefined): Problem {
  const message = `There is no ${kind} ${quoted(name)} here, so its settings have no effect.`
  const meant = nearest(name, known)
  const others = known.length > 0 ? `Use one of: ${known.slice(0, MAX_LISTED_NAMES).join(', ')}.` : 'Remove them.'
  return error('settings-unknown-name', message, meant === undefined ? others : `Did you mean ${meant}?`, where)
}

/** Returns the files that the settings name, with their keys. `readImages` checks those of images. */
function namedFiles({ changelog, notes, versionFiles }: Settings): [file: string, ...path: TomlKey[]][] {
  return [
    ...(changelog === null ? [] : [[changelog, 'changelog'] as [string, TomlKey]]),
    ...(notes === null ? [] : [[notes, 'notes'] as [string, TomlKey]]),
    ...versionFiles.map(({ file }, index): [string, ...TomlKey[]] => [file, 'version-files', index, 'file']),
  ]
}

/** Reports each pattern of a list that matches no name. */
function unmatched(globs: readonly string[], known: readonly string[], at: (index: number) => Where): Problem[] {
  return globs.flatMap((glob, index) =>
    known.some((name) => matchesName(glob, name)) ? [] : unknownName('crate or Python package', glob, known, at(index)),
  )
}

/** Reports each pattern of a list that covers no file. */
function withoutFolder(globs: readonly string[], files: readonly string[], at: (index: number) => Where): Problem[] {
  return globs.flatMap((glob, index) => {
    const covers = covering([glob])
    if (files.some((each) => covers(folderOf(each)))) return []
    const message = `No folder ${quoted(glob)} has files that Slipway reads, so the pattern has no effect.`
    return [
      error('settings-file-missing', message, 'Correct the name of the folder, or remove the pattern.', at(index)),
    ]
  })
}

/** Reports a crate that the settings publish but its Cargo.toml does not. */
function contradiction({ name }: { name: string }, where: Where): Problem {
  const message = `The settings publish the crate ${name}, but its Cargo.toml has \`publish = false\`, so cargo refuses to.`
  return error('settings-against-manifest', message, 'Remove one of the two.', where)
}

/**
 * Reports settings for missing crates and packages (`settings-unknown-name`), files and folders (`settings-file-missing`), and
 * settings that contradict a manifest (`settings-against-manifest`).
 */
export async function checkExistence(
  folder: Folder,
  { settings, where }: ReadSettings,
  { crates, packages }: Known,
): Promise<Problem[]> {
  const files = await folder.allFiles()
  const namesOf = (all: readonly { name: string }[]) => all.map((each) => each.name)
  const names = [...new Set(namesOf([...crates, ...packages]))]
  const unknown = (
    kind: string,
    key: 'crates' | 'packages',
    known: readonly string[],
    same: (name: string) => string,
  ) =>
    Object.keys(settings[key])
      .filter((name) => !known.some((each) => same(each) === same(name)))
      .map((name) => unknownName(kind, name, known, where(key, name)))
  const missing = namedFiles(settings).map(async ([file, ...path]) => {
    if ((await folder.read(file)) !== null) return []
    const message = `The file ${file} is missing, too large or outside of the project, so it cannot be used.`
    return [error('settings-file-missing', message, 'Add it, or correct its name.', where(...path))]
  })
  return [
    ...unknown('crate', 'crates', namesOf(crates), (name) => name),
    ...unknown('Python package', 'packages', namesOf(packages), normalizeName),
    ...(['exclude', 'include'] as const).flatMap((key) =>
      withoutFolder(settings[key], files, (index) => where(key, index)),
    ),
    ...unmatched(settings.publish ?? [], names, (index) => where('publish', index)),
    ...settings.groups.flatMap(({ name, members }) =>
      unmatched(members, names, (index) => where('groups', name, 'members', index)),
    ),
    ...checkGroups({ settings, where }, names),
    ...crates
      .filter((each) => each.publish === false && settings.crates[each.name]?.publish === true)
      .map((each) => contradiction(each, where('crates', each.name, 'publish'))),
    ...(await Promise.all(missing)).flat(),
  ]
}

/** Returns the settings of a Python package. Names are compared as PyPI compares them. */
export function packageSettings({ packages }: Settings, name: string): Settings['packages'][string] {
  const found = Object.entries(packages).find(([each]) => normalizeName(each) === normalizeName(name))
  return found?.[1] ?? {}
}
