import { posix } from 'node:path'
import type { Where } from '@slipway/core/problem'
import type { Node } from 'yaml'
import { type Step, stepsOf } from '../checks/workflows/steps.ts'
import type { Folder } from '../folder.ts'
import { parseYaml, type YamlDocument, YamlError } from '../yaml.ts'
import { codeIn, type Registry, slipwayWorkflow, uploadOf } from './uploads.ts'

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
  /** Its environment; null for none, undefined where an expression tells it. */
  environment: string | null | undefined
}

/** A job that publishes to a registry. */
export interface PublishingJob extends IdentifiedJob {
  registry: Registry
  /** The step, or the call of a workflow, that publishes. */
  where: Where
  /** `token`: it is given one; `identity`: it has to prove who it is. */
  login: 'token' | 'identity'
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
}

/** How deep GitHub lets workflows call each other. */
const DEEPEST = 10

/** What a job has from those above it. */
interface Above {
  workflow: string
  events: string[]
  mayIdentify: boolean | null
  depth: number
}

/** Reads who publishes in a project's workflows, and with which login. Files that are no YAML are left out. */
export async function workflowLogins(folder: Folder): Promise<WorkflowLogins> {
  const found: WorkflowLogins = { publishing: [], code: [] }
  const files = (await folder.filesIn(FOLDER)).filter((each) => /\.ya?ml$/.test(each))
  for (const file of files) {
    const document = await documentIn(folder, file)
    const events = document ? eventsOf(document) : []
    // One that is only called is read with those that call it.
    if (!document || events.every((each) => each === 'workflow_call')) continue
    await takeFile(folder, found, { document, file }, { workflow: file, events, mayIdentify: null, depth: 0 })
  }
  return found
}

/** What a workflow must name to be of interest, itself or through one that it calls: reading YAML takes its time. */
const CONCERNS = /\bslipway\/|gh-action-pypi-publish|crates-io-auth-action|\.\/\.github\/workflows\//

async function documentIn(folder: Folder, file: string): Promise<YamlDocument | null> {
  const text = await folder.read(file)
  if (text === null || !CONCERNS.test(text)) return null
  try {
    return await parseYaml(file, text)
  } catch (cause) {
    if (cause instanceof YamlError) return null
    throw cause
  }
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
  folder: Folder,
  found: WorkflowLogins,
  { document, file }: { document: YamlDocument; file: string },
  above: Above,
): Promise<void> {
  const whole = grantOf(document, document.get(document.root, 'permissions'))
  for (const [name, node] of document.entries(document.get(document.root, 'jobs'))) {
    const own = grantOf(document, document.get(node, 'permissions')) ?? whole
    // A called workflow has at most what its caller grants, and all of that where it says nothing.
    const mayIdentify = above.mayIdentify === null ? (own ?? false) : above.mayIdentify && (own ?? true)
    const { workflow, events, depth } = above
    const environment = environmentOf(document, node)
    const job: IdentifiedJob = { workflow, file, job: name, events, mayIdentify, environment }
    const uses = document.text(document.get(node, 'uses'))
    if (!uses) takeSteps(found, job, stepsOf(document, node, '.'), new Set(variablesOf(document, node)))
    else if (uses.text.startsWith('./') && depth < DEEPEST) {
      const called = posix.normalize(uses.text)
      const inner = await documentIn(folder, called)
      if (inner)
        await takeFile(folder, found, { document: inner, file: called }, { ...above, mayIdentify, depth: depth + 1 })
    } else {
      const secrets = document.get(node, 'secrets')
      const given = document.entries(secrets).map(([secret]) => secret)
      const isInherited = document.text(secrets)?.text === 'inherit'
      for (const { registry, secret } of slipwayWorkflow(uses.text)) {
        const login = isInherited || given.includes(secret) ? 'token' : 'identity'
        found.publishing.push({ ...job, registry, where: uses.where, login, isForeign: true })
      }
    }
  }
}

/** Whether permissions hold `id-token: write`; null where nothing is said (GitHub, "Workflow syntax", `permissions`). */
function grantOf(document: YamlDocument, node: Node | undefined): boolean | null {
  if (node === undefined) return null
  return document.text(node)?.text === 'write-all' || document.text(document.get(node, 'id-token'))?.text === 'write'
}

function environmentOf(document: YamlDocument, node: Node): string | null | undefined {
  const environment = document.get(node, 'environment')
  const name = document.text(environment) ?? document.text(document.get(environment, 'name'))
  if (!name) return null
  return name.text.includes('${{') ? undefined : name.text
}

/** Names of the variables that a job's steps find in their environment, by the files. */
function variablesOf(document: YamlDocument, node: Node): string[] {
  const of = (at: Node | null) => document.entries(document.get(at, 'env')).map(([name]) => name)
  return [...of(document.root), ...of(node)]
}

function takeSteps(found: WorkflowLogins, job: IdentifiedJob, steps: readonly Step[], variables: Set<string>): void {
  let isToldOfCode = false
  for (const step of steps) {
    const upload = uploadOf(step, new Set([...variables, ...step.env.keys()]))
    if (upload) found.publishing.push({ ...job, ...upload, where: step.where, isForeign: false })
    const what = codeIn(step)
    if (what === null || !job.mayIdentify || isToldOfCode) continue
    isToldOfCode = true
    found.code.push({ ...job, where: step.where, what })
  }
}
