import type { Severity, Where } from '@slipway/core/problem'

/** A line of act's log (`--json`), with the fields used here. */
interface Line {
  job?: string
  msg?: string
  level?: string
  stage?: string
  step?: string
  stepID?: string[]
  stepResult?: string
  executionTime?: number
  jobResult?: string
  raw_output?: boolean
  command?: string
  arg?: string
  kvPairs?: Record<string, string>
  matrix?: Record<string, unknown>
}

/** A message that a step wrote with a workflow command. */
export interface Annotation {
  severity: Severity
  title: string
  message: string
  job: string
  step: string
  where: Where | null
}

/** A failed step and its last lines of output. */
export interface FailedStep {
  job: string
  step: string
  tail: string[]
}

/** Receives progress while act runs. */
export interface Progress {
  /** Reports the end of a step, or of a job (`step` is null). */
  ended(what: { job: string; step: string | null; result: string; seconds: number }): void
  /** Reports a line of a step's output. */
  printed(line: string): void
}

/** The result of a run of act. */
export interface ActResult {
  annotations: Annotation[]
  failedSteps: FailedStep[]
  failedJobs: string[]
  /** Parts that jobs reported as not rehearsed. */
  notRehearsed: { job: string; reason: string }[]
  /** Jobs without a matching runner. */
  unmapped: string[]
  /** Errors of act itself, outside of steps. */
  errors: string[]
}

/** Number of a step's last output lines to keep. */
const TAIL = 15
const NOT_REHEARSED = /^Not rehearsed: (.+?)\.?$/
const UNMAPPED = /Skipping unsupported platform/

/** Reads act's log line by line, reports progress, and writes a readable log. */
export function actLog(
  progress: Progress,
  write: (line: string) => void,
): { line(text: string): void; result: ActResult } {
  const result: ActResult = {
    annotations: [],
    failedSteps: [],
    failedJobs: [],
    notRehearsed: [],
    unmapped: [],
    errors: [],
  }
  const tails = new Map<string, string[]>()
  const print = (job: string, text: string) => {
    const tail = tails.get(job) ?? []
    tail.push(text)
    if (tail.length > TAIL) tail.shift()
    tails.set(job, tail)
    progress.printed(text)
    const [, reason] = NOT_REHEARSED.exec(text.trim()) ?? []
    if (reason !== undefined) result.notRehearsed.push({ job, reason })
  }
  const take = (line: Line) => {
    const { msg = '', stage, step = '', stepID = [], stepResult, command } = line
    const job = nameOf(line)
    const text = msg.replace(/\r?\n$/, '')
    write(`[${job}${step === '' ? '' : ` / ${step}`}] ${text}`)
    if (command === 'error' || command === 'warning' || command === 'notice') {
      result.annotations.push(annotation(line, command, job))
    } else if (line.raw_output) print(job, text)
    else if (line.jobResult !== undefined) {
      if (line.jobResult !== 'success') result.failedJobs.push(job)
      progress.ended({ job, step: null, result: line.jobResult, seconds: 0 })
    } else if (stepResult !== undefined && stage !== undefined && stepID.length <= 1) {
      const isMain = stage === 'Main'
      if (stepResult === 'failure') result.failedSteps.push({ job, step, tail: tails.get(job) ?? [] })
      if (isMain || stepResult === 'failure') {
        progress.ended({ job, step, result: stepResult, seconds: (line.executionTime ?? 0) / 1e9 })
      }
      tails.set(job, [])
    } else if (UNMAPPED.test(text)) result.unmapped.push(job)
    else if (line.level === 'error' || line.level === 'fatal') result.errors.push(text.trim())
  }
  return {
    result,
    line(text) {
      const line = parsed(text)
      if (line) take(line)
      else if (text.trim() !== '') {
        write(text)
        if (/^Error: /.test(text)) result.errors.push(text.replace(/^Error: /, ''))
      }
    },
  }
}

function parsed(text: string): Line | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Line) : null
  } catch {
    return null
  }
}

/** Returns a job's name without its file, and with the name of its matrix entry instead of act's number. */
function nameOf({ job = '', matrix }: Line): string {
  const name = job.replace(/^[^/]*\.ya?ml\//, '').trim()
  const label = matrix?.name
  return typeof label === 'string' && label !== '' && !name.includes(label) ? `${name} (${label})` : name
}

function annotation({ arg = '', kvPairs = {}, step = '' }: Line, severity: Severity, job: string): Annotation {
  const { file, line, title = '' } = kvPairs
  const where = file === undefined ? null : { file, line: Number(line) || 1 }
  return { severity, title, message: arg.trim(), job, step, where }
}
