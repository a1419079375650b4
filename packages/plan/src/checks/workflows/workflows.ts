import { type Problem, warning } from '@slipway/core/problem'
import { parseYaml, YamlError } from '@slipway/documents/yaml'
import type { Check, Subject } from '../check.ts'
import { artifactNames } from './artifact-names.ts'
import { jobsOf } from './jobs.ts'
import { notesByTag } from './notes-by-tag.ts'
import { wheelsElsewhere } from './wheel-paths.ts'
import { wheelsPerPython, wheelsPlain } from './wheel-tags.ts'

const FOLDER = '.github/workflows'

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
