import { type Problem, warning } from '@slipway/core/problem'
import { MAX_ARTIFACT_NAME_CHARS, MAX_ARTIFACT_NAMES } from '../../limits.ts'
import type { Job } from './jobs.ts'

const EXPRESSION = /\$\{\{\s*([^{}]*?)\s*\}\}/g
/** What is the same in all jobs of a run, given the name (GitHub, "Contexts"). */
const SAME = /^(?:github\.(?!job\b)|needs\.|inputs\.|vars\.)[\w.-]+$/

/** `runner.os` of what GitHub hosts; null for what others do. */
function systemOf(runsOn: string): string | null {
  const [, name] = /^(ubuntu|macos|windows)-[\w.-]+$/.exec(runsOn) ?? []
  return name === undefined ? null : ({ ubuntu: 'Linux', macos: 'macOS', windows: 'Windows' }[name] ?? null)
}

/** What the workflow or the job gives a variable; null where a step may give it something else. */
function variable(name: string, { env, steps }: Job): string | null {
  const given = env.get(name)
  return !given || /\benv\./.test(given) || steps.some(({ run }) => run.includes('GITHUB_ENV')) ? null : given
}

/** A text as one of a matrix' jobs has it; null where it is not known. */
function rendered(text: string, job: Job, entry: ReadonlyMap<string, string>): string | null {
  const valueIn = (expression: string): string | null => {
    if (SAME.test(expression)) return `\${{ ${expression} }}`
    if (expression === 'github.job') return job.name
    if (expression === 'runner.os')
      return systemOf(entry.get(/^\$\{\{\s*matrix\.([\w.-]+)\s*\}\}$/.exec(job.runsOn)?.[1] ?? '') ?? job.runsOn)
    const [, context, key = ''] = /^(matrix|env)\.([\w.-]+)$/.exec(expression) ?? []
    if (context === undefined) return null
    if (context === 'matrix')
      return entry.get(key) ?? ([...entry.keys()].some((each) => each.startsWith(`${key}.`)) ? null : '')
    const given = variable(key, job)
    return given === null ? null : rendered(given, job, entry)
  }
  let isKnown = true
  const filled = text.replace(EXPRESSION, (_, expression: string) => {
    const value = valueIn(expression)
    isKnown &&= value !== null
    return value ?? ''
  })
  return isKnown ? filled : null
}

/** The names that an artifact has in a job, one for each entry of its matrix; none where they are not known. */
function namesOf(name: string, job: Job): string[] {
  // Of a matrix that is not known no more is than that there may be two.
  const entries = job.entries ?? (job.isRepeated && !/\bmatrix\b/.test(name + job.runsOn) ? [new Map(), new Map()] : [])
  if (name.length > MAX_ARTIFACT_NAME_CHARS) return []
  const names = entries.map((entry) => rendered(name, job, entry))
  return names.some((each) => each === null) ? [] : names.flatMap((each) => each ?? [])
}

/** Since its version 4 `upload-artifact` makes an artifact once: a second of the name fails. */
export function artifactNames(jobs: readonly Job[]): Problem[] {
  const known = new Map<string, Job>()
  let left = MAX_ARTIFACT_NAMES
  return jobs.flatMap((job) => {
    const own = new Set<string>()
    const uploads = job.steps.filter((each) => /\/upload-artifact$/.test(each.action) && !each.overwrites)
    return uploads.flatMap((step) => {
      // It need not run in each job, nor in both of two.
      if (step.condition !== '' || /\bmatrix\b/.test(job.condition)) return []
      const given = step.input('name')
      const name = given?.text ?? 'artifact'
      left -= job.entries?.length ?? 2
      if (left < 0) return []
      const names = namesOf(name, job)
      const different = new Set(names)
      const others = job.condition === '' ? [...different].flatMap((each) => known.get(each) ?? []) : []
      const isTwice = [...different].some((each) => own.has(each))
      for (const each of different) {
        own.add(each)
        if (job.condition === '' && !known.has(each)) known.set(each, job)
      }
      const other = others.find((each) => each !== job)
      const who =
        different.size < names.length
          ? `${different.size === 1 ? 'each job' : 'several jobs'} of the matrix`
          : isTwice
            ? `job ${job.name} twice`
            : other && `job ${other.name} and by ${job.name}`
      if (!who) return []
      const message = `The artifact ${JSON.stringify(name)} is uploaded by ${who}: all but the first fail.`
      const hint =
        'Put what differs into the name, an expression of `matrix` or the name of the job, and download them by a pattern.'
      return [warning('workflow-artifact-name-repeats', message, hint, given?.where ?? step.where)]
    })
  })
}
