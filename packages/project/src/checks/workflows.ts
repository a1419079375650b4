import { type Problem, warning } from '@slipway/core/problem'
import { parseYaml, YamlError } from '../yaml.ts'
import type { Check, Subject } from './check.ts'
import { wheelsElsewhere } from './workflow-elsewhere.ts'
import { notesByTag } from './workflow-notes.ts'
import { type Job, jobsOf } from './workflow-steps.ts'
import { wheelsPerPython, wheelsPlain } from './workflow-wheels.ts'

const FOLDER = '.github/workflows'

/** Since its version 4 `upload-artifact` makes an artifact once: a second of the name fails. */
function artifactNames(jobs: readonly Job[]): Problem[] {
  const known = new Map<string, Job>()
  return jobs.flatMap((job) =>
    job.steps.flatMap((step) => {
      if (!/\/upload-artifact$/.test(step.action) || step.overwrites) return []
      const given = step.input('name')
      const name = given?.text ?? 'artifact'
      // What an expression makes is not known, but that it is the same in each job where nothing of the job is in it.
      const varies = /\$\{\{(?!\s*github\.(?!job\b)[\w.]+\s*\}\})/.test(name)
      // It need not run in each job, nor in both of two.
      if (step.condition !== '' || /\bmatrix\b/.test(job.condition)) return []
      const other = known.get(name)
      if (!varies && job.condition === '') known.set(name, job)
      if (varies || (!job.isRepeated && (other === undefined || other === job || job.condition !== ''))) return []
      const who = job.isRepeated ? 'each job of the matrix' : `job ${other?.name}`
      const message = `The artifact ${JSON.stringify(name)} is uploaded by ${who}${job.isRepeated ? '' : ` and by ${job.name}`}: all but the first fail.`
      const hint =
        'Put what differs into the name, an expression of `matrix` or the name of the job, and download them by a pattern.'
      return [warning('workflow-artifact-name-repeats', message, hint, given?.where ?? step.where)]
    }),
  )
}

/** What is wrong in one workflow. */
async function workflow(file: string, subject: Subject): Promise<Problem[]> {
  const text = await subject.folder.read(file)
  // Most workflows build no package; reading YAML takes its time.
  if (
    text === null ||
    !/upload-artifact|maturin|wheel|-m build|uv build|run build|pyproject-build|github_?\.?ref|git describe|tag_name/i.test(
      text,
    )
  )
    return []
  try {
    const jobs = jobsOf(await parseYaml(file, text))
    const checks = [notesByTag, wheelsElsewhere, wheelsPlain]
    const ofJobs = jobs.flatMap((job) => checks.flatMap((check) => check(job, subject)))
    return [...artifactNames(jobs), ...ofJobs, ...wheelsPerPython(jobs, subject)]
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause
    const message = `${file} is not valid YAML (${cause.message}), so GitHub does not run it.`
    return [warning('workflow-unreadable', message, `Correct line ${cause.line}.`, { file, line: cause.line })]
  }
}

const workflows: Check = async (subject) => {
  const files = (await subject.folder.filesIn(FOLDER)).filter((each) => /\.ya?ml$/.test(each))
  return (await Promise.all(files.map((each) => workflow(each, subject)))).flat()
}

/** What goes wrong in a project's own workflows when it releases. */
export const WORKFLOW_CHECKS: readonly Check[] = [workflows]
