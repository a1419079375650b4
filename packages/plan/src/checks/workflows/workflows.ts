import { type Problem, warning } from '@slipway/core/problem'
import { jobsOf } from '@slipway/documents/workflows/jobs'
import { parseYaml, YamlError } from '@slipway/documents/yaml'
import type { Check, Subject } from '../check.ts'
import { artifactNames } from './artifact-names.ts'
import { notesByTag } from './notes-by-tag.ts'
import { wheelsElsewhere } from './wheel-paths.ts'
import { wheelsPerPython, wheelsWithoutManylinux } from './wheel-tags.ts'

const FOLDER = '.github/workflows'

/** Returns the problems of one workflow. */
async function workflowProblems(file: string, subject: Subject): Promise<Problem[]> {
  const text = await subject.folder.read(file)
  // Most workflows build no package, and parsing YAML is slow.
  if (
    text === null ||
    !/upload-artifact|maturin|wheel|-m build|uv build|run build|pyproject-build|github_?\.?ref|git describe|tag_name/i.test(
      text,
    )
  )
    return []
  try {
    const jobs = jobsOf(await parseYaml(file, text))
    const checks = [notesByTag, wheelsElsewhere, wheelsWithoutManylinux]
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
  return (await Promise.all(files.map((each) => workflowProblems(each, subject)))).flat()
}

/** Checks the project's own workflows for mistakes that break a release. */
export const WORKFLOW_CHECKS: readonly Check[] = [workflows]
