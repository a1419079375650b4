import { PLAN_SCHEMA, type Plan, type PlannedCrate, type PlannedPackage, type Release } from '@slipway/core/plan'
import type { Problem } from '@slipway/core/problem'
import { tagFor } from '@slipway/core/tag'
import { isPrerelease, normalizePython, parseVersion, toPython } from '@slipway/core/version'
import { Folder } from '@slipway/documents/folder'
import { matchBudget } from '@slipway/documents/ignore/rules'
import { splitCommand } from '@slipway/documents/shell-words'
import { type ContentsOptions, crateContents } from '@slipway/project/cargo/package-contents'
import { changelogSection } from '@slipway/project/changelog/changelog'
import { releaseNotes } from '@slipway/project/changelog/release-notes'
import { changelogNames } from '@slipway/project/changelog/section-names'
import { discover } from '@slipway/project/discover'
import { documentationOf } from '@slipway/project/doc-sites'
import type { Project } from '@slipway/project/project'
import { abi3Of } from '@slipway/project/python/abi3'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import { leadByTag, leadOf, releaseVersion } from '@slipway/project/release-version'
import { versionPlaces } from '@slipway/project/version-graph'
import { inPart } from './cap-repeats.ts'
import { noVersion } from './nothing-to-release.ts'
import { planCrates } from './publishable-crates.ts'
import { matrixOf } from './wheel-matrix.ts'

/** What a plan is made from besides the files. */
export interface PlanOptions {
  /** The tag that is released; by default that of the version. */
  tag?: string | undefined
  /** Full id of the commit, where it is known. */
  commit?: string | null
  /** Crates to publish though they are of no use to Rust programs. */
  crates?: readonly string[]
  /** Whether such a crate is published already, so that its next version is. */
  isPublished?: ((crate: string) => Promise<boolean>) | undefined
  /** Version of the cargo that is there, `1.85.0`, where it is known. */
  cargo?: string | null
  /** Milliseconds since the epoch; by default the machine's time. */
  now?: number
}

function planPackage(found: DiscoveredPackage, { version, pythonVersion }: Release): PlannedPackage {
  const { name, path, backend, place, crate, imports, reason, requiresPython } = found
  const own = place ? normalizePython(place.value) : crate ? toPython(crate.version) : pythonVersion
  return {
    name,
    version: own ?? version,
    path,
    backend,
    abi3: abi3Of(found, crate),
    ...(requiresPython !== null && { requiresPython }),
    imports: imports.map((each) => each.name),
    ...(reason !== undefined && { reason }),
  }
}

/** What is said of a package whose version its build backend computes, from git's tags mostly: one line, or none. */
function computedVersion(
  { name, backend, dynamicVersion, place, crate, maturin, reason }: DiscoveredPackage,
  { pythonVersion, version }: Release,
): string[] {
  if (!dynamicVersion || place || crate || maturin || reason !== undefined) return []
  return [`The version of ${name}, which ${backend} computes: it is taken to be ${pythonVersion ?? version}.`]
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

/** Which crates go to a registry, those that are of no use to Rust programs where they are named or there already. */
async function chosenCrates(project: Project, { crates = [], isPublished = async () => false }: PlanOptions) {
  const first = planCrates(project, crates)
  const candidates = first.crates.filter((each) => each.extension).map((each) => each.name)
  const published = await Promise.all(candidates.map(isPublished))
  const more = candidates.filter((_, index) => published[index])
  return more.length === 0 ? first : planCrates(project, [...crates, ...more])
}

/** What the files of a project do not tell. */
const NOTHING_KNOWN = { destinations: [], logins: [], matrix: [], makeLatest: false, notChecked: [], gate: [] }

/** That only one of several things was looked at. */
function othersUnseen({ crates, packages }: Project, name: string): string[] {
  const others = [...crates.filter((each) => each.publish !== false), ...packages].filter(
    (each) => each.reason === undefined && each.name !== name && !packages.some(({ crate }) => crate === each),
  )
  if (others.length === 0) return []
  return [`Only ${name} was looked at, since tags name what they release: give the tag of another.`]
}

/** The plan of what cannot be planned: its problems. */
function emptyPlan({ tag, commit }: PlanOptions, problems: Problem[]): Plan {
  const release = { version: '', pythonVersion: null, tag: tag ?? '', commit: commit ?? null, prerelease: false }
  const nothing = { crates: [], packages: [], images: [], docs: [], versions: [], ...NOTHING_KNOWN, notes: null }
  return { schema: PLAN_SCHEMA, ...release, ...nothing, problems: inPart(problems) }
}

/**
 * Plans the release of the project in a folder, from its files alone: nothing is executed, written or fetched.
 * What stands in the way is in the plan's `problems`.
 * When no version is found (`no-project`, or `toml-syntax`), its version is empty and nothing goes anywhere.
 */
export async function planProject(dir: string, options: PlanOptions = {}): Promise<Plan> {
  return (await planFolder(new Folder(dir), options)).plan
}

/** Plans, as `planProject` does, the release of the project whose files a folder tells. Gives what was read, too. */
export async function planFolder(folder: Folder, options: PlanOptions = {}): Promise<{ plan: Plan; project: Project }> {
  // Every action can plan, but few do: only planning loads the checks.
  const [{ CHECKS }, project] = await Promise.all([import('./checks/all.ts'), discover(folder, options.tag)])
  const lead = leadOf(project) ?? leadByTag(project, options.tag)
  if (!lead) return { plan: emptyPlan(options, noVersion(project)), project }
  const version = releaseVersion(lead)
  const tag = options.tag ?? tagFor(version, project.settings.tag, lead.name)
  // By such a pattern a tag releases one thing alone; without a tag that is what the version is of.
  if (options.tag === undefined && project.settings.tag.includes('{name}')) {
    const one = await planFolder(folder, { ...options, tag })
    return { ...one, plan: { ...one.plan, notChecked: [...one.plan.notChecked, ...othersUnseen(project, lead.name)] } }
  }
  const release: Release = {
    version,
    pythonVersion: normalizePython(version),
    tag,
    commit: options.commit ?? null,
    prerelease: parseVersion(version) ? isPrerelease(version) : /(?:a|b|rc|dev)\d/.test(normalizePython(version) ?? ''),
  }
  const { crates: planned, problems } = await chosenCrates(project, options)
  const told = { isRepository: release.commit !== null, budget: matchBudget() }
  const crates = await Promise.all(planned.map((each) => withContents(each, project, folder, told)))
  const section = project.changelog && changelogSection(project.changelog.text, version, changelogNames(project))
  const notes = await releaseNotes(folder, project.settings.notes, release, section?.notes ?? '')
  const { cargo = null, now = Date.now() } = options
  const subject = { project, folder, release, lead, crates, section, notes, cargo, now }
  const checked = await Promise.all(CHECKS.map((check) => check(subject)))
  const packages = project.packages.map((each) => planPackage(each, release))
  const { matrix, problems: withMatrix } = matrixOf(project, packages, subject.now)
  const plan: Plan = {
    schema: PLAN_SCHEMA,
    ...release,
    crates,
    packages,
    images: project.images,
    docs: documentationOf(await folder.files()),
    versions: versionPlaces(project.versions),
    ...NOTHING_KNOWN,
    notChecked: project.packages.flatMap((each) => computedVersion(each, release)),
    matrix,
    makeLatest: !release.prerelease,
    gate: project.settings.gate.map((each) => splitCommand(each) ?? []),
    notes,
    problems: inPart([...project.problems, ...problems, ...withMatrix, ...checked.flat()]),
  }
  return { plan, project }
}
