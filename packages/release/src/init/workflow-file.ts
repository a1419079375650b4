import { error, ProblemError } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { WORKFLOWS } from '@slipway/documents/workflows/read-workflow'
import type { OwnWorkflow } from './workflows.ts'
import type { InitFile } from './write.ts'

/** The names of the release workflow; the second if a file of another kind has the first. */
const NAMES = ['release.yml', 'slipway.yml']

/**
 * Returns the workflow that releases with Slipway: the existing one, which stays as it is, else a new file.
 * @param folder the repository
 * @param text of a new workflow
 * @throws ProblemError `workflow-name-taken`
 */
export async function workflowFile(folder: Folder, workflows: readonly OwnWorkflow[], text: string): Promise<InitFile> {
  const own = workflows.find((each) => each.text === text) ?? workflows.find((each) => each.usesSlipway)
  if (own) return { file: own.file, text: own.text, state: own.text === text ? 'same' : 'kept' }
  const taken = new Set((await folder.entriesIn(WORKFLOWS)).map((each) => each.path))
  const file = NAMES.map((each) => `${WORKFLOWS}/${each}`).find((each) => !taken.has(each))
  if (file !== undefined) return { file, text, state: 'new' }
  const message = `${NAMES.join(' and ')} in ${WORKFLOWS} exist and do not use Slipway, so nothing was written.`
  throw new ProblemError(error('workflow-name-taken', message, 'Rename one of them.'))
}
