import type { Problem } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { findCrates } from './cargo/find-crates.ts'
import { changelogFile, unreadChangelog } from './changelog/changelog.ts'
import { changelogNames } from './changelog/section-names.ts'
import type { Evidence } from './evidence/evidence.ts'
import { cratesInReadmes } from './evidence/readmes.ts'
import { readReleaseWorkflows } from './evidence/release-workflows.ts'
import { tagFormOf } from './evidence/tag-form.ts'
import { tagSeries } from './evidence/tag-series.ts'
import { readImages } from './images/images.ts'
import type { Project } from './project.ts'
import { findPackages, withCratesAndImports } from './python/find-packages.ts'
import { type PrebuiltGlobs, withPrebuilt } from './python/prebuilt.ts'
import { legacyPackages } from './python/setup-py.ts'
import { type ScopeOptions, scopeOf } from './release-scope.ts'
import { sourceAddresses } from './repository.ts'
import { isVersionedSeparately, type Releasable, settingsOfRelease } from './selection.ts'
import { checkExistence } from './settings/existence.ts'
import { covering } from './settings/folders.ts'
import { type ReadSettings, readSettings } from './settings/read.ts'
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

/** What a discovery is limited to, and what else shows how the project releases. */
export interface DiscoverOptions extends ScopeOptions {
  /** What the registry says of crates that it has from this project, by name. */
  published?: ReadonlyMap<string, string> | undefined
  /** Replaces the setting `prebuilt`; empty to keep it. */
  prebuilt?: readonly string[] | undefined
}

/** Returns the patterns of prebuilt files: of the options, which have no line, else of the settings. */
function prebuiltGlobs({ settings, where }: ReadSettings, { prebuilt = [] }: DiscoverOptions): PrebuiltGlobs {
  if (prebuilt.length > 0) return { globs: prebuilt, where: () => undefined }
  return { globs: settings.prebuilt, where: (index) => where('prebuilt', index) }
}

/** Reads what shows how a project releases. The tag of this release is no evidence: it may be a mistake. */
async function readEvidence(
  folder: Folder,
  files: readonly string[],
  { tag, history, published = new Map() }: DiscoverOptions,
): Promise<Evidence> {
  const series = tagSeries((history?.tags ?? []).filter((each) => each !== tag))
  const workflows = await readReleaseWorkflows(folder)
  return { series, workflows, readmes: await cratesInReadmes(folder, files, workflows), published }
}

/**
 * Reads everything a repository says about its releases. Executes nothing and reads nothing outside of the folder.
 */
export async function discover(folder: Folder, options: DiscoverOptions = {}): Promise<Project> {
  const problems: Problem[] = []
  const toml = new TomlFiles(folder, problems)
  const read = await readSettings(folder, toml.read)
  const { settings } = read
  problems.push(...read.problems)
  folder.exclude(covering(settings.exclude))
  const files = await folder.files()

  const packages = await findPackages(folder, files, toml.read, settings)
  const folders = packages.map((each) => each.path)
  problems.push(...(await legacyPackages(folder, files, folders)))

  const evidence = await readEvidence(folder, files, options)
  const crates = await findCrates(folder, files, toml.read, { packages, settings, evidence })

  const repositories = sourceAddresses(toml.documents()).map((each) => each.address)
  const found = await readImages(folder, files, repositories, read, evidence.workflows)
  const { images, places: composePlaces } = found
  problems.push(...found.problems)
  problems.push(...(await checkExistence(folder, read, { crates: [...crates.values()], packages })))

  const discovered = withCratesAndImports(packages, crates, files, settings)
  const prebuilt = await withPrebuilt(discovered, prebuiltGlobs(read, options), folder)
  problems.push(...prebuilt.problems)
  const all: Releasable = { crates: [...crates.values()], packages: prebuilt.packages, images }
  const { trains, selected, contents } = await scopeOf(all, read, evidence, options)
  const home =
    contents.packages.find((each) => selected?.packages.includes(each.name))?.path ??
    contents.crates.find((each) => selected?.crates.includes(each.name))?.path
  const changelog = await readChangelog(folder, files, settings, home)
  const ofRelease = settingsOfRelease(settings, selected, trains)
  const headings = changelogNames({ ...contents, selected, settings: ofRelease })
  const project = {
    settings: ofRelease,
    settingAt: read.where,
    trains,
    tagForm: tagFormOf(read, evidence, { changelog, names: headings }),
    selected,
    ...contents,
    changelog,
    unreadChangelog: unreadChangelog(files),
    problems,
  }

  // Versions of images outside of the release do not matter.
  const places = selected === null || project.images.length > 0 ? composePlaces : []
  const { graph, problems: versionProblems } = await versionGraph(folder, files, project, places)
  problems.push(...versionProblems)
  const isPart = trains.some((each) => each.subject !== '' && each.pattern === selected?.pattern)
  const isSeparate = isPart || isVersionedSeparately(settings, selected)
  return { ...project, versions: isSeparate ? withoutShared(graph, places) : graph }
}
