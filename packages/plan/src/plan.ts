import { few } from '@slipway/core/counted'
import type { GitHistory } from '@slipway/core/git-history'
import { publishedPackages } from '@slipway/core/overview'
import {
  PLAN_SCHEMA,
  type Plan,
  type PlannedCrate,
  type PlannedImage,
  type PlannedPackage,
  type PlannedTrain,
  type Release,
} from '@slipway/core/plan'
import { isPythonPrerelease, normalizePython, parsePython, toPython } from '@slipway/core/python/version'
import { tagFor } from '@slipway/core/tag'
import { isPrerelease, parseVersion } from '@slipway/core/version'
import { Folder } from '@slipway/documents/folder'
import { matchBudget } from '@slipway/documents/ignore/rules'
import { splitCommand } from '@slipway/documents/shell-words'
import { whyNotForRust } from '@slipway/project/cargo/crate-use'
import { type ContentsOptions, crateContents } from '@slipway/project/cargo/package-contents'
import { changelogSection } from '@slipway/project/changelog/changelog'
import { releaseNotes } from '@slipway/project/changelog/release-notes'
import { changelogNames } from '@slipway/project/changelog/section-names'
import { discover, type Repository, readRepository } from '@slipway/project/discover'
import { documentationOf } from '@slipway/project/doc-sites'
import { tagFormFor } from '@slipway/project/evidence/tag-form'
import type { Project } from '@slipway/project/project'
import { abi3Of, abi3tOf, supportsFreeThreading } from '@slipway/project/python/abi3'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { findReleaseVersion, releaseVersionByTag, toSemver } from '@slipway/project/release-version'
import { selectedByTag } from '@slipway/project/selection'
import { packageSettings } from '@slipway/project/settings/existence'
import { buildAndTest } from '@slipway/project/settings/package-build'
import type { Settings } from '@slipway/project/settings/settings'
import { versionPlaces } from '@slipway/project/version-graph'
import { capRepeats } from './cap-repeats.ts'
import { emptyPlan, UNKNOWN_FROM_FILES } from './no-project.ts'
import { noVersion } from './nothing-to-release.ts'
import { byStrategy, withOneJobs } from './one-job.ts'
import { planCrates } from './publishable-crates.ts'
import { matrixOf } from './wheel-matrix.ts'

/** Inputs of a plan other than the files. */
export interface PlanOptions {
  /** The tag to release; defaults to the tag of the version. */
  tag?: string | undefined
  /** Full id of the commit, if known. */
  commit?: string | null
  /** Extension crates to publish, though Rust programs cannot use them. */
  crates?: readonly string[]
  /** Patterns of prebuilt wheels and sdists that replace the setting; empty to keep it. */
  prebuilt?: readonly string[] | undefined
  /** Earlier releases; absent outside a repository. */
  history?: GitHistory | undefined
  /** Returns whether an extension crate is already published; then its next version is too. */
  isPublished?: ((crate: string) => Promise<boolean>) | undefined
  /** Returns what shows that the project has published crates that its files do not show as released, by name. */
  earlierReleases?: ((crates: readonly string[], project: Project) => Promise<ReadonlyMap<string, string>>) | undefined
  /** Version of the installed cargo, `1.85.0`, if known. */
  cargo?: string | null
  /** Milliseconds since the epoch; defaults to the machine's time. */
  now?: number
}

function planPackage(
  found: DiscoveredPackage,
  { version, pythonVersion }: Release,
  settings: Settings,
): PlannedPackage {
  const { name, path, backend, place, crate, imports, prebuilt, reason, requiresPython } = found
  const abi3t = abi3tOf(found, crate)
  const own = place ? normalizePython(place.value) : crate ? toPython(crate.version) : pythonVersion
  return {
    name,
    version: own ?? version,
    path,
    backend,
    abi3: abi3Of(found, crate),
    ...(abi3t !== undefined && { abi3t }),
    ...(supportsFreeThreading(found, crate) && { freeThreaded: true as const }),
    ...(requiresPython !== null && { requiresPython }),
    imports: imports.map((each) => each.name),
    ...(prebuilt !== undefined && { prebuilt }),
    ...buildAndTest(packageSettings(settings, name)),
    ...(reason !== undefined && { reason }),
  }
}

/** Returns the line for `notChecked` of a package whose build backend computes the version; none for other packages. */
function uncheckedVersion(
  { name, backend, dynamicVersion, place, crate, maturin, reason }: DiscoveredPackage,
  { pythonVersion, version }: Release,
): string[] {
  if (!dynamicVersion || place || crate || maturin || reason !== undefined) return []
  return [`The version of ${name}: ${backend} computes it, and Slipway assumes ${pythonVersion ?? version}.`]
}

async function withContents(
  planned: PlannedCrate,
  { crates }: Project,
  folder: Folder,
  options: ContentsOptions,
): Promise<PlannedCrate> {
  const crate = crates.find((each) => each.path === planned.path)
  if (!crate || planned.publish === false) return planned
  return { ...planned, contents: await crateContents(crate, folder, options) }
}

/** Decides which crates are published: extension crates only if they are named, or already published. */
async function chosenCrates(project: Project, { crates = [], isPublished = async () => false }: PlanOptions) {
  const planned = planCrates(project, crates)
  const candidates = planned.crates.filter((each) => each.extension).map((each) => each.name)
  const published = await Promise.all(candidates.map(isPublished))
  const more = candidates.filter((_, index) => published[index])
  return more.length === 0 ? planned : planCrates(project, [...crates, ...more])
}

/** Discovers a project, with the crates that only a registry shows as released. */
async function discoverPublished(repository: Repository, options: PlanOptions): Promise<Project> {
  const project = await discover(repository, options)
  const unproven = project.crates.filter((each) => each.unproven !== undefined).map((each) => each.name)
  const published = (unproven.length > 0 && (await options.earlierReleases?.(unproven, project))) || new Map()
  return published.size === 0 ? project : discover(repository, { ...options, published })
}

/** Returns the line for `notChecked` when a tag releases a part of the project, and the plan is of one part. */
function othersUnchecked({ crates, packages }: Project, plan: Plan): string[] {
  const planned = new Set([
    ...plan.crates.filter((each) => each.publish !== false).map((each) => each.name),
    ...publishedPackages(plan).map((each) => each.name),
  ])
  const others = [...crates.filter((each) => each.publish !== false), ...packages].filter(
    (each) => each.reason === undefined && !planned.has(each.name) && !packages.some(({ crate }) => crate === each),
  )
  if (others.length === 0) return []
  const names = [...new Set(others.map((each) => each.name))]
  return [
    `${few(names)}: other tags release them, so only the part of ${plan.tag} is planned. Pass another tag to plan that.`,
  ]
}

/** Returns the trains with what they publish: not the crates that serve other languages. A train without any is left out. */
function plannedTrains(project: Project, planned: readonly PlannedCrate[]): PlannedTrain[] {
  const isPublished = (name: string) =>
    planned.some((each) => each.name === name && each.publish !== false) ||
    project.crates.some((each) => each.name === name && whyNotForRust(each, project.packages) === null)
  return project.trains.flatMap(({ pattern, crates, packages, because }) => {
    const published = crates.filter(isPublished)
    return published.length + packages.length === 0 ? [] : [{ pattern, crates: published, packages, because }]
  })
}

/** Fills the release's version into the arguments of an image's build. */
function withVersion(image: PlannedImage, version: string): PlannedImage {
  if (!image.buildArgs) return image
  const args = Object.entries(image.buildArgs).map(([name, value]) => [name, value.replaceAll('{version}', version)])
  return { ...image, buildArgs: Object.fromEntries(args) }
}

/**
 * Plans the release of the project in a folder from its files alone: executes, writes and fetches nothing.
 * The plan lists what prevents the release in `problems`. Without a version (`no-project`, `toml-syntax`), its version is
 * empty and it publishes nothing.
 */
export async function planProject(dir: string, options: PlanOptions = {}): Promise<Plan> {
  return (await planFolder(new Folder(dir), options)).plan
}

/** Plans like `planProject`, from files that `folder` reads, and also returns the project that was read. */
export async function planFolder(folder: Folder, options: PlanOptions = {}): Promise<{ plan: Plan; project: Project }> {
  return planRepository(await readRepository(folder), options)
}

/** Plans like `planFolder`, a repository that is read already. */
export async function planRepository(
  repository: Repository,
  options: PlanOptions = {},
): Promise<{ plan: Plan; project: Project }> {
  const { folder } = repository
  const project = await discoverPublished(repository, options)
  const versionPlace = findReleaseVersion(project) ?? releaseVersionByTag(project, options.tag)
  if (!versionPlace) return { plan: emptyPlan(options, capRepeats(noVersion(project))), project }
  const version = toSemver(versionPlace)
  const { pattern, because } = tagFormFor(versionPlace, project)
  const tag = options.tag ?? tagFor(version, pattern, versionPlace.name)
  // Where a tag releases a part, a plan without one is of the part that the version belongs to.
  if (
    options.tag === undefined &&
    (pattern.includes('{name}') || selectedByTag(tag, project.settings, project.trains, project) !== null)
  ) {
    const planned = await planRepository(repository, { ...options, tag })
    return {
      ...planned,
      plan: {
        ...planned.plan,
        notChecked: [...planned.plan.notChecked, ...othersUnchecked(project, planned.plan)],
      },
    }
  }
  const python = parsePython(version)
  const release: Release = {
    version,
    pythonVersion: normalizePython(version),
    tag,
    commit: options.commit ?? null,
    prerelease: parseVersion(version) ? isPrerelease(version) : python !== null && isPythonPrerelease(python),
  }
  const { crates: planned, problems } = await chosenCrates(project, options)
  const contentsOptions = { isRepository: release.commit !== null, budget: matchBudget() }
  const crates = await Promise.all(planned.map((each) => withContents(each, project, folder, contentsOptions)))
  const section = project.changelog && changelogSection(project.changelog.text, version, changelogNames(project))
  const notes = await releaseNotes(folder, project.settings.notes, release, section?.notes ?? '')
  const { cargo = null, now = Date.now() } = options
  const isTagged = options.tag !== undefined
  const subject = { project, folder, release, isTagged, versionPlace, crates, section, notes, cargo, now }
  // Every action can plan, but few do, and uploads often run without a project: only now are the checks loaded.
  const { CHECKS } = await import('./checks/all.ts')
  const checked = await Promise.all(CHECKS.map((check) => check(subject)))
  const packages = project.packages.map((each) => planPackage(each, release, project.settings))
  const { matrix, problems: matrixProblems } = matrixOf(project, packages, subject.now)
  const judged = withOneJobs(packages, project, matrix)
  const plan: Plan = {
    schema: PLAN_SCHEMA,
    ...release,
    crates,
    packages: judged,
    images: project.images.map((each) => withVersion(each, version)),
    docs: documentationOf(await folder.files()),
    versions: versionPlaces(project.versions),
    ...UNKNOWN_FROM_FILES,
    notChecked: project.packages.flatMap((each) => uncheckedVersion(each, release)),
    matrix: byStrategy(matrix, judged, project.settings.strategy),
    ...(because !== null && { because }),
    trains: plannedTrains(project, crates),
    makeLatest: !release.prerelease,
    gate: project.settings.gate.map((each) => splitCommand(each) ?? []),
    notes,
    problems: capRepeats([...project.problems, ...problems, ...matrixProblems, ...checked.flat()]),
  }
  return { plan, project }
}
