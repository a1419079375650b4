import { posix } from 'node:path'
import { type Problem, type Where, warning } from '@slipway/core/problem'
import { type Step, stepsOf } from '@slipway/documents/workflows/jobs'
import { readWorkflow, type WorkflowSource, workflowFiles } from '@slipway/documents/workflows/read-workflow'
import { type YamlDocument, YamlError, type YamlNode, type YamlText } from '@slipway/documents/yaml'
import { slipwayWorkflow, type Upload, uploadsOf } from '@slipway/project/evidence/uploads'
import { GITHUB_MAX_WORKFLOW_DEPTH, MAX_CALLED_WORKFLOWS, MAX_LOGIN_JOBS } from '../limits.ts'
import { projectCodeIn } from './project-code.ts'

/** A job's right to ID tokens, and the facts by which registries identify it. */
export interface IdentifiedJob {
  /** The workflow file that GitHub starts. */
  workflow: string
  /** The file that contains the job: the same, or one that it calls. */
  file: string
  /** Name of the job. */
  job: string
  /** Events that start the workflow. */
  events: string[]
  /** Whether it may request ID tokens. */
  mayIdentify: boolean
  /** The call that does not pass on `id-token: write`; null if the job has it, or does not request it. */
  deniedAt: Where | null
  /** Its environment, or the expression that names it; null for none. */
  environment: string | null
}

/** A job that publishes to a registry. */
export interface PublishingJob extends IdentifiedJob, Upload {
  /** The step or workflow call that publishes. */
  where: Where
  /** Whether it is in a workflow of another repository. */
  isForeign: boolean
}

/** A job that may request ID tokens and runs code of the project or its dependencies. */
export interface CodeJob extends IdentifiedJob {
  where: Where
  /** The action or command. */
  what: string
}

/** How the workflows of a project log in to registries. */
export interface WorkflowLogins {
  publishing: PublishingJob[]
  code: CodeJob[]
  /** Problems of files that are not valid YAML, which GitHub does not run. */
  unreadable: Problem[]
}

/** The facts that a called workflow inherits from its callers. */
interface Caller {
  workflow: string
  events: string[]
  mayIdentify: boolean | null
  deniedAt: Where | null
  /** The chain of files that call each other, this one last. */
  path: readonly string[]
}

/** The state of reading all workflows of a project. */
interface Reading {
  folder: WorkflowSource
  logins: WorkflowLogins
  /** The parsed files; null for those that are missing, invalid or irrelevant. */
  documents: Map<string, YamlDocument | null>
  files: number
}

/** Reads the jobs of a project's workflows that publish, with their logins. */
export async function workflowLogins(folder: WorkflowSource): Promise<WorkflowLogins> {
  const logins: WorkflowLogins = { publishing: [], code: [], unreadable: [] }
  const reading: Reading = { folder, logins, documents: new Map(), files: 0 }
  const files = await workflowFiles(folder)
  for (const file of files) {
    const document = await documentIn(reading, file)
    const events = document ? eventsOf(document) : []
    // A workflow that is only called is read with its callers.
    if (!document || events.every((each) => each === 'workflow_call')) continue
    const caller = { workflow: file, events, mayIdentify: null, deniedAt: null, path: [file] }
    await addFile(reading, { document, file }, caller)
  }
  return logins
}

/** Text that a relevant workflow contains, itself or in a workflow that it calls; parsing YAML is slow. */
const RELEVANT =
  /\bslipway\/|gh-action-pypi-publish|crates-io-auth-action|\.\/\.github\/workflows\/|\bpublish\b|\bupload\b/i

async function documentIn({ folder, logins, documents }: Reading, file: string): Promise<YamlDocument | null> {
  const cached = documents.get(file)
  if (cached !== undefined) return cached
  const text = await folder.read(file)
  const read = text !== null && RELEVANT.test(text) ? await readWorkflow(folder, file) : null
  if (read instanceof YamlError) {
    const message = `${file} is not valid YAML (${read.message}), so GitHub does not run it, and its logins are unknown.`
    const where = { file, line: read.line }
    logins.unreadable.push(warning('workflow-unreadable', message, `Correct line ${read.line}.`, where))
  }
  const document = read instanceof YamlError ? null : read
  documents.set(file, document)
  return document
}

/** Returns the names of the events that start a workflow (GitHub, "Workflow syntax", `on`). */
export function eventsOf(document: YamlDocument): string[] {
  const on = document.get(document.root, 'on')
  const single = document.text(on)
  if (single) return [single.text]
  const named = document.entries(on).map(([name]) => name)
  return named.length > 0 ? named : document.items(on).flatMap((each) => document.text(each)?.text ?? [])
}

/** Adds the logins of a workflow file, and of the project's workflows that it calls. */
async function addFile(
  reading: Reading,
  { document, file }: { document: YamlDocument; file: string },
  caller: Caller,
): Promise<void> {
  reading.files += 1
  if (reading.files > MAX_CALLED_WORKFLOWS) return
  const { workflow, events, path } = caller
  const byWorkflow = grantOf(document, document.get(document.root, 'permissions'))
  for (const [job, node] of document.entries(document.get(document.root, 'jobs')).slice(0, MAX_LOGIN_JOBS)) {
    if (/^(?:\$\{\{\s*)?false(?:\s*\}\})?$/.test(document.scalar(document.get(node, 'if')) ?? '')) continue
    const own = grantOf(document, document.get(node, 'permissions')) ?? byWorkflow
    // A called workflow has at most the permissions of its caller, and all of them if it sets none.
    const mayIdentify = caller.mayIdentify === null ? (own ?? false) : caller.mayIdentify && (own ?? true)
    const deniedAt = caller.mayIdentify === false && own !== false ? caller.deniedAt : null
    const environment = environmentOf(document, node)
    const identified: IdentifiedJob = { workflow, file, job, events, mayIdentify, deniedAt, environment }
    const uses = document.text(document.get(node, 'uses'))
    if (!uses) {
      addSteps(reading.logins, identified, stepsOf(document, node, '.'), new Set(variablesOf(document, node)))
      continue
    }
    const called = uses.text.startsWith('./') ? posix.normalize(uses.text) : null
    if (called === null) addCall(reading.logins, identified, document, node, uses)
    else if (path.length < GITHUB_MAX_WORKFLOW_DEPTH && !path.includes(called)) {
      const document = await documentIn(reading, called)
      const through = { ...caller, mayIdentify, deniedAt: deniedAt ?? uses.where, path: [...path, called] }
      if (document) await addFile(reading, { document, file: called }, through)
    }
  }
}

/** Adds what a call of one of Slipway's workflows publishes. */
function addCall(
  logins: WorkflowLogins,
  job: IdentifiedJob,
  document: YamlDocument,
  node: YamlNode,
  uses: YamlText,
): void {
  const secrets = document.get(node, 'secrets')
  const passed = document.entries(secrets).map(([secret]) => secret)
  const isInherited = document.text(secrets)?.text === 'inherit'
  for (const { registry, secret, input } of slipwayWorkflow(uses.text)) {
    if (document.scalar(document.get(document.get(node, 'with'), input)) === 'off') continue
    const login = isInherited || passed.includes(secret) ? 'token' : 'identity'
    const upload = { registry, login, isSlipway: true, isAttested: false } as const
    logins.publishing.push({ ...job, ...upload, where: uses.where, isForeign: true })
  }
}

/** Whether permissions include `id-token: write`; null where none are set (GitHub, "Workflow syntax", `permissions`). */
function grantOf(document: YamlDocument, node: YamlNode | undefined): boolean | null {
  if (node === undefined) return null
  return document.text(node)?.text === 'write-all' || document.text(document.get(node, 'id-token'))?.text === 'write'
}

function environmentOf(document: YamlDocument, node: YamlNode): string | null {
  const environment = document.get(node, 'environment')
  return (document.text(environment) ?? document.text(document.get(environment, 'name')))?.text ?? null
}

/** Whether an expression computes the name of an environment. */
export function isComputed(environment: string | null): boolean {
  return environment?.includes('${{') ?? false
}

/** Returns the names of the environment variables that the workflow and the job set for steps. */
function variablesOf(document: YamlDocument, node: YamlNode): string[] {
  const of = (at: YamlNode | null) => document.entries(document.get(at, 'env')).map(([name]) => name)
  return [...of(document.root), ...of(node)]
}

/** Adds the uploads of a job's steps, and the first that runs project code. */
function addSteps(logins: WorkflowLogins, job: IdentifiedJob, steps: readonly Step[], variables: Set<string>): void {
  let hasCode = false
  for (const step of steps) {
    for (const upload of uploadsOf(step, new Set([...variables, ...step.env.keys()]))) {
      const isKnown = logins.publishing.some(
        ({ where, workflow, registry }) =>
          where.file === step.where.file &&
          where.line === step.where.line &&
          workflow === job.workflow &&
          registry === upload.registry,
      )
      if (!isKnown) logins.publishing.push({ ...job, ...upload, where: step.where, isForeign: false })
    }
    const what = projectCodeIn(step)
    if (what === null || !job.mayIdentify || hasCode) continue
    hasCode = true
    logins.code.push({ ...job, where: step.where, what })
  }
}
