import { join, posix } from 'node:path'
import type { Where } from '@slipway/core/problem'
import { Folder } from '@slipway/documents/folder'
import { parseYaml, type YamlDocument } from '@slipway/documents/yaml'
import { type Job, jobsOf, type Step, stepsOf } from '@slipway/plan/checks/workflows/jobs'
import { slipwayReference } from './slipway.ts'

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

/** GitHub's limit for nested workflows; actions are rarely nested as deep. */
const DEEPEST = 10
/** Labels of GitHub's runners, anywhere in a file. */
const LABEL = /\b(?:ubuntu|macos|windows)-[a-z0-9][\w.-]*/g

/**
 * Reads a workflow and what it calls in the project and in this copy of Slipway.
 * @throws YamlError
 */
export async function readWorkflow(dir: string, file: string, slipway: string | null): Promise<ReadWorkflow> {
  const project = new Folder(dir)
  const siblings = slipway === null ? null : new Folder(slipway)
  const text = (await project.read(file)) ?? ''
  const read: ReadWorkflow = {
    file,
    document: await parseYaml(file, text),
    steps: [],
    unread: [],
    labels: [],
    uses: [],
    texts: [],
  }
  const labels = new Set<string>()
  const seen = new Set<string>()
  const folderOf = (from: ReadStep['from']) => (from === 'project' ? project : siblings)

  const takeSteps = async (steps: readonly Step[], job: string, from: ReadStep['from'], depth: number) => {
    for (const step of steps) {
      read.steps.push({ step, job, from })
      if (!step.uses) continue
      read.uses.push(step.uses.text)
      if (from === 'project' && step.uses.text.startsWith('./')) await takeAction(step.uses.text, step.where, depth)
    }
  }
  const takeAction = async (uses: string, where: Where, depth: number) => {
    const found = await actionIn(project, posix.normalize(uses))
    if (!found) {
      read.unread.push({ uses, where, what: 'action' })
      return
    }
    if (seen.has(found.file) || depth > DEEPEST) return
    seen.add(found.file)
    read.texts.push(found.text)
    const document = await parseYaml(found.file, found.text)
    const runs = document.get(document.root, 'runs')
    const using = document.text(document.get(runs, 'using'))?.text ?? ''
    if (using === 'docker') read.unread.push({ uses, where, what: 'container' })
    await takeSteps(stepsOf(document, runs, '.'), found.file, 'project', depth + 1)
  }
  const takeJob = async (job: Job, from: ReadStep['from'], where: Where, depth: number) => {
    for (const each of job.runners) if (!each.includes('${{')) labels.add(each)
    if (job.inContainer) read.unread.push({ uses: `job ${job.name}`, where, what: 'container' })
    await takeSteps(job.steps, job.name, from, depth)
    if (!job.uses) return
    const { text: uses } = job.uses
    read.uses.push(uses)
    const sibling = slipwayReference(uses)
    if (uses.startsWith('./')) await takeFile(posix.normalize(uses), from, job.uses.where, depth + 1)
    else if (sibling && siblings) await takeFile(sibling.path, 'slipway', job.uses.where, depth + 1)
    else read.unread.push({ uses, where: job.uses.where, what: 'workflow' })
  }
  const takeFile = async (path: string, from: ReadStep['from'], where: Where, depth: number) => {
    const key = `${from} ${path}`
    if (seen.has(key) || depth > DEEPEST) return
    seen.add(key)
    const content = await folderOf(from)?.read(path)
    if (content === null || content === undefined) {
      read.unread.push({ uses: path, where, what: 'workflow' })
      return
    }
    read.texts.push(content)
    for (const label of content.match(LABEL) ?? []) labels.add(label)
    const shown = from === 'project' ? path : join('slipway', path)
    const document = path === file && from === 'project' ? read.document : await parseYaml(shown, content)
    const jobs = document.entries(document.get(document.root, 'jobs'))
    for (const job of jobsOf(document)) {
      const node = jobs.find(([name]) => name === job.name)?.[1]
      await takeJob(job, from, node ? document.where(node) : { file: shown, line: 1 }, depth)
    }
  }
  await takeFile(file, 'project', { file, line: 1 }, 0)
  read.labels = [...labels].filter((each) => each !== '')
  return read
}

async function actionIn(project: Folder, path: string): Promise<{ file: string; text: string } | null> {
  for (const name of ['action.yml', 'action.yaml']) {
    const file = posix.join(path, name)
    const text = await project.read(file)
    if (text !== null) return { file, text }
  }
  return null
}
