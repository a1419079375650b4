import { normalizeName } from '@slipway/core/name'
import type { VersionPlace } from '@slipway/core/plan'
import type { Problem, Where } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { folderOf, isWithin, join } from '@slipway/documents/paths'
import type { Crate } from './cargo/crate.ts'
import { whyNotForRust } from './cargo/crate-use.ts'
import { type LockFile, locksOf } from './cargo/lockfile.ts'
import { cargoVersions, rustVersions } from './cargo/rust-version-literals.ts'
import { type Pin, pinsOf } from './cargo/sibling-requirement.ts'
import { isTakenBySetuptools } from './internal-folders.ts'
import type { DiscoveredPackage } from './python/discovered-package.ts'
import { packagesIn } from './python/import-names.ts'
import { type PythonLocked, pythonLocked } from './python/lockfiles.ts'
import { exactRequirements, type PythonPin, pythonPinsOf } from './python/sibling-requirement.ts'
import { pythonVersions } from './python/version-literals.ts'
import { packageSettings } from './settings/existence.ts'
import type { Settings } from './settings/settings.ts'
import { citedVersions, versionsInFiles } from './version-files.ts'
import type { Owner, Place } from './version-place.ts'

/** The contents of a project that may have versions. */
export interface VersionSources {
  crates: readonly Crate[]
  packages: readonly DiscoveredPackage[]
  settings: Settings
}

/** Every place of a version, each once. */
export interface VersionGraph {
  /** The version itself: in manifests, source files, the compose file, and files that the settings name. */
  places: Place[]
  /** The requirements of crates for each other. */
  pins: Pin[]
  /** The requirements of Python packages for each other, except exact versions, which are places. */
  pythonPins: PythonPin[]
  locks: LockFile[]
  /** The versions of packages in Python's lock files. */
  pythonLocked: PythonLocked[]
  /** The lines that set `__version__` to Cargo's version, if no Python file sets another. */
  fromCargo: Where[]
}

/** The files beside `__init__.py` that may set `__version__`. */
const VERSION_MODULES = ['__init__.py', '__about__.py', '__version__.py', '_version.py', 'version.py']

/**
 * Returns why a version of a crate may differ from the release's: the crate is not published and no published package has
 * the version, or a setting says so.
 * @param isIn whether a package that is built from the crate has the version
 */
function separationOfCrate(
  crate: Crate,
  { packages, settings }: VersionSources,
  isIn: (found: DiscoveredPackage) => boolean,
): Pick<Place, 'separate'> {
  const built = packages.filter((each) => each.crate === crate)
  const isOwn = (name: string) => packageSettings(settings, name).version === 'own'
  if (settings.crates[crate.name]?.version === 'own' || built.some(({ name }) => isOwn(name)))
    return { separate: 'own' }
  const isForRust = settings.crates[crate.name]?.publish === true || whyNotForRust(crate, packages) === null
  const isReleased =
    (crate.publish !== false && isForRust) || built.some((each) => each.reason === undefined && isIn(each))
  return isReleased ? {} : { separate: 'private' }
}

/** Returns the owner that slipway.toml names to version a place separately. */
function ownedBy(table: Owner['table'], { name }: { name: string }): Pick<Place, 'owners'> {
  return { owners: [{ table, name }] }
}

/** Returns why a Python package's version may differ from the release's. */
function separationOfPackage(
  { name, reason }: DiscoveredPackage,
  { settings }: VersionSources,
): Pick<Place, 'separate'> {
  if (packageSettings(settings, name).version === 'own') return { separate: 'own' }
  return reason === undefined ? {} : { separate: 'private' }
}

/** Returns the places of a Python package's version. */
async function pythonPlaces(
  folder: Folder,
  found: DiscoveredPackage,
  project: VersionSources,
  files: ReadonlySet<string>,
): Promise<Place[]> {
  const modules = found.imports
    .flatMap(({ file }) =>
      file?.endsWith('/__init__.py') ? VERSION_MODULES.map((each) => join(folderOf(file), each)) : (file ?? []),
    )
    .filter((each) => files.has(each))
  const literals = await Promise.all(modules.map(async (file) => pythonVersions(file, (await folder.read(file)) ?? '')))
  const about = { ...separationOfPackage(found, project), ...ownedBy('packages', found) }
  // A backend may read the version from one of these files.
  const { place } = found
  const others = literals.flat().filter((each) => each.file !== place?.file || each.range[0] !== place.range[0])
  return [...(place ? [place] : []), ...others].map((each) => ({ ...each, ...about }))
}

/**
 * Returns the versions of the Python packages at the top of the project that no wheel contains: scripts beside the sources,
 * say, which show the release's version all the same.
 */
async function unpackagedPlaces(
  folder: Folder,
  { packages }: VersionSources,
  files: readonly string[],
): Promise<Place[]> {
  const packaged = packages.flatMap(({ path, imports }) => [
    ...(path === '.' ? [] : [path]),
    ...imports.flatMap(({ file }) => (file === null ? [] : [folderOf(file)])),
  ])
  const names = packagesIn('.', files).filter(
    (name) => isTakenBySetuptools(name) && !packaged.some((each) => isWithin(name, each) || isWithin(each, name)),
  )
  const found = names.map(async (name) => {
    const file = join(name, '__init__.py')
    return pythonVersions(file, (await folder.read(file)) ?? '')
  })
  return (await Promise.all(found)).flat().map((each) => ({ ...each, isInNoWheel: true }))
}

/** Returns the exact versions that Python packages require of each other: each is the version of the required package. */
function exactPins(project: VersionSources): Place[] {
  const byName = new Map(project.packages.map((each) => [normalizeName(each.name), each]))
  const names = new Set(byName.keys())
  return project.packages.flatMap(({ document }) =>
    exactRequirements(document, names).map(([name, place]) => {
      const required = byName.get(name)
      return {
        ...place,
        ...(required && { ...separationOfPackage(required, project), ...ownedBy('packages', required) }),
      }
    }),
  )
}

/** Returns the Python file that imports a package's extension module; null if the module itself is imported. */
function importFileOf({ maturin, crate, imports }: DiscoveredPackage): string | null {
  const module = `${maturin?.moduleName ?? crate?.libName ?? ''}.`
  return imports.find((each) => module.startsWith(`${each.name}.`))?.file ?? null
}

/** Finds the versions in a crate's Rust sources. */
async function rustPlaces(folder: Folder, { path }: Crate, files: ReadonlySet<string>) {
  const prefix = path === '.' ? 'src/' : `${path}/src/`
  const sources = [...files].filter((file) => file.startsWith(prefix) && file.endsWith('.rs'))
  const texts = await Promise.all(sources.map(async (file) => [file, (await folder.read(file)) ?? ''] as const))
  return {
    places: texts.flatMap(([file, text]) => rustVersions(file, text)),
    fromCargo: texts.flatMap(([file, text]) => cargoVersions(file, text)),
  }
}

/**
 * Finds every place of a project's versions.
 * @param files every file of the project
 * @param images the places in the compose file
 * @returns the graph, and the problems of files that the settings name
 */
export async function versionGraph(
  folder: Folder,
  files: readonly string[],
  project: VersionSources,
  images: readonly Place[],
): Promise<{ graph: VersionGraph; problems: Problem[] }> {
  const existing = new Set(files)
  const python = await Promise.all(project.packages.map((each) => pythonPlaces(folder, each, project, existing)))
  const sourcePlaces: Place[][] = []
  const fromCargo: Where[][] = []
  const addingCargos = new Set<Crate>()
  for (const crate of project.crates.filter((each) => each.isExtension)) {
    const found = await rustPlaces(folder, crate, existing)
    const about = { ...separationOfCrate(crate, project, () => true), ...ownedBy('crates', crate) }
    sourcePlaces.push(found.places.map((each) => ({ ...each, ...about })))
    if (found.fromCargo.length > 0) addingCargos.add(crate)
    const isBuilt = project.packages.some((each) => each.crate === crate)
    const isSetInPython = project.packages.some(
      (each, index) => each.crate === crate && python[index]?.some(({ file }) => file === importFileOf(each)),
    )
    if (isBuilt && !isSetInPython) fromCargo.push(found.fromCargo)
  }
  const cratePlaces = project.crates.flatMap((crate): Place[] => {
    if (!crate.place) return []
    // maturin prefers the version in pyproject.toml, so a package may have the crate's only as its `__version__`.
    const isIn = (found: DiscoveredPackage) => found.place === null || addingCargos.has(crate)
    return [{ ...crate.place, ...separationOfCrate(crate, project, isIn), ...ownedBy('crates', crate) }]
  })
  const named = await versionsInFiles(folder, project.settings)
  const unpackaged = await unpackagedPlaces(folder, project, files)
  const others = [exactPins(project), unpackaged, images, await citedVersions(folder, files), named.places]
  // The crates of a workspace share its version, which counts if one of them is released.
  const unique = new Map<string, Place>()
  for (const place of [cratePlaces, ...python, ...sourcePlaces, ...others].flat()) {
    const key = `${place.file}:${place.range[0]}`
    const known = unique.get(key)
    // Only owners of versions that must agree count: a separate one needs no setting.
    if (!known || (known.separate && !place.separate)) unique.set(key, place)
    else if (!place.separate) unique.set(key, { ...known, owners: [...(known.owners ?? []), ...(place.owners ?? [])] })
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

/** Returns every place with the version of one of the project's crates or packages. */
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
