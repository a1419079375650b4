import type { Where } from '@slipway/core/problem'
import { MAX_COMMAND_CHARS, MAX_INPUT_CHARS, MAX_JOB_STEPS, MAX_WORKFLOW_JOBS } from '../limits.ts'
import type { YamlDocument, YamlNode, YamlText } from '../yaml.ts'
import { type Matrix, matrixOf, textsOf } from './job-matrix.ts'

/** A step of a job, as far as the checks read it. */
export interface Step {
  where: Where
  /** The action, without its version: `actions/upload-artifact`; empty for a step that runs commands. */
  action: string
  /** The action with its version, and where it is named; null for a step that runs commands. */
  uses: YamlText | null
  /** Its `name`; empty for none. */
  name: string
  /** Its commands; empty for an action. */
  run: string
  /** Line of its commands' first line. */
  runLine: number
  /** Where its commands run, relative to the checkout. */
  folder: string
  /** Its `id`; empty for none. */
  id: string
  /** Its own `env`, as written; empty for values that are not strings. */
  env: ReadonlyMap<string, string>
  /** Its `if`, as written; empty for none. */
  condition: string
  /** Whether it sets `overwrite`. */
  overwrites: boolean
  /** Returns a string of its `with` and its place; null for none. */
  input(name: string): { text: string; where: Where } | null
  /** Returns a scalar of its `with` as GitHub passes it, `true` for a boolean; null for none. */
  setting(name: string): string | null
}

/** A job of a workflow. */
export interface Job extends Omit<Matrix, 'texts'> {
  name: string
  /** The workflow that it calls, and the place of `uses`; null for a job with steps. */
  uses: YamlText | null
  steps: Step[]
  /** `env` of the workflow and the job, as written; empty for values that are not strings. */
  env: ReadonlyMap<string, string>
  /** Its `runs-on`, as written. */
  runsOn: string
  /** Labels of its runners, including the strings of its matrix, as written. */
  runners: string[]
  /** Whether it runs in a container. */
  inContainer: boolean
  /** Its `if`, as written; empty for none. */
  condition: string
}

/** Returns the `if` of a job or step; `true` for a literal boolean. */
function conditionOf(document: YamlDocument, node: YamlNode): string {
  const condition = document.get(node, 'if')
  return document.text(condition)?.text ?? (condition === undefined ? '' : 'true')
}

function envOf(document: YamlDocument, node: YamlNode | null): [name: string, value: string][] {
  const all = document.entries(document.get(node, 'env')).slice(0, MAX_JOB_STEPS)
  return all.map(([name, value]) => [name, document.text(value)?.text.slice(0, MAX_INPUT_CHARS) ?? ''])
}

function stepOf(document: YamlDocument, node: YamlNode, folder: string): Step {
  const text = (...keys: string[]) =>
    document.text(keys.reduce<YamlNode | undefined>((at, key) => document.get(at, key), node))
  const run = text('run')
  const uses = text('uses')
  return {
    where: document.where(node),
    action: uses?.text.replace(/@.*$/, '') ?? '',
    uses,
    name: text('name')?.text ?? '',
    run: run?.text ?? '',
    // A block's text begins on the line after its `|`.
    runLine: (run?.where.line ?? 0) + (run?.text.includes('\n') ? 1 : 0),
    folder: text('working-directory')?.text ?? folder,
    id: text('id')?.text ?? '',
    env: new Map(envOf(document, node)),
    condition: conditionOf(document, node),
    overwrites: document.get(document.get(node, 'with'), 'overwrite') !== undefined,
    input: (name) => {
      const input = text('with', name)
      return input && { ...input, text: input.text.slice(0, MAX_INPUT_CHARS) }
    },
    setting: (name) => document.scalar(document.get(document.get(node, 'with'), name)),
  }
}

/** Returns the steps of a job, or of a composite action's `runs`. @param folder where commands run by default */
export function stepsOf(document: YamlDocument, node: YamlNode | undefined, folder: string): Step[] {
  const steps = document.items(document.get(node, 'steps')).slice(0, MAX_JOB_STEPS)
  return steps.map((each) => stepOf(document, each, folder))
}

function jobOf(document: YamlDocument, name: string, node: YamlNode, defaultFolder: string): Job {
  const folder = document.text(folderSetting(document, node))?.text ?? defaultFolder
  const runsOn = textsOf(document, document.get(node, 'runs-on'))
  const { texts, ...matrix } = matrixOf(document, document.get(document.get(node, 'strategy'), 'matrix'))
  return {
    name,
    uses: document.text(document.get(node, 'uses')),
    steps: stepsOf(document, node, folder),
    env: new Map([...envOf(document, document.root), ...envOf(document, node)]),
    ...matrix,
    runsOn: runsOn.join(),
    runners: [...runsOn, ...texts],
    inContainer: document.get(node, 'container') !== undefined,
    condition: conditionOf(document, node),
  }
}

function folderSetting(document: YamlDocument, node: YamlNode | null | undefined): YamlNode | undefined {
  return document.get(document.get(document.get(node, 'defaults'), 'run'), 'working-directory')
}

/** Reads the jobs of a workflow (GitHub, "Workflow syntax for GitHub Actions"). */
export function jobsOf(document: YamlDocument): Job[] {
  const defaultFolder = document.text(folderSetting(document, document.root))?.text ?? '.'
  const jobs = document.entries(document.get(document.root, 'jobs')).slice(0, MAX_WORKFLOW_JOBS)
  let left = MAX_COMMAND_CHARS
  return jobs.map(([name, node]) => {
    const job = jobOf(document, name, node, defaultFolder)
    for (const step of job.steps) {
      step.run = step.run.slice(0, left)
      left -= step.run.length
    }
    return job
  })
}

/** Returns the command lines of a step that match, each with its place; continued lines are joined. */
export function commands({ run, runLine, where }: Step, pattern: RegExp): { line: string; where: Where }[] {
  const joined = run.replace(/\\\n/g, ' \v')
  let at = runLine
  return joined.split('\n').flatMap((line) => {
    const found = { line: line.replaceAll('\v', ''), where: { file: where.file, line: at } }
    at += 1 + line.split('\v').length - 1
    return pattern.test(found.line) && !/^\s*#/.test(found.line) ? [found] : []
  })
}
