import type { Where } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { join } from '@slipway/documents/paths'
import { shellCommands } from '@slipway/documents/shell-commands'
import { unquoted } from '@slipway/documents/shell-words'
import { type Job, jobsOf, type Step } from '@slipway/documents/workflows/jobs'
import { readWorkflow, workflowFiles } from '@slipway/documents/workflows/read-workflow'
import { YamlError } from '@slipway/documents/yaml'
import { MAX_SCRIPTS_OF_WORKFLOWS } from '../limits.ts'
import { type CargoPublish, cargoPublishes } from './cargo-publish.ts'
import { uploadsOf } from './uploads.ts'

/** A command in a workflow, or in a script that it runs, that publishes crates. */
export interface CratePublication extends CargoPublish {
  where: Where
  /** The text around it, in which the values of its variables may be: its script and the matrix of its job. */
  context: string
}

/** What a project's own workflows release. */
export interface ReleaseWorkflows {
  crates: CratePublication[]
  /** The step that publishes crates by a program that Slipway does not read; null for none. */
  unread: Where | null
  /** The first step that uploads to PyPI; null for none. */
  pypi: Where | null
  /** Whether Slipway publishes, so that the plan decides what is released. */
  isSlipway: boolean
  /** The patterns of `on.push.tags`, in the workflows that publish. */
  tags: { pattern: string; where: Where }[]
}

/** A workflow with none of these words publishes nothing and calls no script. */
const RELEVANT = /publish|release|upload|slipway\//i

/** Actions that publish crates themselves. */
const PUBLISHING_ACTIONS: Record<string, string> = {
  'release-plz/action': 'cargo release-plz release',
  'katyo/publish-crates': 'cargo publish --workspace',
  'marcoieni/release-plz-action': 'cargo release-plz release',
}

/** Programs that run the script that is named after them. */
const RUNNERS = /^(?:bash|sh|zsh|source|\.|python[\d.]*|node|uv|run|just|make|cargo)$/
/** Shell scripts, by their names; programs in other languages are only searched for the command. */
const SHELL_SCRIPT = /\.(?:sh|bash|zsh)$|(?:^|\/)(?:[Mm]akefile|GNUmakefile|[Jj]ustfile|\.justfile|[^./]+)$/
const BUILD_FILES: Record<string, string[]> = {
  make: ['Makefile', 'makefile', 'GNUmakefile'],
  just: ['justfile', 'Justfile', '.justfile'],
}

/** Returns the files of the project that a script runs. */
function scriptsIn(script: string, cwd: string, files: ReadonlySet<string>): string[] {
  return shellCommands(script).flatMap(({ words }) => {
    const plain = words.map(unquoted)
    const tool = plain[0] ?? ''
    const named = RUNNERS.test(tool) ? plain.slice(1) : [tool]
    const paths = named.filter((each) => /[./]/.test(each) && !each.startsWith('/')).map((each) => join(cwd, each))
    return [...(BUILD_FILES[tool] ?? []).map((each) => join(cwd, each)), ...paths].filter((each) => files.has(each))
  })
}

/** The state of reading the workflows of a project. */
interface Reading {
  folder: Folder
  files: ReadonlySet<string>
  found: ReleaseWorkflows
  /** The scripts that were read, since several steps may run one. */
  scripts: Set<string>
}

/** Adds the crates that a script publishes. */
async function addScript({ folder, found, scripts }: Reading, file: string, step: Step): Promise<void> {
  if (scripts.has(file) || scripts.size >= MAX_SCRIPTS_OF_WORKFLOWS) return
  scripts.add(file)
  const text = (await folder.read(file)) ?? ''
  if (!SHELL_SCRIPT.test(file)) {
    if (/\bcargo\b[\s\S]{0,40}\bpublish\b/.test(text)) found.unread ??= step.where
    return
  }
  // The recipes of make and just begin with a tab and perhaps `@` or `-`.
  const commands = cargoPublishes(text.replace(/^[ \t]+[@-]*/gm, ''), step.folder)
  found.crates.push(...commands.map((each) => ({ ...each, where: { file, line: each.line + 1 }, context: text })))
}

/** Adds what a step publishes, and whether it does. */
async function addStep(reading: Reading, step: Step, job: Job): Promise<boolean> {
  const { found, files } = reading
  const before = found.crates.length
  const uploads = uploadsOf(step, new Set([...job.env.keys(), ...step.env.keys()]))
  if (uploads.some((each) => each.isSlipway) || /^[\w.-]+\/slipway(?:\/|$)/.test(step.action)) found.isSlipway = true
  const isUpload = uploads.some((each) => each.registry === 'pypi')
  if (isUpload) found.pypi ??= step.where
  const command = PUBLISHING_ACTIONS[step.action.toLowerCase()]
  const script = command ?? step.run
  const context = [
    script,
    ...step.env.values(),
    ...job.env.values(),
    ...job.runners,
    JSON.stringify(job.entries?.map((each) => [...each.values()])),
  ].join('\n')
  const line = command === undefined ? step.runLine : step.where.line
  const where = (publication: CargoPublish): Where => ({ file: step.where.file, line: line + publication.line })
  found.crates.push(...cargoPublishes(script, step.folder).map((each) => ({ ...each, where: where(each), context })))
  for (const file of scriptsIn(step.run, step.folder, files)) await addScript(reading, file, step)
  return isUpload || found.crates.length > before
}

/** Adds what a workflow publishes. */
async function addWorkflow(reading: Reading, file: string): Promise<void> {
  const { folder, found } = reading
  if (!RELEVANT.test((await folder.read(file)) ?? '')) return
  const document = await readWorkflow(folder, file)
  if (document === null || document instanceof YamlError) return
  let isPublishing = false
  for (const job of jobsOf(document)) {
    if (job.uses && /\/slipway\/\.github\/workflows\//.test(job.uses.text)) found.isSlipway = true
    for (const step of job.steps) isPublishing = (await addStep(reading, step, job)) || isPublishing
  }
  if (!isPublishing) return
  const tags = document.get(document.get(document.get(document.root, 'on'), 'push'), 'tags')
  const single = document.text(tags)
  const patterns = single ? [single] : document.items(tags).flatMap((each) => document.text(each) ?? [])
  found.tags.push(...patterns.map(({ text, where }) => ({ pattern: text, where })))
}

/**
 * Reads what the workflows of a project publish: the commands of their steps, and of the scripts, Makefiles and
 * justfiles that these run.
 * @param files every file of the project
 */
export async function readReleaseWorkflows(folder: Folder, files: readonly string[]): Promise<ReleaseWorkflows> {
  const found: ReleaseWorkflows = { crates: [], unread: null, pypi: null, isSlipway: false, tags: [] }
  const reading: Reading = { folder, files: new Set(files), found, scripts: new Set() }
  for (const file of await workflowFiles(folder)) await addWorkflow(reading, file)
  return found
}
