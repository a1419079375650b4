import { type Problem, warning } from '@slipway/core/problem'
import { jobsOf } from '@slipway/documents/workflows/jobs'
import { readWorkflow, workflowFiles } from '@slipway/documents/workflows/read-workflow'
import { YamlError } from '@slipway/documents/yaml'
import type { Check, Subject } from '../check.ts'
import { artifactNames } from './artifact-names.ts'
import { lateImageLeftOut } from './late-images.ts'
import { notesByTag } from './notes-by-tag.ts'
import { wheelsElsewhere } from './wheel-paths.ts'
import { wheelsPerPython, wheelsWithoutManylinux } from './wheel-tags.ts'

/** Returns the problems of one workflow. */
async function workflowProblems(file: string, subject: Subject): Promise<Problem[]> {
  const text = await subject.folder.read(file)
  // Most workflows build no package, and parsing YAML is slow.
  if (
    text === null ||
    !/upload-artifact|maturin|wheel|-m build|uv build|run build|pyproject-build|github_?\.?ref|git describe|tag_name|\/slipway\//i.test(
      text,
    )
  )
    return []
  const document = await readWorkflow(subject.folder, file)
  if (document === null) return []
  if (document instanceof YamlError) {
    const message = `${file} is not valid YAML (${document.message}), so GitHub does not run it.`
    const where = { file, line: document.line }
    return [warning('workflow-unreadable', message, `Correct line ${document.line}.`, where)]
  }
  const jobs = jobsOf(document)
  const checks = [notesByTag, wheelsElsewhere, wheelsWithoutManylinux]
  const ofJobs = jobs.flatMap((job) => checks.flatMap((check) => check(job, subject)))
  return [...artifactNames(jobs), ...ofJobs, ...wheelsPerPython(jobs, subject), ...lateImageLeftOut(jobs, subject)]
}

const workflows: Check = async (subject) => {
  const files = await workflowFiles(subject.folder)
  return (await Promise.all(files.map((each) => workflowProblems(each, subject)))).flat()
}

/** Checks the project's own workflows for mistakes that break a release. */
export const WORKFLOW_CHECKS: readonly Check[] = [workflows]
