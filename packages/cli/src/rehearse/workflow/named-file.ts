import { readFile, realpath } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import { error, ProblemError } from '@slipway/core/problem'
import { WORKFLOWS } from './reading.ts'

/** A workflow named by the user: its path in the copy of the project, and its text if the project does not have it. */
export interface NamedWorkflow {
  file: string
  added: Record<string, string>
}

/**
 * Finds the file of `--workflow FILE`: from the current folder, in the project, or among its workflows. A file from
 * outside the project is added to the copy.
 * @throws ProblemError `workflow-missing`
 */
export async function namedWorkflow(project: string, name: string): Promise<NamedWorkflow> {
  for (const path of [resolve(name), join(project, name), join(project, WORKFLOWS, name)]) {
    const text = await readFile(path, 'utf8').catch(() => null)
    if (text === null) continue
    const own = relative(await realpath(project), await realpath(path))
      .split(sep)
      .join('/')
    if (own.startsWith(`${WORKFLOWS}/`)) return { file: own, added: {} }
    const file = `${WORKFLOWS}/${basename(path)}`
    return { file, added: { [file]: text } }
  }
  const hint = `Name an existing file, or one in ${WORKFLOWS}.`
  throw new ProblemError(error('workflow-missing', `There is no workflow ${name}.`, hint))
}
