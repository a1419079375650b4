import { parse } from 'yaml'

/** A job that ran, as act reports it. Act reports no skipped job. */
export interface RanJob {
  /** `build.yml wheels`: its workflow's file and its id. */
  id: string
  /** The entry of its matrix by name; empty without a matrix. */
  entry: string
  result: string
  /** Names of the steps that ran. */
  steps: string[]
  /** Outputs of its steps, by the steps' ids. */
  outputs: Record<string, Record<string, string>>
}

/** A line of act's log with `--json`, as far as it is read here. */
interface Line {
  job?: string
  jobID?: string
  matrix?: { name?: unknown }
  jobResult?: string
  stage?: string
  step?: string
  stepResult?: string
  command?: string
  name?: string
  arg?: string
  stepID?: string[]
}

/** The names of workflows and their files, from texts by file. */
export function filesByName(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([file, text]) => [(parse(text) as { name?: string }).name ?? file, file]),
  )
}

/** The jobs that ran, in the order in which they ended. */
export function jobsIn(lines: readonly string[], files: Readonly<Record<string, string>>): RanJob[] {
  const running = new Map<string, Pick<RanJob, 'steps' | 'outputs'> & { isBad: boolean }>()
  const ended: RanJob[] = []
  for (const text of lines) {
    const line = parsed(text)
    if (!line?.job || line.jobID === undefined) continue
    const { job, jobID, matrix, jobResult, command, name, arg = '', stepID } = line
    const ran = running.get(job) ?? { steps: [], outputs: {}, isBad: false }
    const { steps, outputs } = ran
    running.set(job, ran)
    if (line.stepResult === 'failure') ran.isBad = true
    if (line.stage === 'Main' && line.stepResult !== undefined && line.stepResult !== 'skipped') {
      steps.push(line.step ?? '')
    }
    if (command === 'set-output' && name !== undefined && stepID?.[0] !== undefined) {
      outputs[stepID[0]] = { ...outputs[stepID[0]], [name]: arg }
    }
    if (jobResult === undefined) continue
    // `Build/Slipway build/Plan`: the workflow's name is before the job's.
    const workflow = job.split('/').findLast((each) => each in files) ?? ''
    const entry = typeof matrix?.name === 'string' ? matrix.name : ''
    // act has one result for a whole matrix: entries that end after a failed one are reported as failed.
    const result = entry === '' ? jobResult : ran.isBad ? 'failure' : 'success'
    ended.push({ id: `${files[workflow] ?? '?'} ${jobID}`, entry, result, steps, outputs })
  }
  return ended
}

function parsed(text: string): Line | null {
  try {
    return JSON.parse(text) as Line
  } catch {
    return null
  }
}

/** Jobs as text, with what is not plain success. */
export function told(jobs: readonly RanJob[]): string[] {
  return jobs.map(({ id, entry, result }) => {
    return `${id}${entry === '' ? '' : ` (${entry})`}${result === 'success' ? '' : ` ${result}`}`
  })
}

/** The jobs of `release.yml` for a project with one wheel and no image, in the order in which they end. */
export const BUILDING = (entry: string) => ['build.yml gate', `build.yml wheels (${entry})`, 'build.yml assemble']
export const STARTING = ['build.yml start', 'build.yml resume', 'build.yml plan']
export const STAGING = ['build.yml attest', 'stage.yml stage', 'release.yml try']
export const PUBLISHING = ['release.yml publish', 'finish.yml finish', 'finish.yml verify', 'finish.yml report']
