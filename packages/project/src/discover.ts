import type { Problem } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { findCrates } from './cargo/find-crates.ts'
import { changelogFile, unreadChangelog } from './changelog/changelog.ts'
import { readImages } from './images/images.ts'
import type { Project } from './project.ts'
import { findPackages, withCratesAndImports } from './python/find-packages.ts'
import { legacyPackages } from './python/setup-py.ts'
import { sourceAddresses } from './repository.ts'
import { isVersionedSeparately, type Releasable, select, selectedByTag, settingsForSelected } from './selection.ts'
import { checkExistence } from './settings/existence.ts'
import { readSettings } from './settings/read.ts'
import type { Settings } from './settings/settings.ts'
import { TomlFiles } from './toml-files.ts'
import { type VersionGraph, versionGraph } from './version-graph.ts'
import type { Place } from './version-place.ts'

/** Reads the changelog, in the folder of the selected crate or package first. */
async function readChangelog(
  folder: Folder,
  files: readonly string[],
  settings: Settings,
  home: string | undefined,
): Promise<Project['changelog']> {
  const file = settings.changelog ?? changelogFile(files, home)
  return file === null ? null : { file, text: (await folder.read(file)) ?? '' }
}

/** Excludes places without an owner (CITATION.cff, say) from a release of one that is versioned separately. */
function withoutShared(graph: VersionGraph, imagePlaces: readonly Place[]): VersionGraph {
  const imageFiles = new Set(imagePlaces.map((each) => each.file))
  const places = graph.places.map((each) =>
    each.owners || imageFiles.has(each.file) ? each : { ...each, separate: 'own' as const },
  )
  return { ...graph, places }
}

/**
 * Reads everything a repository says about its releases. Executes nothing and reads nothing outside of the folder.
 * @param tag of the release, which may select one of several crates and packages
 */
export async function discover(folder: Folder, tag?: string): Promise<Project> {
  const problems: Problem[] = []
  const toml = new TomlFiles(folder, problems)
  const files = await folder.files()

  const read = await readSettings(folder, toml.read)
  const { settings } = read
  problems.push(...read.problems)

  const packages = await findPackages(folder, files, toml.read, settings)
  const folders = packages.map((each) => each.path)
  problems.push(...(await legacyPackages(folder, files, folders)))

  const crates = await findCrates(folder, files, toml.read, packages, settings)

  const repositories = sourceAddresses(toml.documents()).map((each) => each.address)
  const { images, places: composePlaces, problems: imageProblems } = await readImages(folder, files, repositories, read)
  problems.push(...imageProblems)
  problems.push(...(await checkExistence(folder, read, { crates: [...crates.values()], packages })))

  const all: Releasable = {
    crates: [...crates.values()],
    packages: withCratesAndImports(packages, crates, files, settings),
    images,
  }
  const selected = selectedByTag(tag, settings, all)
  const home = [...all.crates, ...all.packages].find((each) => each.name === selected)?.path
  const project = {
    settings: selected === null ? settings : settingsForSelected(settings),
    settingAt: read.where,
    selected,
    ...(selected === null ? all : select(all, selected)),
    changelog: await readChangelog(folder, files, settings, home),
    unreadChangelog: unreadChangelog(files),
    problems,
  }

  // Versions of images outside of the release do not matter.
  const places = selected === null || project.images.length > 0 ? composePlaces : []
  const { graph, problems: versionProblems } = await versionGraph(folder, files, project, places)
  problems.push(...versionProblems)
  return { ...project, versions: isVersionedSeparately(settings, selected) ? withoutShared(graph, places) : graph }
}
