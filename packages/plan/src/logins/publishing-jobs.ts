import { posix } from 'node:path'
import { type Problem, type Where, warning } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { parseYaml, type YamlDocument, YamlError, type YamlNode, type YamlText } from '@slipway/documents/yaml'
import { type Step, stepsOf } from '../checks/workflows/jobs.ts'
import { GITHUB_MAX_WORKFLOW_DEPTH, MAX_CALLED_WORKFLOWS, MAX_LOGIN_JOBS } from '../limits.ts'
import { codeIn } from './project-code.ts'
import { slipwayWorkflow, type Upload, uploadsOf } from './uploads.ts'

/** Where workflows are in a repository. */
const FOLDER = '.github/workflows'

/** What a job may do with ID tokens, and how registries would know it. */
export interface IdentifiedJob {
  /** The workflow that GitHub starts, a file of the project. */
  workflow: string
  /** The file that the job stands in: the same, or one that it calls. */
  file: string
  /** Name of the job. */
  job: string
  /** What starts the workflow. */
  events: string[]
  /** Whether it may request ID tokens. */
  mayIdentify: boolean
  /** The call that does not grant it what it asks for; null where the job itself does not ask, or may. */
  heldBackAt: Where | null
  /** Its environment, or the expression that tells it; null for none. */
  environment: string | null
}

/** A job that publishes to a registry. */
export interface PublishingJob extends IdentifiedJob, Upload {
  /** The step, or the call of a workflow, that publishes. */
  where: Where
  /** Whether it stands in a workflow of another repository. */
  isForeign: boolean
}

/** A job that may request ID tokens and runs code of the project, or what that brings along. */
export interface CodeJob extends IdentifiedJob {
  where: Where
  /** What it runs. */
  what: string
}

/** What the workflows of a project do with the logins of registries. */
export interface WorkflowLogins {
  publishing: PublishingJob[]
  code: CodeJob[]
  /** Files that are no YAML, so that GitHub does not run them. */
  unreadable: Problem[]
}

/** What a job has from those above it. */
interface Above {
  workflow: string
  events: string[]
  mayIdentify: boolean | null
  heldBackAt: Where | null
  /** Files that lead here. */
  path: readonly string[]
}

/** A reading of all workflows of a project. */
interface Reading {
  folder: Folder
  found: WorkflowLogins
  /** Files that were read, each once. */
  documents: Map<string, YamlDocument | null>
  files: number
}

/** Reads who publishes in a project's workflows, and with which login. */
export async function workflowLogins(folder: Folder): Promise<WorkflowLogins> {
  const found: WorkflowLogins = { publishing: [], code: [], unreadable: [] }
  const reading: Reading = { folder, found, documents: new Map(), files: 0 }
  const files = (await folder.filesIn(FOLDER)).filter((each) => /\.ya?ml$/.test(each))
  for (const file of files) {
    const document = await documentIn(reading, file)
    const events = document ? eventsOf(document) : []
    // One that is only called is read with those that call it.
    if (!document || events.every((each) => each === 'workflow_call')) continue
    const above = { workflow: file, events, mayIdentify: null, heldBackAt: null, path: [file] }
    await takeFile(reading, { document, file }, above)
  }
  return found
}

/** What a workflow must name to be of interest, itself or through one that it calls: reading YAML takes its time. */
const CONCERNS =
  /\bslipway\/|gh-action-pypi-publish|crates-io-auth-action|\.\/\.github\/workflows\/|\bpublish\b|\bupload\b/i

async function documentIn({ folder, found, documents }: Reading, file: string): Promise<YamlDocument | null> {
  const known = documents.get(file)
  if (known !== undefined) return known
  const text = await folder.read(file)
  let document: YamlDocument | null = null
  try {
    if (text !== null && CONCERNS.test(text)) document = await parseYaml(file, text)
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause
    const message = `${file} is not valid YAML (${cause.message}), so GitHub does not run it, and its logins are not known.`
    found.unreadable.push(
      warning('workflow-unreadable', message, `Correct line ${cause.line}.`, { file, line: cause.line }),
    )
  }
  documents.set(file, document)
  return document
}

/** Names of the events that start a workflow (GitHub, "Workflow syntax", `on`). */
export function eventsOf(document: YamlDocument): string[] {
  const on = document.get(document.root, 'on')
  const one = document.text(on)
  if (one) return [one.text]
  const named = document.entries(on).map(([name]) => name)
  return named.length > 0 ? named : document.items(on).flatMap((each) => document.text(each)?.text ?? [])
}

async function takeFile(
  reading: Reading,
  { document, file }: { document: YamlDocument; file: string },
  above: Above,
): Promise<void> {
  reading.files += 1
  if (reading.files > MAX_CALLED_WORKFLOWS) return
  const { workflow, events, path } = above
  const whole = grantOf(document, document.get(document.root, 'permissions'))
  for (const [job, node] of document.entries(document.get(document.root, 'jobs')).slice(0, MAX_LOGIN_JOBS)) {
    if (/^(?:\$\{\{\s*)?false(?:\s*\}\})?$/.test(document.scalar(document.get(node, 'if')) ?? '')) continue
    const own = grantOf(document, document.get(node, 'permissions')) ?? whole
    // A called workflow has at most what its caller grants, and all of that where it says nothing.
    const mayIdentify = above.mayIdentify === null ? (own ?? false) : above.mayIdentify && (own ?? true)
    const heldBackAt = above.mayIdentify === false && own !== false ? above.heldBackAt : null
    const environment = environmentOf(document, node)
    const identified: IdentifiedJob = { workflow, file, job, events, mayIdentify, heldBackAt, environment }
    const uses = document.text(document.get(node, 'uses'))
    if (!uses) {
      takeSteps(reading.found, identified, stepsOf(document, node, '.'), new Set(variablesOf(document, node)))
      continue
    }
    const called = uses.text.startsWith('./') ? posix.normalize(uses.text) : null
    if (called === null) takeCall(reading.found, identified, document, node, uses)
    else if (path.length < GITHUB_MAX_WORKFLOW_DEPTH && !path.includes(called)) {
      const inner = await documentIn(reading, called)
      const from = { ...above, mayIdentify, heldBackAt: heldBackAt ?? uses.where, path: [...path, called] }
      if (inner) await takeFile(reading, { document: inner, file: called }, from)
    }
  }
}

/** What a call of one of Slipway's workflows publishes. */
function takeCall(
  found: WorkflowLogins,
  job: IdentifiedJob,
  document: YamlDocument,
  node: YamlNode,
  uses: YamlText,
): void {
  const secrets = document.get(node, 'secrets')
  const given = document.entries(secrets).map(([secret]) => secret)
  const isInherited = document.text(secrets)?.text === 'inherit'
  for (const { registry, secret, input } of slipwayWorkflow(uses.text)) {
    if (document.scalar(document.get(document.get(node, 'with'), input)) === 'off') continue
    const login = isInherited || given.includes(secret) ? 'token' : 'identity'
    const upload = { registry, login, isSlipway: true, isAttested: false } as const
    found.publishing.push({ ...job, ...upload, where: uses.where, isForeign: true })
  }
}

/** Whether permissions hold `id-token: write`; null where nothing is said (GitHub, "Workflow syntax", `permissions`). */
function grantOf(document: YamlDocument, node: YamlNode | undefined): boolean | null {
  if (node === undefined) return null
  return document.text(node)?.text === 'write-all' || document.text(document.get(node, 'id-token'))?.text === 'write'
}

function environmentOf(document: YamlDocument, node: YamlNode): string | null {
  const environment = document.get(node, 'environment')
  return (document.text(environment) ?? document.text(document.get(environment, 'name')))?.text ?? null
}

/** Whether an expression tells the name of an environment. */
export function isComputed(environment: string | null): boolean {
  return environment?.includes('${{') ?? false
}

/** Names of the variables that a job's steps find in their environment, by the files. */
function variablesOf(document: YamlDocument, node: YamlNode): string[] {
  const of = (at: YamlNode | null) => document.entries(document.get(at, 'env')).map(([name]) => name)
  return [...of(document.root), ...of(node)]
}

function takeSteps(found: WorkflowLogins, job: IdentifiedJob, steps: readonly Step[], variables: Set<string>): void {
  let isToldOfCode = false
  for (const step of steps) {
    for (const upload of uploadsOf(step, new Set([...variables, ...step.env.keys()]))) {
      const isKnown = found.publishing.some(
        ({ where, workflow, registry }) =>
          where.file === step.where.file &&
          where.line === step.where.line &&
          workflow === job.workflow &&
          registry === upload.registry,
      )
      if (!isKnown) found.publishing.push({ ...job, ...upload, where: step.where, isForeign: false })
    }
    const what = codeIn(step)
    if (what === null || !job.mayIdentify || isToldOfCode) continue
    isToldOfCode = true
    found.code.push({ ...job, where: step.where, what })
  }
}
