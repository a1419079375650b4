import type { GitHistory } from '@slipway/core/git-history'
import type { Problem } from '@slipway/core/problem'
import { nameMeantBy, splitTag, tagSubject, USUAL_TAG } from '@slipway/core/tag'
import type { Folder } from '@slipway/documents/folder'
import { findCrates } from './cargo/find-crates.ts'
import { changelogFile, unreadChangelog } from './changelog/changelog.ts'
import { changelogNames } from './changelog/section-names.ts'
import type { Evidence } from './evidence/evidence.ts'
import { readReleaseWorkflows } from './evidence/release-workflows.ts'
import { tagFormOf } from './evidence/tag-form.ts'
import { tagSeries } from './evidence/tag-series.ts'
import { isMember, isNamedBy, type Train, trainsOf } from './evidence/trains.ts'
import { readImages } from './images/images.ts'
import type { Project } from './project.ts'
import type { DiscoveredPackage } from './python/discovered-package.ts'
import { findPackages, withCratesAndImports } from './python/find-packages.ts'
import { legacyPackages } from './python/setup-py.ts'
import { sourceAddresses } from './repository.ts'
import {
  isVersionedSeparately,
  membersOf,
  nameables,
  patternNaming,
  type Releasable,
  type Selected,
  select,
  selectedByName,
  selectedByTag,
  settingsOfRelease,
} from './selection.ts'
import { checkExistence, packageSettings } from './settings/existence.ts'
import { covering } from './settings/folders.ts'
import { groupTrains } from './settings/groups.ts'
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

/** What a discovery is limited to, and what else shows how the project releases. */
export interface DiscoverOptions {
  /** The tag of the release, which may select some of the crates and packages. */
  tag?: string | undefined
  /** The only crate or package to release. */
  only?: string | undefined
  /** Earlier releases; absent outside a repository. */
  history?: GitHistory | undefined
  /** What the registry says of crates that it has from this project, by name. */
  published?: ReadonlyMap<string, string> | undefined
}

/** Reads what shows how a project releases. The tag of this release is no evidence: it may be a mistake. */
async function readEvidence(
  folder: Folder,
  files: readonly string[],
  { tag, history, published = new Map() }: DiscoverOptions,
): Promise<Evidence> {
  const series = tagSeries((history?.tags ?? []).filter((each) => each !== tag))
  return { series, workflows: await readReleaseWorkflows(folder, files), published }
}

/** Marks a package that none of the project's tags releases, by its version and name, as not released. */
function withTrain(
  found: DiscoveredPackage,
  trains: readonly Train[],
  { tag = '', only }: DiscoverOptions,
  settings: Settings,
): DiscoveredPackage {
  const { name, path, place } = found
  const [train] = trains.filter((each) => each.subject === '')
  const isInTrain = trains.some((each) => each.packages.includes(name))
  const isNamed = isNamedBy(tagSubject(splitTag(tag)?.prefix ?? ''), { kind: 'package', name, path }) || only === name
  const isDecided =
    found.reason !== undefined || settings.publish !== null || packageSettings(settings, name).publish === true
  if (!train || isInTrain || isNamed || isDecided) return found
  return { ...found, reason: `No tag releases it: ${place?.value ?? 'its version'} does not follow ${train.because}.` }
}

/** Returns what a release is limited to; null for everything. */
function selectionOf(
  { tag, only }: DiscoverOptions,
  settings: Settings,
  trains: readonly Train[],
  all: Releasable,
): Selected | null {
  if (only === undefined) return selectedByTag(tag, settings, trains, all)
  const name = nameMeantBy(only, nameables(all))
  if (name === null) return null
  const train = trains.find((each) => each.crates.includes(name) || each.packages.includes(name))
  return selectedByName(name, train?.pattern ?? patternNaming(settings.tag ?? USUAL_TAG, name), all)
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
  const { images, places: composePlaces, problems: imageProblems } = await readImages(folder, files, repositories, read)
  problems.push(...imageProblems)
  problems.push(...(await checkExistence(folder, read, { crates: [...crates.values()], packages })))

  const all: Releasable = {
    crates: [...crates.values()],
    packages: withCratesAndImports(packages, crates, files, settings),
    images,
  }
  const groups = groupTrains(read, membersOf(all))
  const ungrouped = membersOf(all).filter((each) => !groups.some((one) => isMember(each, one)))
  const shown = settings.tag === null ? await trainsOf(ungrouped, evidence.series, options.history) : []
  const trains = [...shown, ...groups]
  all.packages = all.packages.map((each) => withTrain(each, trains, options, settings))
  const selected = selectionOf(options, settings, trains, all)
  const home =
    all.packages.find((each) => selected?.packages.includes(each.name))?.path ??
    all.crates.find((each) => selected?.crates.includes(each.name))?.path
  const changelog = await readChangelog(folder, files, settings, home)
  const contents = selected === null ? all : select(all, selected)
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
