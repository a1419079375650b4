import { posix, relative, sep } from 'node:path'
import type { GitHistory } from '@slipway/core/git-history'
import type { Plan } from '@slipway/core/plan'
import type { PlannedLogin } from '@slipway/core/planned-login'
import type { Ports } from '@slipway/core/ports'
import { errorsOf, type Problem, ProblemError, type Where, warning } from '@slipway/core/problem'
import { givenTag } from '@slipway/core/tag'
import { Folder } from '@slipway/documents/folder'
import { planFolder } from '@slipway/plan/plan'
import type { Project } from '@slipway/project/project'
import { SETTINGS_FILE } from '@slipway/project/settings/settings'
import { gitHistory } from '@slipway/toolchain/git-history'
import { requireFolder } from '../job/first-checks.ts'
import { planRelease } from '../plan/plan.ts'
import { trustProblems } from '../readiness/publisher-forms.ts'
import { repositoryIn } from '../readiness/readiness.ts'
import { repositoryFolder } from '../readiness/workflow-logins.ts'
import { type ByHand, leftByHand, UNKNOWN_OWNER } from './by-hand.ts'
import { chosenLogin, type Login } from './choose-login.ts'
import { type FoundPart, foundParts } from './found.ts'
import { oldReleaseOf } from './old-release.ts'
import type { OldStep } from './old-steps.ts'
import { partsOf } from './parts.ts'
import { neededSettings, settingsText } from './settings-text.ts'
import { workflowFile } from './workflow-file.ts'
import { workflowText } from './workflow-text.ts'
import { handMade, type OwnWorkflow, ownWorkflows } from './workflows.ts'
import type { InitFile } from './write.ts'

/** Options of `slipway init`. */
export interface InitOptions {
  tag?: string | undefined
  offline?: boolean | undefined
  /** Owner of the repository of Slipway that workflows name; null if unknown. */
  owner: string | null
}

/** What a project needs for its releases. Paths are relative to the project. */
export interface Init {
  tag: string
  /** On GitHub, `owner/name`; null if unknown. */
  repository: string | null
  /** What is assumed, because the folder does not say. */
  assumed: string[]
  found: FoundPart[]
  login: Login
  files: InitFile[]
  /** The steps of hand-made release workflows. */
  steps: OldStep[]
  byHand: ByHand
  /** The logins of the workflow among `files`. */
  logins: PlannedLogin[]
  problems: Problem[]
}

/** A project and its repository, as read from their files. */
interface Read {
  dir: string
  /** The repository's folder, or the project's outside a repository. */
  top: string
  /** The project's folder in the repository. */
  path: string
  isRepository: boolean
  /** Undefined outside a repository. */
  history: GitHistory | undefined
  plan: Plan
  project: Project
  workflows: OwnWorkflow[]
  named: { repository: string; where?: Where } | null
  hasSettings: boolean
}

async function readProject(ports: Ports, dir: string, given: string | undefined): Promise<Read> {
  await requireFolder(dir)
  const folder = new Folder(dir)
  const history = await gitHistory(ports, dir)
  const tag = given === undefined ? undefined : givenTag(given)
  const { plan, project } = await planFolder(folder, { tag, history })
  const unread = errorsOf(plan.problems).filter(({ code }) => plan.version === '' || /^(?:settings|toml)-/.test(code))
  if (unread.length > 0) throw new ProblemError(unread)
  const repository = await repositoryFolder(dir)
  const top = repository ?? dir
  const path = slashed(relative(top, dir)) || '.'
  const [workflows, named] = await Promise.all([
    ownWorkflows({ folder: new Folder(top), path }),
    repositoryIn({ ports, dir, project }),
  ])
  const hasSettings = (await folder.entriesIn('.')).some((each) => each.path === SETTINGS_FILE)
  return { dir, top, path, isRepository: repository !== null, history, plan, project, workflows, named, hasSettings }
}

/**
 * Finds out what a project needs for its releases, and writes nothing.
 * @param dir absolute
 * @throws ProblemError if the plan has no version, if slipway.toml or another manifest cannot be read, or if no workflow
 * can be written
 */
export async function planInit(ports: Ports, dir: string, { tag, offline = false, owner }: InitOptions): Promise<Init> {
  const read = await readProject(ports, dir, tag)
  const { plan, top, path, workflows, hasSettings, history } = read
  const repository = read.named?.repository ?? null
  const old = handMade(workflows)
  const oldRelease = oldReleaseOf(old, repository)
  const needed = neededSettings(plan, oldRelease, repository)
  const source = old.map((each) => each.file).join(', ') || "the repository's name"
  const images =
    needed.images.length > 0 && !hasSettings
      ? needed.images.map(({ name, file }) => ({ name, why: `${file}; its name is from ${source}` }))
      : plan.images.map(({ name, file }) => ({ name, why: file }))
  const parts = partsOf(plan, { images: images.map((each) => each.name), path, owner: owner ?? UNKNOWN_OWNER })
  const login = await chosenLogin(old, parts)
  const text = workflowText(login.kind, parts)
  const workflow = await workflowFile(new Folder(top), workflows, text)
  const only = { filesIn: async () => [workflow.file], read: async () => workflow.text }
  const doctor = await planRelease(ports, dir, { tag, offline, isTagged: false, workflows: only, history })
  const fromProject = (file: string) => posix.join(slashed(relative(dir, top)), file)
  const at = <T extends { where: Where }>(each: T): T => ({
    ...each,
    where: { ...each.where, file: fromProject(each.where.file) },
  })
  const { otherTargets } = oldRelease
  const compiled = plan.problems.filter((each) => each.code === 'wheel-not-portable')
  return {
    tag: plan.tag,
    repository,
    assumed: assumptions(read),
    found: foundParts(plan, images, read.project.changelog?.file ?? null),
    login,
    files: [
      { ...workflow, file: fromProject(workflow.file) },
      ...settingsFile(settingsText(needed, source), hasSettings),
    ],
    steps: old.flatMap((each) => each.steps).map(at),
    byHand: leftByHand({
      text: workflow.text,
      login: login.kind,
      parts,
      isOurs: workflow.text === text,
      otherTargets,
      needsPrebuilt: compiled.length > 0,
    }),
    logins: doctor.logins,
    problems: [
      ...compiled,
      ...trustProblems(doctor),
      ...old.flatMap((each) => alsoReleases(each, workflow.file)).map(at),
    ],
  }
}

function slashed(path: string): string {
  return path.split(sep).join('/')
}

/** Returns slipway.toml if it is needed or exists; an existing one stays as it is. */
function settingsFile(text: string, exists: boolean): InitFile[] {
  if (exists) return [{ file: SETTINGS_FILE, text: '', state: 'kept' }]
  return text === '' ? [] : [{ file: SETTINGS_FILE, text, state: 'new' }]
}

function assumptions({ dir, isRepository, named }: Read): string[] {
  const assumed: string[] = []
  if (!isRepository) assumed.push(`${dir} is not in a git repository. Slipway assumes that it will be the top of one.`)
  if (named === null)
    assumed.push('No remote or manifest names a GitHub repository, so the values for registries are unknown.')
  else if (named.where) {
    const { file, line } = named.where
    assumed.push(`git has no GitHub remote \`origin\`. Slipway assumes ${named.repository}, from ${file}:${line}.`)
  }
  return assumed
}

/** Warns about a hand-made workflow that releases too. @param file the workflow that uses Slipway */
function alsoReleases({ publishesAt, file: old }: OwnWorkflow, file: string) {
  if (publishesAt === null) return []
  const message = `${old} publishes without Slipway, so two workflows would publish one version.`
  const hint = `Move its steps as listed, and delete it in the commit that adds ${file}.`
  return [{ ...warning('workflow-releases-too', message, hint), where: publishesAt }]
}
