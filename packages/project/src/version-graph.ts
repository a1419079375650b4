import { normalizeName } from '@slipway/core/name'
import type { VersionPlace } from '@slipway/core/plan'
import type { Problem, Where } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { folderOf, join } from '@slipway/documents/paths'
import type { Crate } from './cargo/crate.ts'
import { onlyForOthers } from './cargo/crate-use.ts'
import { type LockFile, locksOf } from './cargo/lockfile.ts'
import { cargoVersions, rustVersions } from './cargo/rust-version-literals.ts'
import { type Pin, pinsOf } from './cargo/sibling-requirement.ts'
import type { DiscoveredPackage } from './python/discovered-package.ts'
import { type PythonLocked, pythonLocked } from './python/lockfiles.ts'
import { exactRequirements, type PythonPin, pythonPinsOf } from './python/sibling-requirement.ts'
import { pythonVersions } from './python/version-literals.ts'
import { packageSettings } from './settings/existence.ts'
import type { Settings } from './settings/settings.ts'
import { citedVersions, versionsInFiles } from './version-files.ts'
import type { Owner, Place } from './version-place.ts'

/** What the versions of a project are looked for in. */
export interface Versioned {
  crates: readonly Crate[]
  packages: readonly DiscoveredPackage[]
  settings: Settings
}

/** Everywhere that a version stands, each place once. */
export interface VersionGraph {
  /** Where the version itself stands: manifests, source files, the compose file, and what the settings name. */
  places: Place[]
  /** What crates require of each other. */
  pins: Pin[]
  /** What Python packages require of each other, but for exact versions: those are places. */
  pythonPins: PythonPin[]
  locks: LockFile[]
  /** Where lock files of Python have the versions of packages. */
  pythonLocked: PythonLocked[]
  /** Where a Python package is given Cargo's version as its `__version__`, and nothing in Python gives it another. */
  fromCargo: Where[]
}

/** Beside `__init__.py`, where backends and authors put `__version__`. */
const VERSION_MODULES = ['__init__.py', '__about__.py', '__version__.py', '_version.py', 'version.py']

/** Why a crate's version need not be that of the release: it goes nowhere and no package is built from it, or it is set so. */
function apartOf(crate: Crate, { packages, settings }: Versioned): Pick<Place, 'apart'> {
  const built = packages.filter((each) => each.crate === crate)
  const isOwn = (name: string) => packageSettings(settings, name).version === 'own'
  if (settings.crates[crate.name]?.version === 'own' || built.some(({ name }) => isOwn(name))) return { apart: 'own' }
  const isForRust = settings.crates[crate.name]?.publish === true || onlyForOthers(crate, packages) === null
  const isReleased = (crate.publish !== false && isForRust) || built.some((each) => each.reason === undefined)
  return isReleased ? {} : { apart: 'private' }
}

/** What slipway.toml has to name for a place to be of another version. */
function ownedBy(table: Owner['table'], { name }: { name: string }): Pick<Place, 'owners'> {
  return { owners: [{ table, name }] }
}

/** Why a Python package's version need not be that of the release. */
function apartOfPackage({ name, reason }: DiscoveredPackage, { settings }: Versioned): Pick<Place, 'apart'> {
  if (packageSettings(settings, name).version === 'own') return { apart: 'own' }
  return reason === undefined ? {} : { apart: 'private' }
}

async function ofPython(
  folder: Folder,
  found: DiscoveredPackage,
  project: Versioned,
  files: ReadonlySet<string>,
): Promise<Place[]> {
  const modules = found.imports
    .flatMap(({ file }) =>
      file?.endsWith('/__init__.py') ? VERSION_MODULES.map((each) => join(folderOf(file), each)) : (file ?? []),
    )
    .filter((each) => files.has(each))
  const literals = await Promise.all(modules.map(async (file) => pythonVersions(file, (await folder.read(file)) ?? '')))
  const about = { ...apartOfPackage(found, project), ...ownedBy('packages', found) }
  // A backend may read its version from one of them.
  const { place } = found
  const others = literals.flat().filter((each) => each.file !== place?.file || each.range[0] !== place.range[0])
  return [...(place ? [place] : []), ...others].map((each) => ({ ...each, ...about }))
}

/** Where Python packages require an exact version of each other: that is the version of the one that is required. */
function requiredExactly(project: Versioned): Place[] {
  const byName = new Map(project.packages.map((each) => [normalizeName(each.name), each]))
  const names = new Set(byName.keys())
  return project.packages.flatMap(({ document }) =>
    exactRequirements(document, names).map(([name, place]) => {
      const required = byName.get(name)
      return { ...place, ...(required && { ...apartOfPackage(required, project), ...ownedBy('packages', required) }) }
    }),
  )
}

/** The Python file of the name that a package's extension module is imported by; null when that is the module itself. */
function importFileOf({ maturin, crate, imports }: DiscoveredPackage): string | null {
  const module = `${maturin?.moduleName ?? crate?.libName ?? ''}.`
  return imports.find((each) => module.startsWith(`${each.name}.`))?.file ?? null
}

async function ofRust(folder: Folder, { path }: Crate, files: ReadonlySet<string>) {
  const prefix = path === '.' ? 'src/' : `${path}/src/`
  const sources = [...files].filter((file) => file.startsWith(prefix) && file.endsWith('.rs'))
  const texts = await Promise.all(sources.map(async (file) => [file, (await folder.read(file)) ?? ''] as const))
  return {
    places: texts.flatMap(([file, text]) => rustVersions(file, text)),
    fromCargo: texts.flatMap(([file, text]) => cargoVersions(file, text)),
  }
}

/**
 * Finds where the versions of a project stand.
 * @param files every file of the project
 * @param images where the compose file holds it
 * @returns besides, what is wrong with files that the settings name
 */
export async function versionGraph(
  folder: Folder,
  files: readonly string[],
  project: Versioned,
  images: readonly Place[],
): Promise<{ graph: VersionGraph; problems: Problem[] }> {
  const there = new Set(files)
  const ofCrates = project.crates.flatMap((crate): Place[] =>
    crate.place ? [{ ...crate.place, ...apartOf(crate, project), ...ownedBy('crates', crate) }] : [],
  )
  const python = await Promise.all(project.packages.map((each) => ofPython(folder, each, project, there)))
  const ofSources: Place[][] = []
  const fromCargo: Where[][] = []
  for (const crate of project.crates.filter((each) => each.isExtension)) {
    const found = await ofRust(folder, crate, there)
    const about = { ...apartOf(crate, project), ...ownedBy('crates', crate) }
    ofSources.push(found.places.map((each) => ({ ...each, ...about })))
    const isBuilt = project.packages.some((each) => each.crate === crate)
    const isSetInPython = project.packages.some(
      (each, index) => each.crate === crate && python[index]?.some(({ file }) => file === importFileOf(each)),
    )
    if (isBuilt && !isSetInPython) fromCargo.push(found.fromCargo)
  }
  const named = await versionsInFiles(folder, project.settings)
  const others = [requiredExactly(project), images, await citedVersions(folder, files), named.places]
  // The version of a workspace is that of each of its crates, and one that is released makes it so.
  const unique = new Map<string, Place>()
  for (const place of [ofCrates, ...python, ...ofSources, ...others].flat()) {
    const key = `${place.file}:${place.range[0]}`
    const known = unique.get(key)
    // Of those that must agree only: what is apart already needs no setting.
    if (!known || (known.apart && !place.apart)) unique.set(key, place)
    else if (!place.apart) unique.set(key, { ...known, owners: [...(known.owners ?? []), ...(place.owners ?? [])] })
  }
  const graph = {
    places: [...unique.values()],
    pins: pinsOf(project.crates),
    pythonPins: pythonPinsOf(project.packages),
    locks: await locksOf(folder, files, project.crates),
    pythonLocked: await pythonLocked(folder, files, project.packages),
    fromCargo: fromCargo.flat(),
  }
  return { graph, problems: named.problems }
}

/** Every place of a graph where the version of one of the project's crates or packages stands. */
export function versionPlaces({ places, pins, pythonPins, locks, pythonLocked }: VersionGraph): VersionPlace[] {
  const locked = locks.flatMap(({ packages, crates }) => {
    const names = new Set(crates.map((each) => each.name))
    return packages.flatMap((each) => (!each.isForeign && names.has(each.name) ? each.version : []))
  })
  return [...places, ...pins, ...pythonPins, ...locked, ...pythonLocked].map(({ file, line, value }) => ({
    file,
    line,
    value,
  }))
}
