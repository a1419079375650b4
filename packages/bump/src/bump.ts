import type { GitHistory } from '@slipway/core/git-history'
import { error, errorsOf, type Problem, ProblemError, type Where } from '@slipway/core/problem'
import { namesOf } from '@slipway/core/problem-groups'
import { tagFor } from '@slipway/core/tag'
import { applicableEdits, applyEdits } from '@slipway/documents/edit'
import { Folder } from '@slipway/documents/folder'
import { noVersion } from '@slipway/plan/nothing-to-release'
import { planFolder, planRepository } from '@slipway/plan/plan'
import { sortedLock } from '@slipway/project/cargo/lockfile'
import { changelogNames } from '@slipway/project/changelog/section-names'
import { discover, type Repository, readRepository } from '@slipway/project/discover'
import { tagFormFor } from '@slipway/project/evidence/tag-form'
import type { Project } from '@slipway/project/project'
import { findReleaseVersion, toSemver } from '@slipway/project/release-version'
import { selectedByTag } from '@slipway/project/selection'
import { CITATION_FILE, citedDates } from '@slipway/project/version-files'
import { rollOver } from './changelog.ts'
import { nextVersion } from './next-version.ts'
import { oldMentions } from './old-mentions.ts'
import { findUnreleasedReferences } from './unreleased-crates.ts'
import { downgrades, joinedVersions, replacedCrates } from './version-conflicts.ts'
import { versionEdits } from './version-edits.ts'

/** How a version is set. */
export interface BumpOptions {
  /** Milliseconds since the epoch. */
  now: number
  /** Whether the version may be older than the current one. */
  allowOlder?: boolean | undefined
  /** The only crate or package to get the version, if tags name one. */
  only?: string | undefined
  /** Earlier releases; absent outside a repository. */
  history?: GitHistory | undefined
}

/** A file and its changes. */
export interface FileChange {
  /** Relative to the project. */
  file: string
  before: string
  after: string
}

/** The changes that set a version; none is written yet. */
export interface Bump {
  /** SemVer. */
  from: string
  to: string
  /** The tag to create. */
  tag: string
  changes: FileChange[]
  /** Lines that still show the old version, which only a person can judge. */
  mentions: Where[]
  /** Remaining problems with versions and the changelog, from the plan of the changed project. */
  problems: Problem[]
  /** The names of the project's crates, packages and their folders, which differ between problems with one cause. */
  names: string[]
}

/** A project's folder in which some files have new content. */
class EditedFolder extends Folder {
  readonly #texts: ReadonlyMap<string, string>

  constructor(root: string, changes: readonly FileChange[]) {
    super(root)
    this.#texts = new Map(changes.map((each) => [each.file, each.after]))
  }

  override async read(file: string): Promise<string | null> {
    return this.#texts.get(file) ?? super.read(file)
  }
}

function isLock(file: string): boolean {
  return file.split('/').at(-1) === 'Cargo.lock'
}

/** Problems that may hide places of the version. */
const HIDING = /^(toml-syntax|file-unreadable|compose-unreadable|version-pattern-not-found|settings-.*)$/

/** Problems of a version that must not be set. */
const IMPOSSIBLE = ['version-not-semver', 'no-python-version', 'local-version', 'prerelease-is-post-release']

/** Problems about versions and the changelog, which a bump reports. */
const OF_VERSIONS = /^(version-|sibling-pin-|lock-|changelog-|python-version-)/

/** Discovers the project, limited to the selected crate or package, else to the release that the version belongs to. */
async function discoverSelected(repository: Repository, { only, history }: BumpOptions): Promise<Project> {
  if (only !== undefined) {
    const project = await discover(repository, { history, only })
    if (project.selected !== null) return project
    const message = `${JSON.stringify(only)} cannot be bumped alone: it is not a crate or package here.`
    throw new ProblemError(error('bump-name-unknown', message, 'Correct the name, or bump all of them.'))
  }
  const all = await discover(repository, { history })
  const current = findReleaseVersion(all)
  if (current === null) return all
  const tag = tagFor(toSemver(current), tagFormFor(current, all).pattern, current.name)
  return selectedByTag(tag, all.settings, all.trains, all) === null ? all : discover(repository, { history, tag })
}

/**
 * Plans the changes that set a project's version everywhere. Writes nothing.
 * @param dir the project's folder
 * @param wish a version, or the part to increment
 * @throws ProblemError if there is no current version; if the new version is not valid, is older, or cannot be one of the
 *   Python package; if a file that may hold a version cannot be read; if a place would keep the old version
 */
export async function planBump(dir: string, wish: string, options: BumpOptions): Promise<Bump> {
  const folder = new Folder(dir)
  const repository = await readRepository(folder)
  const project = await discoverSelected(repository, options)
  const hidingProblems = project.problems.filter((each) => HIDING.test(each.code))
  if (hidingProblems.length > 0) throw new ProblemError(hidingProblems)
  const current = findReleaseVersion(project)
  if (!current) throw new ProblemError(errorsOf(noVersion(project)))
  const from = toSemver(current)
  const to = nextVersion(wish, from, options.allowOlder)
  const conflicts = [
    ...(options.allowOlder ? [] : downgrades(project, to)),
    ...(from === to ? [] : replacedCrates(project)),
  ]
  if (conflicts.length > 0) throw new ProblemError(conflicts)
  const edits = versionEdits(project, await findUnreleasedReferences(folder, project), from, to)
  const today = new Date(options.now).toISOString().slice(0, 10)
  const isCitationEdited = edits.some((each) => each.file === CITATION_FILE) && from !== to
  const dates = isCitationEdited ? citedDates((await folder.read(CITATION_FILE)) ?? '') : []
  edits.push(...dates.map(({ file, range }) => ({ file, range, text: today })))
  if (project.changelog) {
    edits.push(...rollOver({ ...project.changelog, version: to, today, names: changelogNames(project) }))
  }
  const changes: FileChange[] = []
  for (const file of new Set(edits.map((each) => each.file))) {
    const before = (await folder.read(file)) ?? ''
    const fileEdits = applicableEdits(
      before,
      edits.filter((each) => each.file === file),
    )
    if (fileEdits.length === 0) continue
    const after = applyEdits(before, fileEdits)
    changes.push({ file, before, after: isLock(file) ? sortedLock(file, after) : after })
  }
  const { pattern } = tagFormFor(current, project)
  const tagOf = (version: string) => tagFor(version, pattern, current.name)
  const { now, history } = options
  const edited = new EditedFolder(dir, changes)
  const { plan } = await planFolder(edited, { tag: tagOf(to), now, history })
  const { problems } = plan
  const remaining = problems.filter(({ code }) => OF_VERSIONS.test(code))
  const impossible = problems.filter(({ code }) => IMPOSSIBLE.includes(code))
  const wrong = errorsOf(remaining)
  // A place that the bump misses would break the release, and some files would have been changed. Only where something is
  // wrong, a plan of the unchanged project shows whether it was before.
  const before = wrong.length === 0 ? null : await planRepository(repository, { tag: tagOf(from), now, history })
  const known = new Set(before?.plan.problems.map(placeOf))
  const missed = wrong.filter((each) => !known.has(placeOf(each)))
  if (impossible.length + missed.length > 0) throw new ProblemError([...new Set([...impossible, ...missed])])
  const mentions = from === to ? [] : await oldMentions(edited, project, from, to)
  return {
    from,
    to,
    tag: tagOf(to),
    changes,
    mentions,
    problems: [...joinedVersions(project, from, to), ...remaining],
    names: namesOf(plan),
  }
}

function placeOf({ code, where }: Problem): string {
  return `${code} ${where?.file}:${where?.line}`
}
