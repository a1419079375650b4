import { error, type Problem } from '@slipway/core/problem'
import type { ActResult, Annotation } from './act-log.ts'

/** A title that is the code of a problem: Slipway's own actions set one. */
const CODE = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/

/** An annotation of a step as a problem. */
export function problemOf({ severity, title, message, job, step, where }: Annotation): Problem {
  const [said = '', ...hint] = message.split('\n')
  return {
    code: CODE.test(title) ? title : 'workflow-annotation',
    severity,
    message: CODE.test(title) || title === '' ? said : `${title}: ${said}`,
    hint: hint.join('\n').trim() || `Job ${job}, step ${step}.`,
    ...(where && { where }),
  }
}

/** Why a run of a workflow failed: what its steps said, and which failed. None when it went through. */
export function failuresOf({ code, ...result }: ActResult & { code: number }, log: string): Problem[] {
  const { annotations, failedSteps, failedJobs, unmapped, errors } = result
  const skipped = [...new Set(unmapped)].map((job) => unmappedJob(job, log))
  if (code === 0 && failedJobs.length === 0) return skipped
  // A step that may fail fails no job.
  const failed = failedSteps.filter((each) => failedJobs.includes(each.job))
  const said = annotations.filter(
    (each) => each.severity === 'error' && failed.some(({ job, step }) => each.job === job && each.step === step),
  )
  const steps = failed.map(({ job, step, tail }) => {
    const isSaid = said.some((each) => each.job === job && each.step === step)
    const lines = isSaid || tail.length === 0 ? '' : `:\n${tail.join('\n')}`
    return error('workflow-failed', `Job ${job} failed at step ${step}${lines}`, `The whole log is in ${log}`)
  })
  if (steps.length > 0) return [...skipped, ...said.map(problemOf), ...steps]
  const why = errors.length > 0 ? errors.join('\n') : `act ended with ${code}`
  return [...skipped, error('workflow-failed', `act did not run the workflow: ${why}`, `The whole log is in ${log}`)]
}

function unmappedJob(job: string, log: string): Problem {
  const message = `Job ${job} did not run: the label of its runner is only known while the workflow runs.`
  return error('workflow-failed', message, `Name the label in the file. The whole log is in ${log}`)
}
