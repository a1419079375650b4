import { error, ProblemError } from '@slipway/core/problem'
import { Folder } from '@slipway/documents/folder'
import { tagTrigger } from '@slipway/documents/workflows/triggers'
import { YamlError } from '@slipway/documents/yaml'
import { slipwayReference } from '@slipway/project/evidence/slipway-reference'
import { type ReadWorkflow, readWorkflow, WORKFLOWS } from './reading.ts'

/** Whether a workflow releases with Slipway: a tag starts it, and it or a workflow that it calls uses Slipway. */
function releases({ document, uses }: ReadWorkflow): boolean {
  return tagTrigger(document) !== null && uses.some((each) => slipwayReference(each) !== null)
}

/**
 * Reads the only workflow that a tag starts and that uses Slipway.
 * @throws ProblemError `workflow-missing`, or `workflow-ambiguous` with the names
 */
export async function findWorkflow(dir: string, slipway: string | null): Promise<ReadWorkflow> {
  const files = (await new Folder(dir).filesIn(WORKFLOWS)).filter((each) => /\.ya?ml$/.test(each))
  const read = await Promise.all(files.map((each) => readWorkflow(dir, each, slipway).catch(unlessUnreadable)))
  const found = read.flatMap((each) => (each && releases(each) ? [each] : []))
  const [only] = found
  if (only && found.length === 1) return only
  if (!only) {
    const message = `No workflow in ${WORKFLOWS} starts on a tag and uses Slipway.`
    const hint =
      'Add and commit one from docs/workflows.md, or name a file: --workflow FILE. If the project is a folder of a repository, rehearse the repository.'
    throw new ProblemError(error('workflow-missing', message, hint))
  }
  const names = found.map((each) => each.file).join(', ')
  const message = `Several workflows start on a tag and use Slipway: ${names}.`
  throw new ProblemError(error('workflow-ambiguous', message, 'Name the one to rehearse: --workflow FILE.'))
}

/** Ignores a workflow with invalid YAML, which GitHub does not run either. */
function unlessUnreadable(cause: unknown): null {
  if (cause instanceof YamlError) return null
  throw cause
}
