import type { Where } from '@slipway/core/problem'
import type { YamlDocument, YamlNode, YamlText } from '@slipway/documents/yaml'
import { MAX_COMMAND_CHARS, MAX_INPUT_CHARS, MAX_JOB_STEPS, MAX_WORKFLOW_JOBS } from '../../limits.ts'
import { type Matrix, matrixOf, textsOf } from './job-matrix.ts'

/** A step of a workflow's job, as far as it tells how things are built and handed on. */
export interface Step {
  where: Where
  /** The action, without its version: `actions/upload-artifact`; empty for a step that runs commands. */
  action: string
  /** The action with its version, and where it is named; null for a step that runs commands. */
  uses: YamlText | null
  /** What people know it by; empty where it has no name. */
  name: string
  /** Its commands; empty for an action. */
  run: string
  /** Line of its commands' first line. */
  runLine: number
  /** Where its commands run, relative to the checkout. */
  folder: string
  /** By which its outputs are named; empty for none. */
  id: string
  /** Its own environment, as written; empty where a value is no string. */
  env: ReadonlyMap<string, string>
  /** What decides whether it runs, as written; empty for nothing. */
  condition: string
  /** Whether it says what is to be done with an artifact of its name. */
  overwrites: boolean
  /** A string of its `with`, and where it stands; null when there is none. */
  input(name: string): { text: string; where: Where } | null
  /** A scalar of its `with` as GitHub hands it on, `true` for a boolean; null when there is none. */
  setting(name: string): string | null
}

/** A job of a workflow. */
export interface Job extends Omit<Matrix, 'texts'> {
  name: string
  /** The workflow that it calls in place of steps, and where that is named; null for a job with steps. */
  uses: YamlText | null
  steps: Step[]
  /** The environment of its steps, the workflow's among it, as written; empty where a value is no string. */
  env: ReadonlyMap<string, string>
  /** What it runs on, as written. */
  runsOn: string
  /** Labels of its runners, the matrix' among them, as written. */
  runners: string[]
  /** Whether it runs in a container. */
  inContainer: boolean
  /** What decides whether it runs, as written; empty for nothing. */
  condition: string
}

/** The `if` of a job or step: a literal `true` or `false` too. */
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
      const given = text('with', name)
      return given && { ...given, text: given.text.slice(0, MAX_INPUT_CHARS) }
    },
    setting: (name) => document.scalar(document.get(document.get(node, 'with'), name)),
  }
}

/** The steps of a job, or of a composite action's `runs`. */
export function stepsOf(document: YamlDocument, node: YamlNode | undefined, folder: string): Step[] {
  const steps = document.items(document.get(node, 'steps')).slice(0, MAX_JOB_STEPS)
  return steps.map((each) => stepOf(document, each, folder))
}

function jobOf(document: YamlDocument, name: string, node: YamlNode, above: string): Job {
  const folder = document.text(folderSetting(document, node))?.text ?? above
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

/** The jobs of a workflow (GitHub, "Workflow syntax for GitHub Actions"). */
export function jobsOf(document: YamlDocument): Job[] {
  const above = document.text(folderSetting(document, document.root))?.text ?? '.'
  const jobs = document.entries(document.get(document.root, 'jobs')).slice(0, MAX_WORKFLOW_JOBS)
  let left = MAX_COMMAND_CHARS
  return jobs.map(([name, node]) => {
    const job = jobOf(document, name, node, above)
    for (const step of job.steps) {
      step.run = step.run.slice(0, left)
      left -= step.run.length
    }
    return job
  })
}

/** The lines of a step's commands that match, each with its place; lines that go on are one. */
export function commands({ run, runLine, where }: Step, pattern: RegExp): { line: string; where: Where }[] {
  const joined = run.replace(/\\\n/g, ' \v')
  let at = runLine
  return joined.split('\n').flatMap((line) => {
    const found = { line: line.replaceAll('\v', ''), where: { file: where.file, line: at } }
    at += 1 + line.split('\v').length - 1
    return pattern.test(found.line) && !/^\s*#/.test(found.line) ? [found] : []
  })
}
