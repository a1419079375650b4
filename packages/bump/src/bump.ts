import { error, errorsOf, type Problem, ProblemError } from '@slipway/core/problem'
import { tagFor } from '@slipway/core/tag'
import { applicableEdits, applyEdits, type Edit } from '@slipway/documents/edit'
import { Folder } from '@slipway/documents/folder'
import { noVersion } from '@slipway/plan/nothing-to-release'
import { planFolder } from '@slipway/plan/plan'
import { changelogNames } from '@slipway/project/changelog/section-names'
import { discover } from '@slipway/project/discover'
import type { Project } from '@slipway/project/project'
import { leadOf, releaseVersion } from '@slipway/project/release-version'
import { CITATION_FILE, citedDates } from '@slipway/project/version-files'
import { rollOver } from './changelog.ts'
import { nextVersion } from './next-version.ts'
import { bystanders } from './unreleased-crates.ts'
import { joined, lowered } from './version-conflicts.ts'
import { versionEdits } from './version-edits.ts'

/** How a version is set. */
export interface BumpOptions {
  /** Milliseconds since the epoch. */
  now: number
  /** Whether the version may be older than the current one. */
  allowOlder?: boolean | undefined
  /** The crate or package that alone gets it, where tags name one. */
  only?: string | undefined
}

/** A file and what is to be done to it. */
export interface FileChange {
  /** Relative to the project. */
  file: string
  before: string
  after: string
  edits: Edit[]
}

/** What setting a version does; nothing is written yet. */
export interface Bump {
  /** SemVer. */
  from: string
  to: string
  /** The tag to be made. */
  tag: string
  changes: FileChange[]
  /** What the plan of the changed project tells of versions and the changelog, that is still to be done. */
  problems: Problem[]
}

/** A project's folder with some files changed. */
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

/** Problems of a project because of which places of its version may be unknown. */
const HIDING = /^(toml-syntax|file-unreadable|compose-unreadable|version-pattern-not-found|settings-.*)$/

/** Versions that must not be set, whatever else is right. */
const IMPOSSIBLE = ['version-not-semver', 'no-python-version', 'local-version', 'prerelease-is-post-release']

/** Problems that are about versions, or about what the release is told of in. */
const OF_VERSIONS = /^(version-|sibling-pin-|lock-|changelog-|python-version-)/

/** The project, or what is chosen of it. */
async function chosen(folder: Folder, { only }: BumpOptions): Promise<Project> {
  const all = await discover(folder)
  const pattern = all.settings.tag
  const name = only ?? (pattern.includes('{name}') ? leadOf(all)?.name : undefined)
  if (name === undefined) return all
  const tag = pattern.includes('{name}') ? tagFor('0.0.0', pattern, name) : `${name}-${tagFor('0.0.0', pattern)}`
  const project = await discover(folder, tag)
  if (project.selected === null) {
    const message = `${JSON.stringify(name)} alone cannot get a version: there is no such crate or package, or all have one version and one tag.`
    throw new ProblemError(error('bump-name-unknown', message, 'Correct the name, or set the version of all.'))
  }
  return project
}

/**
 * Finds out what it takes to set a project's version everywhere that it stands. Writes nothing.
 * @param dir the project's folder
 * @param wish a version, or the part that is counted up
 * @throws ProblemError where there is no version to begin from, or what is wished is none, older, or of no use to the
 *   Python package; where files that may hold a version cannot be read
 */
export async function planBump(dir: string, wish: string, options: BumpOptions): Promise<Bump> {
  const folder = new Folder(dir)
  const project = await chosen(folder, options)
  const hiding = project.problems.filter((each) => HIDING.test(each.code))
  if (hiding.length > 0) throw new ProblemError(hiding)
  const lead = leadOf(project)
  if (!lead) throw new ProblemError(errorsOf(noVersion(project)))
  const from = releaseVersion(lead)
  const to = nextVersion(wish, from, options.allowOlder)
  const older = options.allowOlder ? [] : lowered(project, to)
  if (older.length > 0) throw new ProblemError(older)
  const edits = versionEdits(project, await bystanders(folder, project), from, to)
  const today = new Date(options.now).toISOString().slice(0, 10)
  const citation = edits.some((each) => each.file === CITATION_FILE) && from !== to
  const dates = citation ? citedDates((await folder.read(CITATION_FILE)) ?? '') : []
  edits.push(...dates.map(({ file, range }) => ({ file, range, text: today })))
  if (project.changelog) {
    edits.push(...rollOver({ ...project.changelog, version: to, today, names: changelogNames(project) }))
  }
  const changes: FileChange[] = []
  for (const file of new Set(edits.map((each) => each.file))) {
    const before = (await folder.read(file)) ?? ''
    const own = applicableEdits(
      before,
      edits.filter((each) => each.file === file),
    )
    if (own.length > 0) changes.push({ file, before, after: applyEdits(before, own), edits: own })
  }
  const name = project.selected ?? lead.name
  const pattern = project.settings.tag
  const isNamed = project.selected === null || pattern.includes('{name}')
  const tag = isNamed ? tagFor(to, pattern, name) : `${name}-${tagFor(to, pattern)}`
  const { problems } = (await planFolder(new EditedFolder(dir, changes), { tag, now: options.now })).plan
  const impossible = problems.filter(({ code }) => IMPOSSIBLE.includes(code))
  if (impossible.length > 0) throw new ProblemError(impossible)
  const left = problems.filter(({ code }) => OF_VERSIONS.test(code))
  return { from, to, tag, changes, problems: [...joined(project, from, to), ...left] }
}
