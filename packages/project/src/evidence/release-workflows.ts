import type { Where } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { type Job, jobsOf, type Step } from '@slipway/documents/workflows/jobs'
import { readWorkflow, workflowFiles } from '@slipway/documents/workflows/read-workflow'
import { startsByRelease, type TagTrigger, tagTrigger } from '@slipway/documents/workflows/triggers'
import { YamlError } from '@slipway/documents/yaml'
import { MAX_SCRIPTS_OF_WORKFLOWS } from '../limits.ts'
import { type CargoPublish, cargoPublishes } from './cargo-publish.ts'
import { filesRunBy, type RunFile } from './scripts.ts'
import { slipwayReference } from './slipway-reference.ts'
import { type Registry, slipwayWorkflow, uploadsOf } from './uploads.ts'
import { mayPushImage } from './writes.ts'

/** A command in a workflow, or in a script that it runs, that publishes crates. */
export interface CratePublication extends CargoPublish {
  where: Where
  /** The text around it, in which the values of its variables may be: its script and the matrix of its job. */
  context: string
}

/** What a workflow publishes to crates.io and PyPI. */
type Published = 'crates' | 'packages'

/** A workflow that publishes crates or packages, and what starts it. */
export interface ReleaseTrigger {
  file: string
  publishes: ReadonlySet<Published>
  /** The tags whose push starts it; null for none. */
  tags: TagTrigger | null
}

/** What a project's own workflows release. */
export interface ReleaseWorkflows {
  crates: CratePublication[]
  /** The step that publishes crates by a program that Slipway does not read; null for none. */
  unread: Where | null
  /** The first step that uploads to PyPI; null for none. */
  pypi: Where | null
  /** The first step or job that may push an image; null for none. */
  image: Where | null
  /** The jobs of workflows that a release starts. */
  jobs: Job[]
  /** Whether Slipway publishes, so that the plan decides what is released. */
  isSlipway: boolean
  triggers: ReleaseTrigger[]
}

/** A workflow with none of these words publishes nothing and calls no script. */
const RELEVANT = /publish|release|upload|slipway\/|docker|image|container|podman|buildah/i

/** Actions that publish crates themselves. */
const PUBLISHING_ACTIONS: Record<string, string> = {
  'release-plz/action': 'cargo release-plz release',
  'katyo/publish-crates': 'cargo publish --workspace',
  'marcoieni/release-plz-action': 'cargo release-plz release',
}

/** Returns the command that an action runs to publish crates; null for other actions. */
function commandOf({ action, setting }: Step): string | null {
  // `actions-rs/cargo` and its successors take a command of cargo in two inputs.
  if (/\/cargo$/.test(action)) return `cargo ${setting('command') ?? ''} ${setting('args') ?? ''}`
  return PUBLISHING_ACTIONS[action.toLowerCase()] ?? null
}

/** Returns a script without its comments, which may name crates that it does not publish. */
function withoutComments(script: string): string {
  return script.replace(/(?<!\S)#.*/g, '')
}

/** The state of reading the workflows of a project. */
interface Reading {
  folder: Folder
  found: ReleaseWorkflows
  /** The files that were read, since several steps may run one. */
  files: Set<string>
}

/** Adds the crates that a file publishes, which a step runs. */
function addFile({ found, files }: Reading, { file, text, isShell }: RunFile, step: Step): void {
  if (files.has(file) || files.size >= MAX_SCRIPTS_OF_WORKFLOWS) return
  files.add(file)
  if (mayPushImage({ action: '', run: text })) found.image ??= step.where
  if (!isShell) {
    if (/\bcargo\b[\s\S]{0,40}\bpublish\b/.test(text)) found.unread ??= step.where
    return
  }
  // The recipes of make and just begin with a tab and perhaps `@` or `-`.
  const context = withoutComments(text)
  const commands = cargoPublishes(text.replace(/^[ \t]+[@-]*/gm, ''), step.folder)
  found.crates.push(...commands.map((each) => ({ ...each, where: { file, line: each.line + 1 }, context })))
}

/** Returns what is published to these registries, of which Test PyPI is only a trial. */
function publishedTo(uploads: readonly { registry: Registry }[]): Published[] {
  return uploads.flatMap(({ registry }) => (registry === 'crates' ? 'crates' : registry === 'pypi' ? 'packages' : []))
}

/** Adds what a step publishes, and returns its kinds. */
async function addStep(reading: Reading, step: Step, job: Job): Promise<Published[]> {
  const { found, folder } = reading
  const before = found.crates.length
  const uploads = uploadsOf(step, new Set([...job.env.keys(), ...step.env.keys()]))
  if (step.uses && slipwayReference(step.uses.text)) found.isSlipway = true
  const published = publishedTo(uploads)
  if (published.includes('packages')) found.pypi ??= step.where
  if (mayPushImage(step)) found.image ??= step.where
  const command = commandOf(step)
  const script = command ?? step.run
  const context = [
    withoutComments(script),
    ...step.env.values(),
    ...job.env.values(),
    ...job.runners,
    JSON.stringify(job.entries?.map((each) => [...each.values()])),
  ].join('\n')
  const line = command === null ? step.runLine : step.where.line
  const where = (publication: CargoPublish): Where => ({ file: step.where.file, line: line + publication.line })
  found.crates.push(...cargoPublishes(script, step.folder).map((each) => ({ ...each, where: where(each), context })))
  for (const each of await filesRunBy(step, folder)) addFile(reading, each, step)
  return found.crates.length > before ? [...published, 'crates'] : published
}

/** Adds what a workflow publishes. */
async function addWorkflow(reading: Reading, file: string): Promise<void> {
  const { folder, found } = reading
  if (!RELEVANT.test((await folder.read(file)) ?? '')) return
  const document = await readWorkflow(folder, file)
  if (document === null || document instanceof YamlError) return
  const publishes = new Set<Published>()
  for (const job of jobsOf(document)) {
    if (job.uses && slipwayReference(job.uses.text)) found.isSlipway = true
    for (const kind of publishedTo(slipwayWorkflow(job.uses?.text ?? ''))) publishes.add(kind)
    if (job.uses && mayPushImage({ action: job.uses.text, run: '' })) found.image ??= job.uses.where
    for (const step of job.steps) for (const kind of await addStep(reading, step, job)) publishes.add(kind)
  }
  if (startsByRelease(document)) found.jobs.push(...jobsOf(document))
  if (publishes.size > 0) found.triggers.push({ file, publishes, tags: tagTrigger(document) })
}

/**
 * Reads what the workflows of a project publish: the commands of their steps, and of the scripts, Makefiles and
 * justfiles that these run.
 */
export async function readReleaseWorkflows(folder: Folder): Promise<ReleaseWorkflows> {
  const found: ReleaseWorkflows = {
    crates: [],
    unread: null,
    pypi: null,
    image: null,
    jobs: [],
    isSlipway: false,
    triggers: [],
  }
  const reading: Reading = { folder, found, files: new Set() }
  for (const file of await workflowFiles(folder)) await addWorkflow(reading, file)
  return found
}
