import { type Problem, warning } from '@slipway/core/problem'
import type { Job } from '@slipway/documents/workflows/jobs'
import { MAX_ARTIFACT_NAME_CHARS, MAX_ARTIFACT_NAMES } from '../../limits.ts'

const EXPRESSION = /\$\{\{\s*([^{}]*?)\s*\}\}/g
/** Contexts with the same value in all jobs of a run (GitHub, "Contexts"). */
const CONSTANT = /^(?:github\.(?!job\b)|needs\.|inputs\.|vars\.)[\w.-]+$/

/** Returns `runner.os` of a runner hosted by GitHub; null for other runners. */
function systemOf(runsOn: string): string | null {
  const [, name] = /^(ubuntu|macos|windows)-[\w.-]+$/.exec(runsOn) ?? []
  return name === undefined ? null : ({ ubuntu: 'Linux', macos: 'macOS', windows: 'Windows' }[name] ?? null)
}

/** Returns the value of a variable that the workflow or the job sets; null where a step may change it. */
function variable(name: string, { env, steps }: Job): string | null {
  const value = env.get(name)
  return !value || /\benv\./.test(value) || steps.some(({ run }) => run.includes('GITHUB_ENV')) ? null : value
}

/** Expands the expressions of a text for one entry of the matrix; null where a value is unknown. */
function expanded(text: string, job: Job, entry: ReadonlyMap<string, string>): string | null {
  const valueIn = (expression: string): string | null => {
    if (CONSTANT.test(expression)) return `\${{ ${expression} }}`
    if (expression === 'github.job') return job.name
    if (expression === 'runner.os')
      return systemOf(entry.get(/^\$\{\{\s*matrix\.([\w.-]+)\s*\}\}$/.exec(job.runsOn)?.[1] ?? '') ?? job.runsOn)
    const [, context, key = ''] = /^(matrix|env)\.([\w.-]+)$/.exec(expression) ?? []
    if (context === undefined) return null
    if (context === 'matrix')
      return entry.get(key) ?? ([...entry.keys()].some((each) => each.startsWith(`${key}.`)) ? null : '')
    const value = variable(key, job)
    return value === null ? null : expanded(value, job, entry)
  }
  let isKnown = true
  const filled = text.replace(EXPRESSION, (_, expression: string) => {
    const value = valueIn(expression)
    isKnown &&= value !== null
    return value ?? ''
  })
  return isKnown ? filled : null
}

/** Returns the names of an artifact in a job, one per entry of its matrix; none where they are unknown. */
function namesOf(name: string, job: Job): string[] {
  // An unknown matrix has at least two entries.
  const entries = job.entries ?? (job.isRepeated && !/\bmatrix\b/.test(name + job.runsOn) ? [new Map(), new Map()] : [])
  if (name.length > MAX_ARTIFACT_NAME_CHARS) return []
  const names = entries.map((entry) => expanded(name, job, entry))
  return names.some((each) => each === null) ? [] : names.flatMap((each) => each ?? [])
}

/** Reports artifact names that are uploaded twice: since version 4 of `upload-artifact` the second upload fails. */
export function artifactNames(jobs: readonly Job[]): Problem[] {
  const uploadedBy = new Map<string, Job>()
  let left = MAX_ARTIFACT_NAMES
  return jobs.flatMap((job) => {
    const own = new Set<string>()
    const uploads = job.steps.filter((each) => /\/upload-artifact$/.test(each.action) && !each.overwrites)
    return uploads.flatMap((step) => {
      // A conditional step may run in only one of the jobs.
      if (step.condition !== '' || /\bmatrix\b/.test(job.condition)) return []
      const input = step.input('name')
      const name = input?.text ?? 'artifact'
      left -= job.entries?.length ?? 2
      if (left < 0) return []
      const names = namesOf(name, job)
      const different = new Set(names)
      const others = job.condition === '' ? [...different].flatMap((each) => uploadedBy.get(each) ?? []) : []
      const isTwice = [...different].some((each) => own.has(each))
      for (const each of different) {
        own.add(each)
        if (job.condition === '' && !uploadedBy.has(each)) uploadedBy.set(each, job)
      }
      const other = others.find((each) => each !== job)
      const who =
        different.size < names.length
          ? `${different.size === 1 ? 'each job' : 'several jobs'} of the matrix`
          : isTwice
            ? `job ${job.name} twice`
            : other && `job ${other.name} and by ${job.name}`
      if (!who) return []
      const message = `The artifact ${JSON.stringify(name)} is uploaded by ${who}, and every upload after the first fails.`
      const hint =
        'Add a `matrix` expression or the name of the job to the artifact name, and download the artifacts by a pattern.'
      return [warning('workflow-artifact-name-repeats', message, hint, input?.where ?? step.where)]
    })
  })
}
