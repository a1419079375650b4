import { error, type Problem } from '@slipway/core/problem'
import type { ActResult, Annotation } from './act-log.ts'

/** Matches a problem code, which Slipway's own actions use as title. */
const CODE = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/

/** Returns a step's annotation as a problem. */
export function problemOf({ severity, title, message, job, step, where }: Annotation): Problem {
  const [firstLine = '', ...hint] = message.split('\n')
  return {
    code: CODE.test(title) ? title : 'workflow-annotation',
    severity,
    message: CODE.test(title) || title === '' ? firstLine : `${title}: ${firstLine}`,
    hint: hint.join('\n').trim() || `Job ${job}, step ${step}.`,
    ...(where && { where }),
  }
}

/** Returns why a workflow run failed: its failed steps and their error messages. Empty if it succeeded. */
export function failuresOf({ code, ...result }: ActResult & { code: number }, log: string): Problem[] {
  const { annotations, failedSteps, failedJobs, unmapped, errors } = result
  const skipped = [...new Set(unmapped)].map((job) => unmappedJob(job, log))
  if (code === 0 && failedJobs.length === 0) return skipped
  // A step with `continue-on-error` fails no job.
  const failed = failedSteps.filter((each) => failedJobs.includes(each.job))
  const reported = annotations.filter(
    (each) => each.severity === 'error' && failed.some(({ job, step }) => each.job === job && each.step === step),
  )
  const steps = failed.map(({ job, step, tail }) => {
    const isReported = reported.some((each) => each.job === job && each.step === step)
    const lines = isReported || tail.length === 0 ? '' : `:\n${tail.join('\n')}`
    return error('workflow-failed', `Job ${job} failed at step ${step}${lines}`, `Read the whole log in ${log}`)
  })
  if (steps.length > 0) return [...skipped, ...reported.map(problemOf), ...steps]
  const why = errors.length > 0 ? errors.join('\n') : `act ended with ${code}`
  return [...skipped, error('workflow-failed', `act did not run the workflow: ${why}`, `Read the whole log in ${log}`)]
}

function unmappedJob(job: string, log: string): Problem {
  const message = `Job ${job} did not run: its runner label is computed while the workflow runs.`
  return error('workflow-failed', message, `Write the label in the file. Read the whole log in ${log}`)
}
