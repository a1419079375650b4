import { evaluate, filled, type Lookup } from './expressions.ts'
import { actionOf, calledBy, type Job, needsOf, type Step, type Workflow, workflows } from './files.ts'

export type Result = 'success' | 'failure' | 'skipped'

/** A step that ran. */
export interface Ran {
  /** Path of the job and its callers: `stage/stage`. */
  job: string
  /** Number of the step in its job. */
  at: number
  /** Name of the action; null for a command. */
  action: string | null
  with: Record<string, unknown>
  /** Jobs that ended before it. */
  after: ReadonlySet<string>
}

/** Decides the outcome and the outputs of a step. */
export type World = (step: { job: string; action: string | null; with: Record<string, unknown>; step: Step }) => {
  outcome: 'success' | 'failure'
  outputs?: Record<string, string>
}

/** A run that has ended. */
export interface Ended {
  result: Result
  results: Record<string, Result>
  outputs: Record<string, unknown>
  ran: Ran[]
}

/** Values that a called workflow gets from its caller. */
interface Around {
  prefix: string
  inputs: Record<string, unknown>
  after: ReadonlySet<string>
  world: World
}

type Finished = Record<string, { result: Result; outputs: Record<string, unknown> }>

const STATUS = /\b(?:success|failure|always|cancelled)\(\)/

/** Returns whether a job or step runs: without a status function in its condition, it runs only after success. */
function runs(condition: string | undefined, get: Lookup, isGood: boolean, isBad: boolean): boolean {
  const bare = (condition ?? 'true').replace(/^\s*\$\{\{([\s\S]*)\}\}\s*$/, '$1')
  const status = { success: () => isGood, failure: () => isBad, always: () => true, cancelled: () => false }
  return (STATUS.test(bare) || isGood) && Boolean(evaluate(bare, get, status))
}

/** Returns the jobs that a job needs, directly or indirectly. */
function ancestors(jobs: Record<string, Job>, name: string): string[] {
  const direct = needsOf(jobs[name] as Job)
  return [...new Set(direct.flatMap((each) => [each, ...ancestors(jobs, each)]))]
}

function runSteps(job: Job, id: string, get: Lookup, { after, world }: Around): { ended: Ended; steps: Lookup } {
  const done: Record<string, { outcome: string; outputs: Record<string, string> }> = {}
  const ended: Ended = { result: 'success', results: {}, outputs: {}, ran: [] }
  const steps: Lookup = (path) => {
    const [, name = '', key = '', output = ''] = path.split('.')
    return key === 'outcome' ? (done[name]?.outcome ?? 'skipped') : done[name]?.outputs[output]
  }
  const within: Lookup = (path) => (path.startsWith('steps.') ? steps(path) : get(path))
  for (const [at, step] of (job.steps ?? []).entries()) {
    if (!runs(step.if, within, ended.result === 'success', ended.result === 'failure')) continue
    const given = Object.fromEntries(
      Object.entries(step.with ?? {}).map(([key, value]) => [key, filled(value, within)]),
    )
    const action = actionOf(step)
    ended.ran.push({ job: id, at, action, with: given, after })
    const { outcome, outputs = {} } = world({ job: id, action, with: given, step })
    if (step.id) done[step.id] = { outcome, outputs }
    if (outcome === 'failure' && filled(step['continue-on-error'], within) !== true) ended.result = 'failure'
  }
  return { ended, steps: within }
}

/** Simulates a workflow and the workflows that it calls, with GitHub's rules for `if` and `needs`. */
export function simulate(workflow: Workflow, world: World, inputs: Record<string, unknown> = {}): Ended {
  const called = workflow.on.workflow_call?.inputs ?? {}
  const given = Object.entries(called).map(([name, { default: fallback }]) => [name, inputs[name] ?? fallback])
  return runJobs(workflow, { prefix: '', inputs: Object.fromEntries(given), after: new Set(), world })
}

function runJobs(workflow: Workflow, around: Around): Ended {
  const { jobs } = workflow
  const finished: Finished = {}
  const whole: Ended = { result: 'success', results: {}, outputs: {}, ran: [] }
  for (const [name, job] of Object.entries(jobs)) {
    const id = `${around.prefix}${name}`
    const before = ancestors(jobs, name)
    const get: Lookup = (path) => {
      const [context, first = '', second, third = ''] = path.split('.')
      if (context === 'inputs') return around.inputs[first]
      if (context === 'secrets' || context === 'vars') return `the ${first}`
      if (context === 'github') return { ref: 'refs/tags/v1.0.0', ref_name: 'v1.0.0' }[first]
      if (context === 'matrix') return 'any'
      if (context !== 'needs') return undefined
      if (!needsOf(job).includes(first)) throw new Error(`${id} reads ${path}, which it does not need`)
      return second === 'result' ? finished[first]?.result : finished[first]?.outputs[third]
    }
    const results = before.map((each) => finished[each]?.result)
    const isGood = results.every((each) => each === 'success')
    if (!runs(job.if, get, isGood, results.includes('failure'))) {
      finished[name] = { result: 'skipped', outputs: {} }
      whole.results[id] = 'skipped'
      continue
    }
    const done = Object.keys(whole.results).filter((each) =>
      before.some((b) => `${each}/`.startsWith(`${around.prefix}${b}/`)),
    )
    const inner = { ...around, after: new Set([...around.after, ...done]) }
    const ended = runJob(job, id, get, inner)
    finished[name] = ended
    Object.assign(whole.results, ended.results, { [id]: ended.result })
    whole.ran.push(...ended.ran)
    const isAllowed = filled(job['continue-on-error'], get) === true
    if (ended.result === 'failure' && !isAllowed) whole.result = 'failure'
  }
  const get: Lookup = (path) => {
    const [context, first = '', , third = ''] = path.split('.')
    return context === 'inputs' ? around.inputs[first] : finished[first]?.outputs[third]
  }
  const declared = Object.entries(workflow.on.workflow_call?.outputs ?? {})
  whole.outputs = Object.fromEntries(declared.map(([name, { value }]) => [name, String(filled(value, get))]))
  return whole
}

function runJob(job: Job, id: string, get: Lookup, around: Around): Ended {
  const file = calledBy(job)
  if (file !== null) {
    const callee = workflows[file] as Workflow
    const given = Object.entries(callee.on.workflow_call?.inputs ?? {}).map(([name, { default: fallback }]) => {
      return [name, name in (job.with ?? {}) ? filled(job.with?.[name], get) : fallback]
    })
    return runJobs(callee, { ...around, prefix: `${id}/`, inputs: Object.fromEntries(given) })
  }
  const { ended, steps } = runSteps(job, id, get, around)
  const outputs = Object.entries(job.outputs ?? {}).map(([name, value]) => [name, String(filled(value, steps))])
  return { ...ended, outputs: Object.fromEntries(outputs) }
}
