import type { PlannedImage } from '@slipway/core/plan'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { type Folder, folderOf, join } from '@slipway/documents/folder'
import { parseToml, type TomlDocument } from '@slipway/documents/toml'
import { type Crate, readCrates } from './cargo/crate.ts'
import { changelogFile, unreadChangelog } from './changelog/changelog.ts'
import { readImages } from './images/images.ts'
import { withHelpers } from './internal-crates.ts'
import { helperFolder, ownUseFolder } from './internal-folders.ts'
import { packageManifests, rootManifests } from './manifests.ts'
import { withDynamicVersion } from './python/dynamic-version.ts'
import { type ImportName, importsOf } from './python/import-names.ts'
import { type PythonPackage, readPackage } from './python/package.ts'
import { legacyPackages } from './python/setup-py.ts'
import { whyUnbuilt } from './python/virtual-project.ts'
import { sourceAddresses } from './repository.ts'
import { isOwn, nameInTag, select, settingsOfOne } from './selection.ts'
import { checkExistence, packageSettings } from './settings/existence.ts'
import { type ReadSettings, readSettings, SETTINGS_FILE, type Settings } from './settings/settings.ts'
import { type VersionGraph, versionGraph } from './version-graph.ts'

/** A Python package with what the project's other files tell of it. */
export interface DiscoveredPackage extends PythonPackage {
  /** The crate that its extension module is built from. */
  crate?: Crate
  imports: ImportName[]
}

/** What a repository holds that can be released. */
export interface Project {
  settings: Settings
  /** The line of a setting, by its keys as written. */
  settingAt: ReadSettings['where']
  /** The crate or package that alone is released, by the tag; null for all. */
  selected: string | null
  crates: Crate[]
  packages: DiscoveredPackage[]
  images: PlannedImage[]
  changelog: { file: string; text: string } | null
  /** What is a changelog by its name, but not in Markdown. */
  unreadChangelog: string | null
  /** Everywhere that a version stands. */
  versions: VersionGraph
  /** Files that could not be read, and what is wrong with images. */
  problems: Problem[]
}

function unreadable(file: string): Problem {
  const message = `${file} is larger than 5 MiB, may not be read or leads out of the project, so what it describes is not released.`
  return error('file-unreadable', message, 'Put the file itself there, and nothing in it that is not needed.', {
    file,
    line: 1,
  })
}

/** Why a Python package is not published: by the settings, else by its own files. @param publish what the settings say */
function whyKept(
  { path, document, reason }: PythonPackage,
  publish: boolean | undefined,
  files: readonly string[],
): string | undefined {
  if (publish === false) return `${SETTINGS_FILE} says \`publish = false\`.`
  if (publish || reason !== undefined) return reason
  const hasSetup = ['setup.py', 'setup.cfg'].some((each) => files.includes(join(path, each)))
  return whyUnbuilt(document, hasSetup)
}

/**
 * Reads all that a repository says about what it releases. Executes nothing; looks at nothing outside the folder.
 * @param tag that is released, which may select one of several things
 */
export async function discover(folder: Folder, tag?: string): Promise<Project> {
  const problems: Problem[] = []
  const documents = new Map<string, TomlDocument | null>()
  /** A broken file is told once, then taken to be absent, so that the others' problems are told too. */
  const read = async (file: string): Promise<TomlDocument | null> => {
    const known = documents.get(file)
    if (known !== undefined) return known
    const text = await folder.read(file)
    if (text === null && (await folder.files()).includes(file)) problems.push(unreadable(file))
    let document: TomlDocument | null = null
    try {
      document = text === null ? null : parseToml(file, text)
    } catch (cause) {
      if (!(cause instanceof ProblemError)) throw cause
      problems.push(...cause.problems)
    }
    documents.set(file, document)
    return document
  }

  const files = await folder.files()
  const given = await readSettings(folder, read)
  const { settings } = given
  problems.push(...given.problems)
  const packages: PythonPackage[] = []
  for (const file of await packageManifests(folder, files, settings)) {
    const document = await read(file)
    const written = document && readPackage(document)
    const found = written && (await withDynamicVersion(folder, written))
    const isNamed = found && packageSettings(settings, found.name).publish === true
    const aside = isNamed ? null : ownUseFolder(folderOf(file))
    if (found && (isNamed || helperFolder(folderOf(file)) === null))
      packages.push(aside === null ? found : { ...found, reason: `It lies in the folder ${aside}.` })
  }
  const described = packages.map((each) => each.path)
  problems.push(...(await legacyPackages(folder, files, described)))
  const found = new Map<string, Crate>()
  const roots = await rootManifests(folder, files, packages, settings)
  for (const root of roots) {
    // A member is read as its workspace's, not on its own.
    if (found.has(folderOf(root))) continue
    for (const crate of await readCrates(folder, read, root)) {
      const isKept = settings.crates[crate.name]?.publish === false
      found.set(crate.path, isKept ? { ...crate, publish: false } : crate)
      for (const { path } of crate.dependencies) {
        const isOwn = path !== undefined && !path.startsWith('..') && !(await folder.isLeftOut(path))
        if (isOwn) roots.push(join(path, 'Cargo.toml'))
      }
    }
  }
  const crates = new Map(withHelpers([...found.values()], packages, settings).map((each) => [each.path, each]))
  const manifests = [...documents.values()].filter((each) => each !== null)
  const repositories = sourceAddresses(manifests).map((each) => each.address)
  const { images, places: ofImages, problems: withImages } = await readImages(folder, files, repositories, given)
  problems.push(...withImages)
  problems.push(...(await checkExistence(folder, given, { crates: [...crates.values()], packages })))
  const all = {
    crates: [...crates.values()],
    images,
    packages: packages.map((each) => {
      const crate = each.maturin ? crates.get(folderOf(each.maturin.manifest)) : undefined
      const said = packageSettings(settings, each.name)
      const reason = whyKept(each, said.publish, files)
      return {
        ...each,
        ...(crate && { crate }),
        ...(reason !== undefined && { reason }),
        imports: importsOf(each, crate, files, said.imports),
      }
    }),
  }
  const selected = nameInTag(tag, settings, all)
  const home = [...all.crates, ...all.packages].find((each) => each.name === selected)?.path
  const changelog = settings.changelog ?? changelogFile(files, home)
  const project = {
    settings: selected === null ? settings : settingsOfOne(settings),
    settingAt: given.where,
    selected,
    ...(selected === null ? all : select(all, selected)),
    changelog: changelog === null ? null : { file: changelog, text: (await folder.read(changelog)) ?? '' },
    unreadChangelog: unreadChangelog(files),
    problems,
  }
  // Those of images that are no part of the release say nothing of its version.
  const compose = selected === null || project.images.length > 0 ? ofImages : []
  const { graph, problems: withVersions } = await versionGraph(folder, files, project, compose)
  problems.push(...withVersions)
  if (!isOwn(settings, selected)) return { ...project, versions: graph }
  // What nobody owns, CITATION.cff say, has the version of the others.
  const ofImage = new Set(compose.map((each) => each.file))
  const places = graph.places.map((each) =>
    each.owners || ofImage.has(each.file) ? each : { ...each, apart: 'own' as const },
  )
  return { ...project, versions: { ...graph, places } }
}
