import { join, posix } from 'node:path'
import type { Where } from '@slipway/core/problem'
import { Folder } from '@slipway/documents/folder'
import { type Job, jobsOf, type Step, stepsOf } from '@slipway/documents/workflows/jobs'
import { parseYaml, type YamlDocument } from '@slipway/documents/yaml'
import { slipwayReference } from '@slipway/project/evidence/slipway-reference'
import { MAX_WORKFLOW_DEPTH } from '../../limits.ts'

/** Folder of workflows in a repository. */
export const WORKFLOWS = '.github/workflows'

/** A step that a run of the workflow may reach. */
export interface ReadStep {
  step: Step
  /** Id of its job, or the path of the local action that contains it. */
  job: string
  /** Whether the step belongs to the project or to Slipway. */
  from: 'project' | 'slipway'
}

/** A foreign workflow or action that a run needs and Slipway cannot read. */
export interface Unread {
  uses: string
  where: Where
  what: 'workflow' | 'action' | 'container'
}

/** A workflow with everything that it calls. */
export interface ReadWorkflow {
  file: string
  document: YamlDocument
  steps: ReadStep[]
  unread: Unread[]
  /** Runner labels that its jobs name. */
  labels: string[]
  /** Everything named by `uses`. */
  uses: string[]
  /** The texts of its files. */
  texts: string[]
}

/** Labels of GitHub's runners, anywhere in a file. */
const LABEL = /\b(?:ubuntu|macos|windows)-[a-z0-9][\w.-]*/g

/**
 * Reads a workflow and what it calls in the project and in this copy of Slipway.
 * @throws YamlError
 */
export async function readWorkflow(dir: string, file: string, slipway: string | null): Promise<ReadWorkflow> {
  const project = new Folder(dir)
  const document = await parseYaml(file, (await project.read(file)) ?? '')
  const reader = new WorkflowReader(project, slipway === null ? null : new Folder(slipway), file, document)
  return reader.readAll()
}

/** Follows the calls of a workflow and collects what they contain. */
class WorkflowReader {
  readonly #project: Folder
  readonly #slipway: Folder | null
  readonly #read: ReadWorkflow
  readonly #labels = new Set<string>()
  readonly #seen = new Set<string>()

  constructor(project: Folder, slipway: Folder | null, file: string, document: YamlDocument) {
    this.#project = project
    this.#slipway = slipway
    this.#read = { file, document, steps: [], unread: [], labels: [], uses: [], texts: [] }
  }

  async readAll(): Promise<ReadWorkflow> {
    const { file } = this.#read
    await this.#readFile(file, 'project', { file, line: 1 }, 0)
    return { ...this.#read, labels: [...this.#labels].filter((each) => each !== '') }
  }

  async #readSteps(steps: readonly Step[], job: string, from: ReadStep['from'], depth: number): Promise<void> {
    for (const step of steps) {
      this.#read.steps.push({ step, job, from })
      if (!step.uses) continue
      const { text: uses } = step.uses
      this.#read.uses.push(uses)
      if (from === 'project' && uses.startsWith('./')) await this.#readAction(uses, step.where, depth)
    }
  }

  async #readAction(uses: string, where: Where, depth: number): Promise<void> {
    const found = await actionIn(this.#project, posix.normalize(uses))
    if (!found) {
      this.#read.unread.push({ uses, where, what: 'action' })
      return
    }
    if (this.#seen.has(found.file) || depth > MAX_WORKFLOW_DEPTH) return
    this.#seen.add(found.file)
    this.#read.texts.push(found.text)
    const document = await parseYaml(found.file, found.text)
    const runs = document.get(document.root, 'runs')
    const using = document.text(document.get(runs, 'using'))?.text ?? ''
    if (using === 'docker') this.#read.unread.push({ uses, where, what: 'container' })
    await this.#readSteps(stepsOf(document, runs, '.'), found.file, 'project', depth + 1)
  }

  async #readJob(job: Job, from: ReadStep['from'], where: Where, depth: number): Promise<void> {
    for (const each of job.runners) if (!each.includes('${{')) this.#labels.add(each)
    if (job.inContainer) this.#read.unread.push({ uses: `job ${job.name}`, where, what: 'container' })
    await this.#readSteps(job.steps, job.name, from, depth)
    if (!job.uses) return
    const { text: uses, where: at } = job.uses
    this.#read.uses.push(uses)
    const sibling = slipwayReference(uses)
    if (uses.startsWith('./')) await this.#readFile(posix.normalize(uses), from, at, depth + 1)
    else if (sibling && this.#slipway) await this.#readFile(sibling.path, 'slipway', at, depth + 1)
    else this.#read.unread.push({ uses, where: at, what: 'workflow' })
  }

  async #readFile(path: string, from: ReadStep['from'], where: Where, depth: number): Promise<void> {
    const key = `${from} ${path}`
    if (this.#seen.has(key) || depth > MAX_WORKFLOW_DEPTH) return
    this.#seen.add(key)
    const folder = from === 'project' ? this.#project : this.#slipway
    const content = await folder?.read(path)
    if (content === null || content === undefined) {
      this.#read.unread.push({ uses: path, where, what: 'workflow' })
      return
    }
    this.#read.texts.push(content)
    for (const label of content.match(LABEL) ?? []) this.#labels.add(label)
    const { file, document: started } = this.#read
    const shownPath = from === 'project' ? path : join('slipway', path)
    const document = path === file && from === 'project' ? started : await parseYaml(shownPath, content)
    const jobs = document.entries(document.get(document.root, 'jobs'))
    for (const job of jobsOf(document)) {
      const node = jobs.find(([name]) => name === job.name)?.[1]
      await this.#readJob(job, from, node ? document.where(node) : { file: shownPath, line: 1 }, depth)
    }
  }
}

async function actionIn(project: Folder, path: string): Promise<{ file: string; text: string } | null> {
  for (const name of ['action.yml', 'action.yaml']) {
    const file = posix.join(path, name)
    const text = await project.read(file)
    if (text !== null) return { file, text }
  }
  return null
}
