import type { Problem } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { findCrates } from './cargo/find-crates.ts'
import { changelogFile, unreadChangelog } from './changelog/changelog.ts'
import { changelogNames } from './changelog/section-names.ts'
import type { Evidence } from './evidence/evidence.ts'
import { cratesInReadmes } from './evidence/readmes.ts'
import { type ReleaseWorkflows, readReleaseWorkflows } from './evidence/release-workflows.ts'
import { tagFormOf } from './evidence/tag-form.ts'
import { tagSeries } from './evidence/tag-series.ts'
import { readImages } from './images/images.ts'
import type { Project } from './project.ts'
import { findPackages, withCratesAndImports } from './python/find-packages.ts'
import type { PythonPackage } from './python/package.ts'
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

/** A repository's files and contents, whatever a release of it is limited to. */
export interface Repository {
  folder: Folder
  toml: TomlFiles
  settings: ReadSettings
  /** Its own files, as `Folder.files` returns them. */
  files: readonly string[]
  packages: readonly PythonPackage[]
  workflows: ReleaseWorkflows
  /** The crates that its guides tell users to add. */
  readmes: Evidence['readmes']
  /** Of the packages without pyproject.toml. */
  legacyProblems: readonly Problem[]
}

/** Reads what every discovery of a repository needs. Executes nothing and reads nothing outside of the folder. */
export async function readRepository(folder: Folder): Promise<Repository> {
  const toml = new TomlFiles(folder)
  const settings = await readSettings(folder, toml.read)
  folder.exclude(covering(settings.settings.exclude))
  const files = await folder.files()
  const packages = await findPackages(folder, files, toml.read, settings.settings)
  const folders = packages.map((each) => each.path)
  const legacyProblems = await legacyPackages(folder, files, folders)
  const workflows = await readReleaseWorkflows(folder)
  const readmes = await cratesInReadmes(folder, files, workflows)
  return { folder, toml, settings, files, packages, workflows, readmes, legacyProblems }
}

/** Returns everything a repository says about its releases, or about one of a part of it. */
export async function discover(repository: Repository, options: DiscoverOptions = {}): Promise<Project> {
  const { folder, toml, settings: read, files, packages, workflows, readmes } = repository
  const { settings } = read
  const { tag, history, published = new Map() } = options
  // The tag of this release is no evidence: it may be a mistake.
  const series = tagSeries((history?.tags ?? []).filter((each) => each !== tag))
  const evidence: Evidence = { series, workflows, readmes, published }
  const crates = await findCrates(folder, files, toml.read, { packages, settings, evidence })

  const repositories = sourceAddresses(toml.documents()).map((each) => each.address)
  const found = await readImages(folder, files, repositories, read, workflows)
  const { images, places: composePlaces } = found
  const existence = await checkExistence(folder, read, { crates: [...crates.values()], packages })
  const problems = [...toml.problems, ...read.problems, ...repository.legacyProblems, ...found.problems, ...existence]

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
    releaseTriggers: workflows.triggers,
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
